"""The terminal of the measurements."""

import os

from tests.bench.pseudo_terminal import PseudoTerminal


def test_a_frame_that_was_read_already_counts_as_drawn() -> None:
    with PseudoTerminal(["sh", "-c", "echo drawn; sleep 60"], os.environ) as terminal:
        seen = terminal.wait_for("drawn")
        assert terminal.started < terminal.wait_until_drawn() <= seen
