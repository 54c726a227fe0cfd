"""Works on several setups: reads what they share once, and returns a row for each of them.

A setup that cannot be opened, planned or tested has an error in its row, and does not end the others.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from wizard.chain.hop import Outcome, Progress
from wizard.chain.tidy import LeftBehind
from wizard.clouds.reading import ReadingClouds
from wizard.clouds.sessions import Sessions, SharedSessions
from wizard.engine.plan import PlanError, in_order
from wizard.engine.readers import Readers
from wizard.engine.resource import Refused
from wizard.modes.opened import Consent, Listener, Opened, Outcomes
from wizard.setup.problems import BadInput
from wizard.work import clashes, diagnosing, leftovers, opening, planning, starting, testing
from wizard.work.asking import Asking
from wizard.work.clashes import Clash
from wizard.work.diagnosing import Diagnosis
from wizard.work.planning import Review
from wizard.work.starting import Started

A = TypeVar("A")
B = TypeVar("B")

AT_ONCE = 8
"""How many setups are worked on at the same time."""

_EXPECTED = (BadInput, Refused, LeftBehind, PlanError)
"""What can be in the way of one setup."""


@dataclass(frozen=True)
class Row(Generic[A]):
    """One setup: its file, and either what was found about it, or why there is nothing."""

    file: str
    value: A | None = None
    error: Exception | None = None


@dataclass(frozen=True)
class Planned:
    """The plan of a setup, and a sentence for each thing that live tests left in the clouds."""

    opened: Opened
    review: Review
    leftovers: tuple[str, ...]


@dataclass(frozen=True)
class Tested:
    """The live test of a setup: where it ran, and the outcomes of each workload."""

    place: str
    outcomes: Outcomes


@dataclass(frozen=True)
class Diagnosed:
    """What the doctor found about a setup, and a sentence for each thing that live tests left in the clouds."""

    diagnosis: Diagnosis
    leftovers: tuple[str, ...]


def plan(
    files: Iterable[str], only: str | None = None, *, override_owner: bool = False
) -> tuple[list[Row[Planned]], list[Clash]]:
    """Plan several setups, or one half of each. Returns the plans, and what two setups want differently."""
    rows = _opened(files, lambda file, sessions: opening.open_half(file, only, sessions), SharedSessions("reading"))
    _announce((row.value, only) for row in rows if row.value)

    def one(opened: Opened) -> Planned:
        review = planning.review(opened, only, override_owner=override_owner, clouds=opened.clouds)
        return Planned(opened, review, tuple(leftovers.report(opened, only, opened.clouds)))

    planned = _each(rows, one)
    return planned, clashes.find([(row.file, row.value.review.plan.changes) for row in planned if row.value])


def test(
    files: Iterable[str],
    place: str | None,
    wait_for_grants: float,
    listener: Callable[[str, Opened], Listener],
    say: Callable[[str], object],
) -> list[Row[Tested]]:
    """Test several setups, each in `place` or in its default place. `listener` gives the callbacks for a file.

    Callbacks and `say`, which gets a sentence for each thing of an interrupted test that was removed, are called one
    at a time, and confirmations are asked for in this thread. `wait_for_grants` is in seconds. An interrupt ends all
    tests once they have removed what they added.
    """
    rows = _opened(files, opening.open_for_test, SharedSessions("testing"))
    for row in rows:
        if row.value:
            row.value.announce_test()
    rows = [_tidied(row, say) for row in rows]  # one after another: two setups can find the same
    stop, turn = threading.Event(), threading.RLock()
    asking = Asking(stop)

    def one(row: Row[Opened]) -> Row[Tested]:
        if row.value is None:
            return Row(row.file, error=row.error)
        opened, where = row.value, place or row.value.likely_place
        heard = _in_turn(listener(row.file, opened), turn, asking)
        try:
            return Row(row.file, Tested(where, testing.test_setup(opened, where, heard, wait_for_grants, stop)))
        except _EXPECTED as error:
            return Row(row.file, error=error)

    with ThreadPoolExecutor(max_workers=AT_ONCE) as workers:
        running = [workers.submit(one, row) for row in rows]
        try:
            asking.wait(running)
        finally:
            if not all(future.done() for future in running):
                stop.set()
    return [future.result() for future in running]


def diagnose(files: Iterable[str]) -> list[Row[Diagnosed]]:
    """Find out what is wrong with several setups. Reads only."""
    sessions = SharedSessions("reading")
    rows = _opened(files, starting.setup_in, sessions)
    _announce((row.value.opened, row.value.half) for row in rows if row.value and isinstance(row.value.opened, Opened))

    def one(started: Started) -> Diagnosed:
        assert isinstance(started.opened, Opened)
        clouds = started.opened.clouds
        left = tuple(leftovers.report(started.opened, started.half, clouds))
        return Diagnosed(diagnosing.of(started, _nothing, clouds), left)

    return _each(rows, one)


def _tidied(row: Row[Opened], say: Callable[[str], object]) -> Row[Opened]:
    """Remove what interrupted tests of a setup left. Returns the row, with the error that ended the search, if any."""
    if row.value is None:
        return row
    try:
        for sentence in leftovers.remove(row.value, clouds=ReadingClouds(row.value.clouds, row.value.clouds.facts)):
            say(sentence)
    except _EXPECTED as error:
        return Row(row.file, error=error)
    return row


def _opened(files: Iterable[str], open_one: Callable[[str, Sessions], A], sessions: SharedSessions) -> list[Row[A]]:
    """Open each file. All are read before the first call to a cloud: `sessions` then know every file under test."""
    rows: list[Row[str]] = []
    for file in files:
        try:
            opening.open_unread(file, sessions)
            rows.append(Row(file, file))
        except _EXPECTED as error:
            rows.append(Row(file, error=error))
    return _each(rows, lambda file: open_one(file, sessions))


def _announce(opened: Iterable[tuple[Opened, str | None]]) -> None:
    """Tell the sessions what will be read for all setups, before anything is read."""
    for each, only in opened:
        with suppress(*_EXPECTED):  # raised again by whoever plans the setup
            for resource in in_order(each.resources(only)):
                resource.announce(each.clouds)


def _each(rows: Sequence[Row[A]], work: Callable[[A], B]) -> list[Row[B]]:
    """Do the same with each setup that has no error, side by side. For reads only."""

    def one(row: Row[A]) -> Row[B]:
        if row.value is None:
            return Row(row.file, error=row.error)
        try:
            return Row(row.file, work(row.value))
        except _EXPECTED as error:
            return Row(row.file, error=error)

    with Readers(max_workers=AT_ONCE) as readers:
        return list(readers.map(one, rows))


def _in_turn(listener: Listener, turn: threading.RLock, asking: Asking) -> Listener:
    """Return the listener, whose callbacks wait for those of the other setups."""

    def on_outcome(workload: str, outcome: Outcome) -> None:
        with turn:
            listener.on_outcome(workload, outcome)

    def on_progress(workload: str, progress: Progress) -> None:
        with turn:
            listener.on_progress(workload, progress)

    def agree(needed: Consent) -> None:
        def question() -> None:
            with turn:
                listener.agree(needed)

        asking.ask(question)

    return Listener(on_outcome, on_progress, agree)


def _nothing(sentence: str) -> None:
    del sentence
