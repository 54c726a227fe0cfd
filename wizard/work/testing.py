"""The live test of a setup, or of a credential configuration alone."""

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
"""Seconds for which a grant counts as recent: the test tries a refusal again that it explains."""


def test_setup(
    opened: Opened, place: str, listener: Listener, wait: float = RECENT, stop: threading.Event | None = None
) -> Outcomes:
    """Test every workload of a setup in a place. Raises what `Opened.test` raises."""
    return opened.test(place, wait, listener, stop or threading.Event())


def test_configuration(
    path: Path, listener: Listener, wait: float = RECENT, environ: Mapping[str, str] | None = None
) -> list[Outcome]:
    """Test a credential configuration inside the workload. Raises BadInput."""
    modes = [mode for mode in table().values() if mode.tests_configurations]
    if not modes:
        raise BadInput(f"{path} cannot be tested alone: name the setup file")
    return modes[0].test_configuration(path, os.environ if environ is None else environ, wait, listener)


def all_passed(outcomes: Outcomes) -> bool:
    """Whether the test of every workload passed."""
    return all(passed(each) for each in outcomes.values())
