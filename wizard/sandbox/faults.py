"""Faults: calls that a scenario, or a file that is read again when it changes, tells to fail, to stall or to break off.

The schedule says which of the matching calls is struck, and how: with an answer of the service, or below HTTP. It can
also say that the clock of the clouds is ahead of the clients' clocks, or behind them.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

Effect = Literal["reset before", "reset after", "hold before", "hold after", "cut", "html", "slow"]
"""What happens to a call below HTTP.

reset: the connection ends, before or after the call has taken effect; hold: no answer comes, until the client is gone;
cut: half of the answer arrives; html: a page stands in place of the answer; slow: the answer arrives byte by byte.
"""

HELD = 600.0
"""Seconds for which a call is held at most."""


@dataclass(frozen=True)
class Fault:
    """One rule: what it matches, how long the call stalls (seconds), and what it then answers, if anything.

    `call` is a pattern for "POST /v1/projects/p/serviceAccounts" (Google) or the action's name, "CreateRole" (AWS).
    `code` is the canonical reason (Google) or the error code (AWS). `nth` is the first matching call that it strikes,
    counted from 1. `times` limits how often it strikes. `retry_after` is the header of the answer, in seconds.
    """

    service: str
    call: str
    status: int | None = None
    code: str | None = None
    message: str | None = None
    delay: float = 0.0
    times: int | None = None
    nth: int = 1
    effect: Effect | None = None
    retry_after: int | None = None

    def matches(self, service: str, call: str) -> bool:
        """Whether this rule is about that call."""
        return fnmatchcase(service, self.service) and fnmatchcase(call, self.call)


class Broken(Exception):  # noqa: N818 (what happened to the call)
    """The connection of a call ends before the call takes effect."""


class Faults:
    """The rules in force; each strikes as often as it says. `file` has more of them, as JSON, and can change."""

    def __init__(self, rules: Iterable[Fault] = (), file: Path | None = None) -> None:
        self._fixed = tuple(rules)
        self._file = file
        self._changed = 0
        self._rules: list[_Counted] = [_Counted(rule) for rule in self._fixed]
        self._ahead = 0.0
        self._lock = threading.Lock()

    def match(self, service: str, call: str) -> Fault | None:
        """The first rule that strikes this call, and is used up by one."""
        with self._lock:
            self._read_again()
            for counted in self._rules:
                if counted.strikes(service, call):
                    return counted.rule
        return None

    @property
    def ahead(self) -> float:
        """For how many seconds the clock of the clouds is ahead of the clients' clocks; below zero if it is behind.

        The file says so in an object without a call: {"ahead": 1200}.
        """
        with self._lock:
            self._read_again()
            return self._ahead

    def _read_again(self) -> None:
        if self._file is None or not self._file.exists():
            return
        changed = self._file.stat().st_mtime_ns
        if changed != self._changed:
            self._changed = changed
            found = json.loads(self._file.read_text(encoding="utf-8"))
            self._ahead = sum(float(each["ahead"]) for each in found if "ahead" in each)
            scheduled = [Fault(**each) for each in found if "ahead" not in each]
            self._rules = [_Counted(rule) for rule in (*self._fixed, *scheduled)]


@dataclass
class _Counted:
    rule: Fault
    seen: int = 0
    struck: int = 0

    def strikes(self, service: str, call: str) -> bool:
        if not self.rule.matches(service, call):
            return False
        self.seen += 1
        if self.seen < self.rule.nth or self.struck == self.rule.times:
            return False
        self.struck += 1
        return True


current: ContextVar[Fault | None] = ContextVar("fault", default=None)
"""The fault that strikes the call of this task, for what happens to its answer, and for the request log."""


async def strike(fault: Fault | None, note: Callable[[str], None] = lambda _: None) -> None:
    """Let a call stall, and note the fault for what follows. Raises Broken if the call must not take effect.

    `note` is told when a call is held.
    """
    current.set(fault)
    if fault is None:
        return
    if fault.delay:
        await asyncio.sleep(fault.delay)
    if fault.effect == "hold before":
        note("held before")
        await asyncio.sleep(HELD)
    if fault.effect in ("reset before", "hold before"):
        raise Broken


async def strike_after(note: Callable[[str], None] = lambda _: None) -> None:
    """Hold the answer of a call that has taken effect, if the fault says so."""
    fault = current.get()
    if fault is not None and fault.effect == "hold after":
        note("held after")
        await asyncio.sleep(HELD)


def breaks_answer() -> bool:
    """Whether the answer of this task's call does not arrive, for protocols other than HTTP/1.1."""
    fault = current.get()
    return fault is not None and fault.effect in ("reset after", "cut", "html")
