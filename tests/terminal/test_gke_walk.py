"""The demo of GKE in a real terminal, by keyboard, to a passed token test."""

import sys
from pathlib import Path

import pytest

from tests.screens.driving import WALKS
from tests.terminal.terminal import Terminal


@pytest.mark.parametrize(("width", "height"), WALKS)
def test_the_demo_of_gke_walks_to_a_passed_test_by_keyboard(tmp_path: Path, width: int, height: int) -> None:
    command = [sys.executable, "-m", "wizard", "demo", "--scenario", "gke-spanner"]
    root = Path(__file__).parents[2]
    with Terminal(command, width, height, {"PYTHONPATH": str(root)}, tmp_path) as terminal:
        terminal.wait_for("GKE -> Google Cloud", "✓ anti-fraud/scorer in payments")
        for place in ("2 Cluster   >", "3 Workloads >", "4 Access    >"):
            terminal.keys("F8")
            terminal.wait_for(place, without="reading")
        terminal.keys("F8")
        terminal.wait_for("5 Review    >", "1 to create, 5 to change")
        terminal.keys("F8")
        terminal.wait_for("These changes remove access from other identities")
        terminal.keys("y")
        terminal.wait_for("recreates 3")
        terminal.keys("y")
        terminal.wait_for("✓ Everything is in place")
        terminal.keys("F8")
        terminal.wait_for("anti-fraud/scorer uses scorer")
        terminal.keys("F8")
        terminal.wait_for("Run the live test", "One-off pod")
        terminal.keys("t")
        terminal.wait_for("Start a one-off pod for this test?")
        terminal.keys("y")
        terminal.wait_for("✓ The live test passed")
        terminal.keys("C-q")
        assert terminal.exit_code() == 0
