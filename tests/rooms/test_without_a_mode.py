"""A mode can be taken away: without GKE's rooms, the tests of AWS stay green."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.in_full import IN_FULL

ROOT = Path(__file__).parents[2]
GONE = (
    "wizard/modes/gke",
    "screens/modes/gke",
    "tests/modes/gke",
    "tests/commands/gke",
    "tests/screens/modes/gke",
    "tests/resources/gke",
)
EVERYTHING = ("tests/setup", "tests/modes/aws", "tests/screens/modes/aws", "tests/commands", "tests/resources")
"""The tests that need no GKE: `make check-modes` runs them all."""

SOME = "test_load.py or test_questions.py"
"""Those that the suite runs; it only imports the others of the first three folders."""

BOTH = (
    "tests/commands/test_call_log.py",
    "tests/commands/test_demo_broken.py::test_the_list_has_each_fault_with_its_mode_and_its_title",
    "tests/commands/test_demo_broken.py::test_in_japanese_the_list_has_every_title_in_japanese",
    "tests/commands/test_doctor_rights.py",
    "tests/commands/test_interrupts.py",
    "tests/commands/test_json.py",
    "tests/commands/test_odd_subjects.py::test_a_name_that_leads_nowhere_says_what_to_name[nowhere/nobody-",
)
"""Tests that ask both modes at once."""


def test_without_gke_the_tests_of_aws_stay_green(tmp_path: Path) -> None:
    for name in ("wizard", "screens", "assets", "tests", "pyproject.toml"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name)
        else:
            shutil.copy(source, tmp_path / name)
    for room in GONE:
        shutil.rmtree(tmp_path / room)
    if IN_FULL:
        assert " passed" in _pytest(tmp_path, *EVERYTHING)
    else:
        assert " passed" in _pytest(tmp_path, "-k", SOME, *EVERYTHING[:3])


def _pytest(folder: Path, *arguments: str) -> str:
    """Run the tests of the folder, which must pass; what pytest printed."""
    ignored = [f"--{'deselect' if '::' in name else 'ignore'}={name}" for name in BOTH]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *ignored, *arguments]
    environ = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout
