"""Keeps how the last live test of each setup ended, for the report. There is no secret in it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from wizard.chain.hop import Outcome, Verdict
from wizard.engine.journal import default_path
from wizard.export.source import TestResult, TestStep
from wizard.modes.opened import Opened, Outcomes
from wizard.outside import files
from wizard.outside.text import one_line


def record(opened: Opened, place: str, outcomes: Outcomes, verdict: Verdict) -> None:
    """Write down how a live test of a setup ended. A failure to write does not disturb the test."""
    document = {
        "format": 1,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "place": place,
        "passed": verdict.passed,
        "not_proven": [one_line(sentence) for sentence in verdict.not_proven],
        "steps": [step for workload, ended in outcomes.items() for step in _steps(workload, ended)],
    }
    path = _path(opened.text)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _steps(workload: str, ended: Iterable[Outcome]) -> Iterable[dict[str, str]]:
    for outcome in ended:
        reason = one_line(outcome.why)
        yield {"workload": workload, "title": outcome.hop.title, "status": outcome.status, "reason": reason}


def read(opened: Opened) -> TestResult | None:
    """Return how the last live test of exactly this setup ended; None if none is known."""
    try:
        found = json.loads(files.read_text(_path(opened.text)))
        steps = tuple(TestStep(**step) for step in found["steps"])
        not_proven = tuple(map(str, found["not_proven"]))
        return TestResult(str(found["time"]), str(found["place"]), bool(found["passed"]), not_proven, steps)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _path(text: str) -> Path:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return default_path(os.environ).parent / "tests" / f"{digest[:32]}.json"
