"""The journal: a durable record of each write to a cloud, before and after it. Resume and revert read it.

It is an SQLite file in the user's state directory, and contains no secrets: of a state it records only the keys that
the setup sets, and it refuses values that are not plain JSON.
"""

import errno
import json
import os
import secrets
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar

from wizard.engine import file_lock
from wizard.engine.resource import JSON, Change, Refused, State, owned
from wizard.language import N_, _, translated

T = TypeVar("T")

VERSION = 3
"""The version of the tables below; stored in SQLite's `user_version`."""

PATH_VARIABLE = "WIF_WIZARD_JOURNAL"
"""The environment variable that has the path of another journal."""

LOCK_TIMEOUT = 30.0
"""Seconds to wait while another process writes."""

RunOutcome: TypeAlias = Literal["running", "done", "failed", "interrupted"]
WriteOutcome: TypeAlias = Literal["started", "done", "failed"]

_LOCKED = N_(
    "the wizard cannot use the journal {path}: {error}. Another program has locked the journal. Wait until the program "
    "ends, then try again."
)
_FULL = N_("the wizard cannot use the journal {path}: {error}. Free some disk space, then try again.")
_NOT_WRITTEN = N_(
    "the wizard cannot use the journal {path}: {error}. The operating system could not write the file: the disk is "
    "faulty, or the file reached a size limit. Check the disk and `ulimit -f`, or set {variable} to another file."
)
_READ_ONLY = N_(
    "the wizard cannot use the journal {path}: {error}. Make the file and its folder writable, or set {variable} to "
    "another file."
)
_DAMAGED = N_(
    "the wizard cannot use the journal {path}: {error}. The file is damaged, or is not a journal of wif-wizard. Move "
    "the file to another folder: wif-wizard then starts a new journal, and reads the current state from the clouds."
)
_NOT_PERMITTED = N_(
    "the wizard cannot use the journal {path}: {error}. Correct the permissions of the file and its folder, or set "
    "{variable} to another file."
)
_NEWER = "a newer wif-wizard version wrote the journal {path} (table version {version}): upgrade wif-wizard"
_PROBLEMS = {"locked": _LOCKED, "full": _FULL, "readonly": _READ_ONLY, "I/O": _NOT_WRITTEN}
"""The problem, by a word in the message of SQLite."""

_TABLES = (
    """CREATE TABLE runs (
        id TEXT PRIMARY KEY, started TEXT NOT NULL, ended TEXT, outcome TEXT NOT NULL,
        title TEXT NOT NULL, setup TEXT NOT NULL)""",
    """CREATE TABLE writes (
        run TEXT NOT NULL REFERENCES runs (id), ordinal INTEGER NOT NULL,
        kind TEXT NOT NULL, name TEXT NOT NULL, action TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
        started TEXT NOT NULL, finished TEXT, outcome TEXT NOT NULL, operation TEXT, error TEXT,
        PRIMARY KEY (run, ordinal))""",
    "PRAGMA user_version = 1",
)
_UPGRADES = (
    (
        """CREATE TABLE temporary (
            id TEXT PRIMARY KEY, started TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, place TEXT NOT NULL)""",
        "PRAGMA user_version = 2",
    ),
    ("ALTER TABLE runs ADD COLUMN details TEXT NOT NULL DEFAULT '{}'", "PRAGMA user_version = 3"),
)
"""The statements that lead from version 1 to version 2, and so on."""


class JournalError(Refused):
    """The journal cannot be read or written. Without it, the wizard writes nothing to a cloud."""


@dataclass(frozen=True)
class Details:
    """What a run was asked to do, by whom and where: all that is needed to resume it or to revert it."""

    by: str = ""
    """The user and the host, such as pat@laptop."""
    identities: tuple[str, ...] = ()
    """The operator in each cloud, such as an email address or an ARN, as far as they are known."""
    folder: str = ""
    """The folder of the setup file: relative paths in the setup are relative to it."""
    file: str = ""
    """The path of the setup file as the operator gave it; empty if there was no file."""
    only: str | None = None
    """The half of the setup that was applied; None for both."""
    override_owner: bool = False
    reverts: tuple[str, ...] = ()
    """The runs that the run reverts; empty for a run that applies a setup."""
    services: bool = False
    """Whether the revert also disables the services that the runs enabled."""
    resumes: tuple[str, ...] = ()
    """The unfinished runs that the run completes, oldest first; empty for a run that resumes none."""


