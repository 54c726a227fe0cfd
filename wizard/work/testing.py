"""Runs the live test of a setup, or of a credential configuration without a setup."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

from wizard.chain.hop import Outcome, Verdict, verdict
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


def verdict_of(outcomes: Outcomes) -> Verdict:
    """Return the verdict of a test of several workloads: passed if each passed, with everything that was not proven.

    A sentence begins with the workload that it is about, if workloads have names.
    """
    verdicts = {workload: verdict(hops) for workload, hops in outcomes.items()}
    not_proven = [(workload, name) for workload, each in verdicts.items() for name in each.not_proven]
    notes = [(workload, note) for workload, each in verdicts.items() for note in each.notes]
    passed = all(each.passed for each in verdicts.values())
    return Verdict(passed, _with_workloads(not_proven), _with_workloads(notes))


def _with_workloads(sentences: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{workload}: {text}" if workload else text for workload, text in sentences)
