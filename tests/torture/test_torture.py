"""A small part of `make torture`, with a fixed seed. It runs in processes of its own, which fork their commands."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_no_fault_and_no_kill_does_harm() -> None:
    """One trial of each kind for apply on AWS: a usual fault, a rare one, and kills with resume and revert."""
    answer = subprocess.run(
        [sys.executable, "-P", "-m", "tests.torture", "apply, AWS"],
        env={**os.environ, "WIF_WIZARD_TORTURE": "0.001", "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    tried = [int(line.split(" | ")[3]) for line in answer.stdout.splitlines() if "apply, AWS" in line]
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert len(tried) == 4 and min(tried) >= 1, "so few trials prove nothing"
