"""A small part of `make torture`, with a fixed seed. It runs in a process of its own, which forks its commands."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHARE = "0.06"
"""The share of the trials that the suite makes."""


def test_no_fault_and_no_kill_does_harm() -> None:
    answer = subprocess.run(
        [sys.executable, "-P", "-m", "tests.torture", "apply, AWS", "revert, AWS", "live test, AWS"],
        env={**os.environ, "WIF_WIZARD_TORTURE": SHARE, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    rows = [line.split(" | ") for line in answer.stdout.splitlines()[2:]]
    tried = sum(int(row[2]) for row in rows)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert tried >= 8, "so few trials prove nothing"
