"""The record of what was written."""

import errno
import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.engine.fakes import Thing
from wizard.engine.journal import Journal, JournalError, default_path
from wizard.engine.plan import plan
from wizard.engine.resource import Change, Refused

CHANGE = Change(Thing("a"), None, {"size": 1})
WRITER = """
import sys
from tests.engine.test_journal import CHANGE, Journal, Path
journal = Journal(Path(sys.argv[1]))
run = journal.begin("one of two", "")
for _ in range(40):
    journal.after_write(run, journal.before_write(run, CHANGE), "done")
journal.end(run, "done")
"""


WAITER = """
import sys
from tests.engine.test_journal import Journal, Path
journal = Journal(Path(sys.argv[1]))
run = journal.begin("at work", "")
print("begun", flush=True)
sys.stdin.read()
journal.end(run, "done")
"""


class Secret(str):
    """Looks like text to json, and must not get in."""


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "state" / "journal.db")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_journal_is_for_its_owner_only_whatever_the_umask(journal):
    before = os.umask(0)
    try:
        journal.begin("a run", "")
    finally:
        os.umask(before)
    assert mode(journal.path.parent) == 0o700
    assert {mode(path) for path in journal.path.parent.iterdir()} == {0o600}


def test_side_files_are_for_the_owner_only_too(journal):
    journal.begin("a run", "")
    with closing(sqlite3.connect(journal.path, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        database.execute("UPDATE runs SET title = 'another'")
        files = list(journal.path.parent.iterdir())
        assert f"{journal.path.name}-journal" in [path.name for path in files]
        assert {mode(path) for path in files} == {0o600}
        database.execute("ROLLBACK")


def test_it_lives_where_the_xdg_specification_says(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    home = tmp_path / ".local" / "state" / "wif-wizard" / "journal.db"
    assert default_path({}) == home
    assert default_path({"XDG_STATE_HOME": "relative"}) == home
    assert default_path({"XDG_STATE_HOME": "/var/state"}) == Path("/var/state/wif-wizard/journal.db")


def test_runs_are_listed_newest_first_with_all_that_resuming_needs(tmp_path):
    times = iter(datetime(2026, 11, 21, 19, 30, tzinfo=UTC) + timedelta(hours=n) for n in range(9))
    journal = Journal(tmp_path / "journal.db", now=lambda: next(times))
    first = journal.begin("first", "version: 1\n")
    second = journal.begin("second", "version: 1\nmode: aws\n")
    journal.end(first, "done")
    assert re.fullmatch(r"20261121-193000-[0-9a-f]{4}", first)
    newest, oldest = journal.runs()
    assert (newest.id, newest.outcome, newest.ended, newest.setup) == (
        second,
        "running",
        None,
        "version: 1\nmode: aws\n",
    )
    assert (oldest.id, oldest.title, oldest.outcome) == (first, "first", "done")
    assert oldest.ended == "2026-11-21T21:30:00+00:00"


@pytest.fixture
def at_work(tmp_path):
    """Another process, in the middle of a run."""
    path = tmp_path / "journal.db"
    with subprocess.Popen([sys.executable, "-c", WAITER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"begun\n"
        yield other, Journal(path)
        other.kill()


def test_a_run_of_a_process_that_lives_is_running(at_work):
    other, journal = at_work
    assert [run.outcome for run in journal.runs()] == ["running"]
    other.stdin.close()
    assert other.wait(20) == 0
    assert [run.outcome for run in journal.runs()] == ["done"]
    assert not list(journal.path.parent.glob("*.lock"))


def test_a_run_of_a_process_that_was_killed_was_interrupted(at_work):
    other, journal = at_work
    other.kill()
    assert other.wait(20) == -signal.SIGKILL
    (run,) = journal.runs()
    assert (run.outcome, run.ended) == ("interrupted", None)
    assert [run.outcome for run in journal.runs()] == ["interrupted"], "however often one looks"


def test_a_run_that_ends_while_one_looks_has_ended(journal, monkeypatch):
    run = journal.begin("a run", "")

    def ends_just_now(_path):
        journal.end(run, "done")
        return False

    monkeypatch.setattr("wizard.engine.file_lock.is_held", ends_just_now)
    assert [each.outcome for each in journal.runs()] == ["done"]


def test_where_files_cannot_be_held_nobody_is_said_to_be_gone(journal, monkeypatch):
    def refused(_descriptor, _how):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", refused)
    journal.begin("a run", "")
    assert [each.outcome for each in journal.runs()] == ["running"]


def test_a_journal_that_is_not_there_has_no_runs_and_is_not_made_by_looking(journal):
    assert journal.runs() == []
    assert journal.writes("20261121-193000-ab12") == []
    assert not journal.path.parent.exists()


def test_a_write_is_recorded_before_it_is_made(bench):
    seen = []
    bench.clouds.then("create", "a", lambda: seen.extend(bench.journal.writes(bench.journal.runs()[0].id)))
    result = bench.apply(plan([Thing("a")], bench.clouds))
    assert [(write.outcome, write.finished) for write in seen] == [("started", None)]
    (write,) = bench.journal.writes(result.run)
    assert (write.kind, write.name, write.action, write.ordinal) == ("thing", "a", "create", 1)
    assert (write.before, write.after, write.outcome, write.error) == (None, {"size": 1}, "done", None)
    (run,) = bench.journal.runs()
    assert (run.id, run.title, run.setup, run.outcome) == (result.run, "a test", "version: 1\n", "done")


def test_a_crash_between_the_two_leaves_the_write_visibly_started(bench):
    bench.clouds.then("create", "a", SystemError("the power went out"))
    with pytest.raises(SystemError):
        bench.apply(plan([Thing("a")], bench.clouds))
    (write,) = bench.journal.writes(bench.journal.runs()[0].id)
    assert (write.outcome, write.finished) == ("started", None)


def test_of_the_state_before_only_our_own_keys_are_recorded(bench):
    bench.clouds.things["a"] = {"content": {"type": "service_account", "private_key": "SECRET"}, "other": "SECRET"}
    result = bench.apply(plan([Thing("a", {"content": {"type": "external_account"}})], bench.clouds))
    assert bench.journal.writes(result.run)[0].before == {"content": {"type": "service_account"}}
    assert b"SECRET" not in bench.path.read_bytes()


@pytest.mark.parametrize(
    "state", [{"a": Secret("x")}, {"a": object()}, {"a": ["x", {"b": b"x"}]}, {1: "x"}, {"a": ("x",)}]
)
def test_nothing_but_plain_json_gets_in_and_nothing_is_written_to_the_cloud(bench, state):
    with pytest.raises(TypeError, match="a state"):
        bench.apply(plan([Thing("a", state)], bench.clouds))
    assert bench.clouds.writes_tried() == []
    assert bench.journal.writes(bench.journal.runs()[0].id) == []


def test_two_processes_writing_lose_nothing(journal):
    command = [sys.executable, "-c", WRITER, str(journal.path)]
    writers = [subprocess.Popen(command) for _ in range(2)]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    for run in journal.runs():
        writes = journal.writes(run.id)
        assert [write.ordinal for write in writes] == list(range(1, 41))
        assert {write.outcome for write in writes} == {"done"}


def test_a_journal_of_a_newer_version_is_left_alone(journal):
    journal.begin("a run", "")
    with closing(sqlite3.connect(journal.path)) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(JournalError, match="a newer wif-wizard"):
        journal.begin("another", "")


def test_without_a_journal_nothing_is_written_to_the_cloud(bench):
    bench.path.parent.write_text("in the way")
    with pytest.raises(Refused, match="cannot use the journal"):
        bench.apply(plan([Thing("a")], bench.clouds))
    assert bench.clouds.writes_tried() == []


def test_a_file_that_is_no_journal_is_refused_as_one(journal):
    journal.path.parent.mkdir()
    journal.path.write_text("not a database, and longer than its header would be" * 10)
    with pytest.raises(JournalError, match="cannot use the journal"):
        journal.runs()


def test_what_is_temporary_is_abandoned_only_when_its_process_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = Journal(path)
    left = journal.remember("one-off job", "wif-wizard-probe-1", {"region": "ap-northeast-1"})
    removed = journal.remember("one-off job", "wif-wizard-probe-2", {})
    assert Journal(path).abandoned() == []
    journal.forget(removed)
    journal.release(left)
    (found,) = Journal(path).abandoned()
    assert (found.id, found.kind, found.name) == (left, "one-off job", "wif-wizard-probe-1")
    assert found.place == {"region": "ap-northeast-1"}
    Journal(path).forget(left)
    assert Journal(path).abandoned() == []


def test_a_journal_of_the_first_version_is_upgraded(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    Journal(path).begin("a run", "version: 1")
    with closing(sqlite3.connect(path)) as database:
        database.executescript("DROP TABLE temporary; ALTER TABLE runs DROP COLUMN details; PRAGMA user_version = 1")
    journal = Journal(path)
    journal.remember("one-off job", "wif-wizard-probe-1", {})
    assert [run.title for run in journal.runs()] == ["a run"]
