"""What a person feels in the wizard: the first frame, keys while changes are made, quitting, memory."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench import world
from tests.bench.pseudo_terminal import PseudoTerminal
from tests.bench.timing import Row, pairs, percentile_95
from tests.bench.worlds import GkeWorld
from wizard.sandbox import scenario
from wizard.sandbox.process import Sandbox

TRIVIAL = [sys.executable, "-m", "tests.bench.trivial"]
NEXT, HELP, ESCAPE, QUIT = b"\x1b[19~", b"\x1bOP", b"\x1b", b"\x11"
COMMANDS, UNCOVERED = b"\x10", "identity pool provider"
KEYS = (
    (HELP, "Progress of the changes"),
    (ESCAPE, UNCOVERED),
    (b"x", "Continue"),
    (b"n", UNCOVERED),
    (COMMANDS, "Search for commands"),
    (ESCAPE, UNCOVERED),
)
"""Keys while changes are made, and what only the answer to each draws: a row in the middle was covered before."""

FEW, MANY = 30, 300
TAB = b"\t"
PAGES = (
    ("Review", NEXT, "resources are in place"),
    ("Access", ESCAPE, "Which workload?"),
    ("Workloads", ESCAPE, "Which workloads get"),
    ("Cluster", ESCAPE, "Which cluster"),
    ("Workloads", NEXT, "Which workloads get"),
    ("Access", NEXT, "Which workload?"),
    ("Review", NEXT, "resources are in place"),
    ("Result", NEXT, "Files to commit"),
    ("Test", NEXT, "Run the live test"),
)
"""The pages in the order in which they are opened, each with the key that opens it and what it then shows."""
STILL = 0.45
"""Seconds without a change after which a page has read its lists. A cursor blinks every 0.5 s."""
ANYWHERE = (TAB, TAB, HELP, HELP, COMMANDS, ESCAPE)
"""Keys that draw something on every page."""


def rows() -> Iterator[Row]:
    """Yield every measurement of the screens."""
    yield first_frame()
    yield keys_while_applying()
    yield from large_setup()
    yield quitting()
    yield memory()


def first_frame() -> Row:
    """From the command to its first frame, beside a trivial Textual app."""
    with _folder() as (folder, sandbox):
        environ = _environ(folder, sandbox)
        wizard, trivial, ratio = pairs(
            9,
            lambda: _until(_wizard(folder), environ, "wif-wizard"),
            lambda: _until(TRIVIAL, environ, "trivial-frame"),
        )
    return Row(
        "time to the first frame of the wizard",
        f"{wizard * 1000:.0f} ms",
        f"a minimal Textual app: {trivial * 1000:.0f} ms",
        ratio,
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
    return _keys(
        "time from a key press to its effect while the wizard makes changes, 300 ms of delay for each call", times
    )


def large_setup() -> Iterator[Row]:
    """Yield how fast keys and pages are with 300 workloads: keys against 100 ms, pages beside 30 workloads."""
    few, _ = _walk(FEW)
    many, times = _walk(MANY)
    yield _keys(
        f"time from a key press to its effect, with {MANY} workloads, on each page after its lists are loaded", times
    )
    page = max(many, key=lambda name: many[name] / few[name])
    beside = f"{FEW} workloads: {few[page] * 1000:.0f} ms"
    yield Row(
        f"time to open the slowest page, {MANY} workloads",
        f"{page}: {many[page] * 1000:.0f} ms",
        beside,
        many[page] / few[page],
        5,
    )


def _walk(workloads: int) -> tuple[dict[str, float], list[float]]:
    """Open every page that needs no change, and press keys there. Returns seconds by page, and those of the keys."""
    opened: dict[str, list[float]] = {}
    times: list[float] = []
    large = GkeWorld(workloads=workloads, namespaces=10, done=True)
    for _ in range(3):
        with (
            world.made(large.scenario, large.setup) as measured,
            PseudoTerminal([*world.WIZARD, "wizard", str(measured.setup)], measured.environ, 100, 30) as terminal,
        ):
            terminal.wait_for(f"{workloads} workloads in")
            for page, key, text in PAGES:
                opened.setdefault(page, []).append(-terminal.send(key) + terminal.wait_for(text))
                terminal.wait_until_drawn(STILL)
                times += [-terminal.send(pressed) + terminal.wait_until_drawn() for pressed in ANYWHERE]
    return {page: statistics.median(each) for page, each in opened.items()}, times


def _keys(what: str, times: list[float]) -> Row:
    """Return the row for the 95th percentile of keys, against 100 ms."""
    slow = percentile_95(times) * 1000
    return Row(what, f"95% within {slow:.0f} ms", "limit: 100 ms", slow / 100, 1)


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
    row = "time to quit the wizard while calls to a cloud are running"
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
        "memory that the wizard uses from Welcome to the end of Apply", f"{peak:.0f} MB", "limit: 250 MB", peak / 250, 1
    )


def _to_apply(terminal: PseudoTerminal) -> None:
    terminal.wait_for("rds-to-bigquery in")
    terminal.send(NEXT)
    terminal.wait_for("to create")
    terminal.send(NEXT)
    terminal.wait_for("of 6 changes are done")


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
