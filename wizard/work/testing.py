"""Runs the live test of a setup, or of a credential configuration without a setup."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path

from wizard.chain.hop import Outcome, passed
from wizard.modes.mode import table
from wizard.modes.opened import Listener, Opened, Outcomes
from wizard.setup.problems import BadInput

RECENT = 600.0
"""Seconds for which a grant counts as recent: the test retries refusals that a recent grant explains."""


def test_setup(
    opened: Opened, place: str, listener: Listener, wait: float = RECENT, stop: threading.Event | None = None
) -> Outcomes:
    """Test all workloads of a setup in a place, such as "here". Returns their outcomes, by workload.

    `wait` is the time in seconds to wait for recent grants to take effect. Raises what `Opened.test` raises.
    """
    return opened.test(place, wait, listener, stop or threading.Event())


def test_configuration(
    path: Path, listener: Listener, wait: float = RECENT, environ: Mapping[str, str] | None = None
) -> list[Outcome]:
    """Test a credential configuration inside the workload. Returns the outcomes of its hops.

    `wait` is the time in seconds to wait for recent grants to take effect. Raises BadInput.
    """
    modes = [mode for mode in table().values() if mode.tests_configurations]
    if not modes:
        raise BadInput(f"{path} cannot be tested without its setup: name the setup file")
    return modes[0].test_configuration(path, os.environ if environ is None else environ, wait, listener)


def all_passed(outcomes: Outcomes) -> bool:
    """Return whether the test of each workload passed."""
    return all(passed(hops) for hops in outcomes.values())
