"""Printing never breaks a change: whatever the encoding, and whether or not somebody still reads."""

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.commands.conftest import Answer, World
from tests.heartbeats import without_heartbeats
from wizard.commands import output
from wizard.commands.output import Console
from wizard.sandbox.process import Sandbox

ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.fixture
def slow(tmp_path: Path, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer]) -> Iterator[World]:
    """A sandbox whose operations take a second."""
    with Sandbox(arguments=["--operation-time", "1s"]) as sandbox:
        lead_here(sandbox)
        yield World(tmp_path, sandbox, wif)


def start(*arguments: str, environ: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """A command in a child process, with both of its outputs in one pipe."""
    command = [sys.executable, "-m", "wizard", *arguments]
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=inherited | dict(environ or {}),
    )


@pytest.mark.parametrize(
    ("environ", "encoding"),
    [({"PYTHONIOENCODING": "latin-1"}, "latin-1"), (ASCII, "ascii"), ({"LC_ALL": "C"}, "utf-8")],
    ids=["latin-1", "ascii", "C"],
)
def test_an_encoding_without_the_glyphs_breaks_no_apply(
    fresh: World, environ: Mapping[str, str], encoding: str
) -> None:
    setup = fresh.setup()
    with start("apply", setup, "--yes", environ=environ) as running:
        printed = running.communicate(timeout=120)[0].decode(encoding)
    assert running.returncode == 0, printed
    assert "Everything is in place." in printed
    assert ("✓" if encoding == "utf-8" else "v") in {line[:1] for line in printed.splitlines()}
    assert fresh.wif("plan", setup).code == 0


def test_a_reader_that_leaves_breaks_no_apply(fresh: World) -> None:
    setup = fresh.setup()
    with start("apply", setup, "--yes") as running:
        assert running.stdout is not None
        first = running.stdout.readline()
        running.stdout.close()  # as `| head -1` does
        assert running.wait(120) == 0
    assert b"acme-analytics" in first
    assert fresh.wif("plan", setup).code == 0
    assert [run["outcome"] for run in fresh.wif("runs", "--json").json["runs"]] == ["done"]


def test_events_are_printed_as_they_happen(slow: World) -> None:
    with start("apply", slow.setup(), "--yes") as running:
        assert running.stdout is not None
        for line in running.stdout:
            if b"started" in line:
                break
        assert slow.wif("runs", "--json").json["runs"][0]["outcome"] == "running"
        assert b"Everything is in place." in running.stdout.read()


@pytest.mark.parametrize("text", ["✓ done … · a\\b\n", "résumé ☃\n"])
def test_every_text_can_be_printed_in_ascii(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    output.prepare()
    Console().say(text.removesuffix("\n"))
    expected = {"✓": "v", "…": "...", "·": "-", "é": "\\xe9", "☃": "\\u2603"}
    assert written.getvalue().decode("ascii") == "".join(expected.get(each, each) for each in text)


def test_a_closed_stream_is_not_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.TextIOWrapper(io.BytesIO())
    closed.close()
    monkeypatch.setattr(sys, "stdout", closed)
    monkeypatch.setattr(sys, "stderr", None)
    Console().say("nobody reads this")
    output.finish()


def test_a_full_disk_is_reported(fresh: World) -> None:
    if not os.path.exists("/dev/full"):  # noqa: PTH110 (a device)
        pytest.skip("/dev/full is not here")
    command = [sys.executable, "-m", "wizard", "plan", fresh.setup()]
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert without_heartbeats(done.stderr) == "wif-wizard: cannot write to stdout: [Errno 28] No space left on device\n"
