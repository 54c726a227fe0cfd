"""The durable record of what was written: each write before it is made and after it. Resume and undo read it.

SQLite in the user's state directory. No secret enters: of a state only the keys that we want something of are recorded,
and what is not plain JSON is refused rather than turned into text.
"""

import json
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeAlias

from wizard.engine import file_lock
from wizard.engine.resource import JSON, Change, Refused, State, owned

VERSION = 1
"""Of the tables below; kept in SQLite's own `user_version`."""

BUSY = 30.0
"""Seconds to wait for another process that is writing."""

RunOutcome: TypeAlias = Literal["running", "done", "failed", "interrupted"]
WriteOutcome: TypeAlias = Literal["started", "done", "failed"]

_TABLES = (
    """CREATE TABLE runs (
        id TEXT PRIMARY KEY, started TEXT NOT NULL, ended TEXT, outcome TEXT NOT NULL,
        title TEXT NOT NULL, setup TEXT NOT NULL)""",
    """CREATE TABLE writes (
        run TEXT NOT NULL REFERENCES runs (id), ordinal INTEGER NOT NULL,
        kind TEXT NOT NULL, name TEXT NOT NULL, action TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
        started TEXT NOT NULL, finished TEXT, outcome TEXT NOT NULL, operation TEXT, error TEXT,
        PRIMARY KEY (run, ordinal))""",
    f"PRAGMA user_version = {VERSION}",
)


class JournalError(Refused):
    """The journal cannot be read or written; without it nothing is written to a cloud either."""


@dataclass(frozen=True)
class Run:
    """One apply; times are ISO 8601 in UTC."""

    id: str
    """Short, and sorted by time: 20261121-193000-ab12."""
    started: str
    ended: str | None
    outcome: RunOutcome
    """running: its process is at work; interrupted: it was told to stop, or ended before the run had."""
    title: str
    setup: str
    """The setup file's text, as it was applied."""


@dataclass(frozen=True)
class Write:
    """One write to a cloud."""

    run: str
    ordinal: int
    kind: str
    name: str
    action: str
    before: State | None
    after: State
    started: str
    finished: str | None
    outcome: WriteOutcome
    """started: made or not, nobody saw the answer; done: accepted; failed: refused."""
    operation: str | None
    """The name of the long operation that the write began."""
    error: str | None
    """Why it was refused; or, of a write that was accepted, why it could not be seen to hold."""


