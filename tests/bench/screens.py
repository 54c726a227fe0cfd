"""What a person feels in the wizard: the first frame, keys while changes are made, quitting, memory."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.pseudo_terminal import PseudoTerminal
from tests.bench.timing import Row, alternating
from wizard.sandbox import scenario
from wizard.sandbox.process import Sandbox

TRIVIAL = [sys.executable, "-m", "tests.bench.trivial"]
NEXT, HELP, ESCAPE, QUIT = b"\x1b[19~", b"\x1bOP", b"\x1b", b"\x11"
COMMANDS, UNCOVERED = b"\x10", "identity pool provider"
KEYS = (
    (HELP, "Applying the changes"),
    (ESCAPE, UNCOVERED),
    (b"x", "Continue"),
    (b"n", UNCOVERED),
    (COMMANDS, "Search for commands"),
    (ESCAPE, UNCOVERED),
)
"""Keys while changes are made, and what only the answer to each draws: a row in the middle was covered before."""


def rows() -> list[Row]:
    """Every measurement of the screens."""
    return [first_frame(), keys_while_applying(), quitting(), memory()]


def first_frame() -> Row:
    """From the command to its first frame, beside a trivial Textual app."""
    with _folder() as (folder, sandbox):
        environ = _environ(folder, sandbox)
        wizard, trivial = alternating(
            9,
            lambda: _until(_wizard(folder), environ, "wif-wizard"),
            lambda: _until(TRIVIAL, environ, "trivial-frame"),
        )
    return Row(
        "show the first frame of the wizard",
        f"{wizard * 1000:.0f} ms",
        f"a minimal Textual app: {trivial * 1000:.0f} ms",
        wizard / trivial,
        1.5,
    )


def keys_while_applying() -> Row:
    """From a key to the frame that it asks for, while changes are made with 300 ms a call; against 100 ms."""
    times = []
    for _ in range(3):
        with (
            _folder("--latency=0.3") as (folder, sandbox),
            PseudoTerminal(_wizard(folder), _environ(folder, sandbox)) as terminal,
        ):
            _to_apply(terminal)
            for key, answer in KEYS * 2:
                times.append(-terminal.send(key) + terminal.wait_for(answer))
    slowest = max(times) * 1000
    row = "respond to a key while the wizard makes changes"
    return Row(row, f"at most {slowest:.0f} ms", "limit: 100 ms", slowest / 100, 1)


def quitting() -> Row:
    """From ctrl+q to the end of the process, while answers of the clouds are waited for; against half a second."""
    times = []
    with _folder("--latency=3s") as (folder, sandbox):
        for pages in (0, 1) * 3:
            with PseudoTerminal(_wizard(folder), _environ(folder, sandbox)) as terminal:
                terminal.wait_for("rds-to-bigquery in")
                if pages:
                    terminal.send(NEXT)
                    terminal.wait_for("Review the changes")
                times.append(-terminal.send(QUIT) + terminal.wait_for_exit())
    slowest = max(times)
    row = "quit the wizard while calls to a cloud are running"
    return Row(row, f"at most {slowest * 1000:.0f} ms", "limit: 500 ms", slowest / 0.5, 1)


def memory() -> Row:
    """The most memory of a walk to the end of the changes; against 250 MB."""
    peaks = []
    for _ in range(3):
        with _folder() as (folder, sandbox), PseudoTerminal(_wizard(folder), _environ(folder, sandbox)) as terminal:
            _to_apply(terminal)
            terminal.wait_for("Everything is in place")
            peaks.append(terminal.peak_memory)
    peak = statistics.median(peaks)
    return Row(
        "memory of the wizard from Welcome to the end of Apply", f"{peak:.0f} MB", "limit: 250 MB", peak / 250, 1
    )


def _to_apply(terminal: PseudoTerminal) -> None:
    terminal.wait_for("rds-to-bigquery in")
    terminal.send(NEXT)
    terminal.wait_for("to create")
    terminal.send(NEXT)
    terminal.wait_for("of 6 changes done")


def _until(command: list[str], environ: dict[str, str], text: str) -> float:
    with PseudoTerminal(command, environ) as terminal:
        return terminal.wait_for(text) - terminal.started


def _wizard(folder: Path) -> list[str]:
    return [sys.executable, "-m", "wizard", "wizard", str(folder / "setup.yaml")]


def _environ(folder: Path, sandbox: Sandbox) -> dict[str, str]:
    root = str(Path(__file__).parents[2])
    return {**sandbox.environ(), "XDG_STATE_HOME": str(folder / os.urandom(4).hex()), "PYTHONPATH": root}


@contextmanager
def _folder(*arguments: str) -> Iterator[tuple[Path, Sandbox]]:
    """A folder with the demo's setup, on a sandbox."""
    with tempfile.TemporaryDirectory() as name, Sandbox(arguments=arguments) as sandbox:
        folder = Path(name)
        (folder / "setup.yaml").write_text(scenario.load("batch-bigquery").setup, encoding="utf-8")
        yield folder, sandbox