@dataclass(frozen=True)
class Run:
    """One run of apply. Times are ISO 8601 in UTC."""

    id: str
    """Starts with the date and time, such as 20261121-193000-ab12."""
    started: str
    ended: str | None
    outcome: RunOutcome
    """running: its process still runs; interrupted: the user stopped it, or its process ended before the run did."""
    title: str
    setup: str
    """The text of the setup file that was applied."""
    details: Details = field(default_factory=Details)


@dataclass(frozen=True)
class Write:
    """One write to a cloud. Times are ISO 8601 in UTC."""

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
    """started: the answer is not known, so the write may have taken effect; done: accepted; failed: refused."""
    operation: str | None
    """The name of the long operation that the write started."""
    error: str | None
    """Why the write was refused or, if it was accepted, why it could not be verified."""


@dataclass(frozen=True)
class Temporary:
    """Something that a live test created for a while, and removes at its end. Times are ISO 8601 in UTC."""

    id: str
    started: str
    kind: str
    name: str
    place: Mapping[str, JSON]
    """What is needed to find it again, such as the account and the region."""


class Journal:
    """Reads and writes the journal file, which the first write creates. Safe for concurrent threads and processes."""

    def __init__(self, path: Path | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.path = path or default_path(os.environ)
        self._now = now
        self._locks: dict[str, int] = {}
        """The lock of each run that this process started."""

    def begin(
        self,
        title: str,
        setup: str,
        details: Details | None = None,
        check: Callable[[list[Run]], object] | None = None,
    ) -> str:
        """Record the start of a run. Returns its id. Raises JournalError.

        `check` gets the runs in the journal, newest first, and can raise Refused. No other run begins meanwhile.
        """
        now = self._now()
        run = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
        with self._writing() as database:
            if check is not None:
                check(self.runs())
            taken = database.execute("SELECT 1 FROM runs WHERE id = ?", (run,)).fetchone()
            run = f"{run}{secrets.token_hex(2)}" if taken else run
            self._locks[run] = file_lock.acquire(self._lock_file(run))
            row = (run, now.isoformat(), None, "running", title, setup, _as_text(details or Details()))
            database.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return run

    def identify(self, run: str, identities: tuple[str, ...]) -> None:
        """Record who the operator of a run is in the clouds. Raises JournalError."""
        with self._writing() as database:
            text = database.execute("SELECT details FROM runs WHERE id = ?", (run,)).fetchone()[0]
            details = replace(_details(text), identities=identities)
            database.execute("UPDATE runs SET details = ? WHERE id = ?", (_as_text(details), run))

    def end(self, run: str, outcome: RunOutcome) -> None:
        """Record the outcome of a run. Raises JournalError."""
        with self._writing() as database:
            row = (self._now().isoformat(), outcome, run)
            database.execute("UPDATE runs SET ended = ?, outcome = ? WHERE id = ?", row)
        if run in self._locks:
            file_lock.release(self._lock_file(run), self._locks.pop(run))

    def before_write(self, run: str, change: Change) -> int:
        """Record a write before it is sent. Returns its ordinal in the run, from 1.

        Raises JournalError, and TypeError if the states are not plain JSON.
        """
        states = (encoded(owned(change.before, change.after)), encoded(change.after))
        what = (change.resource.kind, change.resource.name, change.action, *states, self._now().isoformat())
        with self._writing() as database:
            last = database.execute("SELECT coalesce(max(ordinal), 0) FROM writes WHERE run = ?", (run,)).fetchone()
            row = (run, last[0] + 1, *what)
            database.execute("INSERT INTO writes VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, 'started', NULL, NULL)", row)
        return int(last[0]) + 1

    def operation(self, run: str, ordinal: int, name: str) -> None:
        """Record the name of the long operation that a write started. Raises JournalError."""
        with self._writing() as database:
            row = (name, run, ordinal)
            database.execute("UPDATE writes SET operation = ? WHERE run = ? AND ordinal = ?", row)

    def after_write(self, run: str, ordinal: int, outcome: WriteOutcome, error: str | None = None) -> None:
        """Record the outcome of a write. Raises JournalError."""
        finished = None if outcome == "started" else self._now().isoformat()
        with self._writing() as database:
            row = (outcome, error, finished, run, ordinal)
            database.execute(
                "UPDATE writes SET outcome = ?, error = ?, finished = ? WHERE run = ? AND ordinal = ?", row
            )

    def remember(self, kind: str, name: str, place: State) -> str:
        """Record something that will be created for a while. Returns the id of the record. Raises JournalError."""
        identity = f"temporary-{secrets.token_hex(8)}"
        with self._writing() as database:
            self._locks[identity] = file_lock.acquire(self._lock_file(identity))
            row = (identity, self._now().isoformat(), kind, name, encoded(place))
            database.execute("INSERT INTO temporary VALUES (?, ?, ?, ?, ?)", row)
        return identity

    def release(self, identity: str) -> None:
        """Leave something that could not be removed to the next command, which finds it abandoned."""
        if identity in self._locks:
            file_lock.release(self._lock_file(identity), self._locks.pop(identity))

    def forget(self, identity: str) -> None:
        """Delete the record of something that was removed. Raises JournalError."""
        with self._writing() as database:
            database.execute("DELETE FROM temporary WHERE id = ?", (identity,))
        self.release(identity)

    def abandoned(self) -> list[Temporary]:
        """Return what was created for a while by processes that no longer run, oldest first. Raises JournalError."""
        rows = self._rows("SELECT * FROM temporary ORDER BY started, rowid")
        found = [Temporary(row[0], row[1], row[2], row[3], json.loads(row[4])) for row in rows]
        left = [each for each in found if not self._is_held(each.id)]
        for each in left:
            self._remove_lock_file(each.id)
        return left

    def copy(self, runs: Collection[str], path: Path) -> None:
        """Write these runs, with their writes, to a new journal. Raises JournalError, also if the file exists."""
        if path.exists():
            raise JournalError(_("the file {path} already exists. Choose another file").format(path=path))
        rows = self._rows("SELECT * FROM runs ORDER BY started, rowid")
        other = Journal(path)
        with other._writing() as database:
            for row in rows:
                if row[0] in runs:
                    database.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?)", row)
                    writes = self._rows("SELECT * FROM writes WHERE run = ? ORDER BY ordinal", row[0])
                    database.executemany("INSERT INTO writes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", writes)

    def runs(self) -> list[Run]:
        """Return all runs, newest first. Raises JournalError."""
        rows = self._rows("SELECT * FROM runs ORDER BY started DESC, rowid DESC")
        return [self._with_current_outcome(self._parsed(_run, row)) for row in rows]

    def writes(self, run: str) -> list[Write]:
        """Return the writes of a run, in the order in which they started. Raises JournalError."""
        rows = self._rows("SELECT * FROM writes WHERE run = ? ORDER BY ordinal", run)
        return [self._parsed(_write, row) for row in rows]

    def _with_current_outcome(self, run: Run) -> Run:
        """Return the run as interrupted if its process no longer runs, unless it has just ended."""
        if run.outcome != "running" or self._is_held(run.id):
            return run
        run = self._parsed(_run, self._rows("SELECT * FROM runs WHERE id = ?", run.id)[0])
        if run.outcome != "running":
            return run
        self._remove_lock_file(run.id)
        return replace(run, outcome="interrupted")

    def _is_held(self, run: str) -> bool:
        """Return whether the process of a run, or of a live test, still runs. Raises JournalError."""
        try:
            return file_lock.is_held(self._lock_file(run))
        except OSError as error:
            raise JournalError(_problem(error, self.path)) from error

    def _remove_lock_file(self, run: str) -> None:
        """Remove the lock file that a process left as it was killed."""
        with suppress(OSError):
            self._lock_file(run).unlink(missing_ok=True)

    def _lock_file(self, run: str) -> Path:
        """Return the path of the file that the process of a run locks."""
        return self.path.with_name(f"{self.path.name}-{run}.lock")

    def _parsed(self, parse: Callable[..., T], row: tuple[JSON, ...]) -> T:
        """Return what a row has. Raises JournalError if another program wrote the row."""
        try:
            return parse(*row)
        except (ValueError, TypeError, AttributeError) as error:
            raise JournalError(_problem(error, self.path)) from error

    def _rows(self, query: str, *values: str) -> list[tuple[JSON, ...]]:
        if not self.path.exists():
            return []
        with self._opened() as database:
            return database.execute(query, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Open the database for one transaction."""
        with self._opened() as database:
            database.execute("BEGIN IMMEDIATE")
            yield database
            database.execute("COMMIT")

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """Open the database, with its tables. Turns errors of SQLite and of the file system into JournalError."""
        try:
            _make_private(self.path)
            with closing(sqlite3.connect(self.path, timeout=LOCK_TIMEOUT, isolation_level=None)) as database:
                self._create_tables(database)
                yield database
        except (sqlite3.Error, OSError) as error:
            raise JournalError(_problem(error, self.path)) from error

    def _create_tables(self, database: sqlite3.Connection) -> None:
        if _version(database) == VERSION:
            return
        database.execute("BEGIN IMMEDIATE")
        version = _version(database)
        if version > VERSION:
            raise JournalError(_(_NEWER).format(path=self.path, version=version))
        statements = list(_TABLES if version == 0 else ())
        for upgrade in _UPGRADES[max(version, 1) - 1 :]:
            statements += upgrade
        for statement in statements:
            database.execute(statement)
        database.execute("COMMIT")


def _problem(error: Exception, path: Path) -> str:
    """Return why a journal cannot be used, and what to do."""
    return translated(_template(error)).format(path=path, error=error, variable=PATH_VARIABLE)


def _template(error: Exception) -> str:
    if isinstance(error, OSError):
        return {errno.ENOSPC: _FULL, errno.EFBIG: _NOT_WRITTEN}.get(error.errno or 0, _NOT_PERMITTED)
    if isinstance(error, sqlite3.OperationalError):
        found = [template for word, template in _PROBLEMS.items() if word in str(error)]
        return found[0] if found else _NOT_PERMITTED
    return _DAMAGED


def default_path(environment: Mapping[str, str]) -> Path:
    """Return the path of the journal: that in `PATH_VARIABLE`, else by the XDG Base Directory Specification.

    Ignores a relative XDG_STATE_HOME.
    """
    if environment.get(PATH_VARIABLE):
        return Path(environment[PATH_VARIABLE]).absolute()
    state = Path(environment.get("XDG_STATE_HOME", ""))
    return (state if state.is_absolute() else Path.home() / ".local" / "state") / "wif-wizard" / "journal.db"


def encoded(state: State | None) -> str:
    """Return a state as JSON text. Raises TypeError for values that are not plain JSON, such as a Secret."""
    _refuse_other_than_json(state)
    return json.dumps(state, ensure_ascii=False, allow_nan=False)


def _refuse_other_than_json(value: JSON) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if type(key) is not str:
                kind = type(key).__name__
                raise TypeError(f"the keys of a state must be str, not {kind}")
            _refuse_other_than_json(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_other_than_json(item)
    elif type(value) not in (str, int, float, bool, type(None)):
        kind = type(value).__name__
        raise TypeError(f"the values of a state must be JSON, not {kind}")


def _make_private(path: Path) -> None:
    """Create the file, readable by its owner only. SQLite gives its side files the same permissions.

    This does not open an existing file, because closing it would drop the locks of SQLite in other threads.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _run(*row: JSON) -> Run:
    identity, started, ended, outcome, title, setup, details = row
    return Run(identity, started, ended, outcome, title, setup, _details(details))


def _as_text(details: Details) -> str:
    return json.dumps(asdict(details), ensure_ascii=False)


def _details(text: str) -> Details:
    values: dict[str, JSON] = json.loads(text)
    read: dict[str, JSON] = {}
    for name in (each.name for each in fields(Details)):
        if name in values:
            read[name] = tuple(values[name]) if isinstance(values[name], list) else values[name]
    return Details(**read)


def _write(run: str, ordinal: int, kind: str, name: str, action: str, before: str, after: str, *rest: JSON) -> Write:
    return Write(run, ordinal, kind, name, action, json.loads(before), json.loads(after), *rest)


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])