class Journal:
    """The journal file, made on the first write; safe with several threads and processes writing."""

    def __init__(self, path: Path | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.path = path or default_path(os.environ)
        self._now = now
        self._held: dict[str, int] = {}
        """What this process holds for the runs that it has begun."""

    def begin(self, title: str, setup: str) -> str:
        """Record that a run has begun; its id."""
        now = self._now()
        run = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
        with self._writing() as database:
            taken = database.execute("SELECT 1 FROM runs WHERE id = ?", (run,)).fetchone()
            run = f"{run}{secrets.token_hex(2)}" if taken else run
            self._held[run] = file_lock.hold(self._file(run))
            row = (run, now.isoformat(), None, "running", title, setup)
            database.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)", row)
        return run

    def end(self, run: str, outcome: RunOutcome) -> None:
        """Record how a run ended."""
        with self._writing() as database:
            row = (self._now().isoformat(), outcome, run)
            database.execute("UPDATE runs SET ended = ?, outcome = ? WHERE id = ?", row)
        if run in self._held:
            file_lock.let_go(self._file(run), self._held.pop(run))

    def before_write(self, run: str, change: Change) -> int:
        """Record a write that is about to be made; its ordinal in the run. Raises TypeError unless states are JSON."""
        states = (encoded(owned(change.before, change.after)), encoded(change.after))
        what = (change.resource.kind, change.resource.name, change.action, *states, self._now().isoformat())
        with self._writing() as database:
            last = database.execute("SELECT coalesce(max(ordinal), 0) FROM writes WHERE run = ?", (run,)).fetchone()
            row = (run, last[0] + 1, *what)
            database.execute("INSERT INTO writes VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, 'started', NULL, NULL)", row)
        return int(last[0]) + 1

    def operation(self, run: str, ordinal: int, name: str) -> None:
        """Record the long operation that a write began."""
        with self._writing() as database:
            row = (name, run, ordinal)
            database.execute("UPDATE writes SET operation = ? WHERE run = ? AND ordinal = ?", row)

    def after_write(self, run: str, ordinal: int, outcome: WriteOutcome, error: str | None = None) -> None:
        """Record what came of a write."""
        finished = None if outcome == "started" else self._now().isoformat()
        with self._writing() as database:
            row = (outcome, error, finished, run, ordinal)
            database.execute(
                "UPDATE writes SET outcome = ?, error = ?, finished = ? WHERE run = ? AND ordinal = ?", row
            )

    def runs(self) -> list[Run]:
        """All runs, newest first."""
        rows = self._rows("SELECT * FROM runs ORDER BY started DESC, rowid DESC")
        return [self._as_it_is(Run(*row)) for row in rows]

    def writes(self, run: str) -> list[Write]:
        """The writes of a run, in the order in which they were begun."""
        rows = self._rows("SELECT * FROM writes WHERE run = ? ORDER BY ordinal", run)
        return [_write(*row) for row in rows]

    def _as_it_is(self, run: Run) -> Run:
        """A run that nobody is at work on any more was interrupted, unless it has just ended."""
        if run.outcome != "running" or file_lock.is_held(self._file(run.id)):
            return run
        run = Run(*self._rows("SELECT * FROM runs WHERE id = ?", run.id)[0])
        return replace(run, outcome="interrupted") if run.outcome == "running" else run

    def _file(self, run: str) -> Path:
        """The file that the process at work on a run holds."""
        return self.path.with_name(f"{self.path.name}-{run}.lock")

    def _rows(self, query: str, *values: str) -> list[tuple[JSON, ...]]:
        if not self.path.exists():
            return []
        with self._opened() as database:
            return database.execute(query, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction."""
        with self._opened() as database:
            database.execute("BEGIN IMMEDIATE")
            yield database
            database.execute("COMMIT")

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """The database with its tables; everything that goes wrong with it becomes a `JournalError`."""
        try:
            _make_private(self.path)
            with closing(sqlite3.connect(self.path, timeout=BUSY, isolation_level=None)) as database:
                self._make_tables(database)
                yield database
        except (sqlite3.Error, OSError) as error:
            raise JournalError(f"the journal {self.path} cannot be used: {error}") from error

    def _make_tables(self, database: sqlite3.Connection) -> None:
        if _version(database) == VERSION:
            return
        database.execute("BEGIN IMMEDIATE")
        version = _version(database)
        if version > VERSION:
            raise JournalError(f"the journal {self.path} was written by a newer version (tables {version})")
        for statement in _TABLES if version == 0 else ():
            database.execute(statement)
        database.execute("COMMIT")


def default_path(environment: Mapping[str, str]) -> Path:
    """Where the journal is kept, by the XDG Base Directory Specification: a relative XDG_STATE_HOME is ignored."""
    state = Path(environment.get("XDG_STATE_HOME", ""))
    return (state if state.is_absolute() else Path.home() / ".local" / "state") / "wif-wizard" / "journal.db"


def encoded(state: State | None) -> str:
    """A state as JSON text; raises TypeError for anything but plain JSON, so that no masked type is ever unmasked."""
    _refuse_other_than_json(state)
    return json.dumps(state, ensure_ascii=False, allow_nan=False)


def _refuse_other_than_json(value: JSON) -> None:
    if type(value) is dict:
        for key, item in value.items():
            if type(key) is not str:
                raise TypeError(f"a state's keys are text, not {type(key).__name__}")
            _refuse_other_than_json(item)
    elif type(value) is list:
        for item in value:
            _refuse_other_than_json(item)
    elif type(value) not in (str, int, float, bool, type(None)):
        raise TypeError(f"a state holds JSON, not {type(value).__name__}")


def _make_private(path: Path) -> None:
    """Make the file for its owner only; SQLite gives its side files the same permissions.

    A file that is there is not opened here: closing it would drop the locks that another thread's SQLite holds on it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _write(run: str, ordinal: int, kind: str, name: str, action: str, before: str, after: str, *rest: JSON) -> Write:
    return Write(run, ordinal, kind, name, action, json.loads(before), json.loads(after), *rest)


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])
