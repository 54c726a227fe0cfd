"""Faults: calls that a scenario tells to fail or to stall."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class Fault:
    """One rule: what it matches, how long the call stalls (seconds), and what it then answers, if anything.

    `call` is a pattern for "POST /v1/projects/p/serviceAccounts" (Google) or the action's name, "CreateRole" (AWS).
    `code` is the canonical reason (Google) or the error code (AWS). `times` limits how often it strikes.
    """

    service: str
    call: str
    status: int | None = None
    code: str | None = None
    message: str | None = None
    delay: float = 0.0
    times: int | None = None

    def matches(self, service: str, call: str) -> bool:
        """Whether this rule is about that call."""
        return fnmatchcase(service, self.service) and fnmatchcase(call, self.call)


class Faults:
    """The rules in force; each strikes as often as it says."""

    def __init__(self, rules: Iterable[Fault] = ()) -> None:
        self._left: list[tuple[Fault, int | None]] = [(rule, rule.times) for rule in rules]
        self._lock = threading.Lock()

    def match(self, service: str, call: str) -> Fault | None:
        """The first rule that strikes this call, and is used up by one."""
        with self._lock:
            for index, (rule, left) in enumerate(self._left):
                if left != 0 and rule.matches(service, call):
                    self._left[index] = (rule, None if left is None else left - 1)
                    return rule
        return None
