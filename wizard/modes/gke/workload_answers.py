"""Answers about workloads on GKE: some apply to all workloads, some to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from wizard.modes.gke.chosen import Chosen
from wizard.setup.answers import Answers, AsksFor
from wizard.setup.question import Found, Value

_PER_WORKLOAD = "access."
"""The start of the paths whose answers differ for each workload."""


class GkeAnswers(Answers):
    """The answers that apply to all workloads. `of` returns those of one workload."""

    workloads: tuple[Chosen, ...] = ()
    """The workloads that the operator chose."""

    def __init__(self, mode: AsksFor, detected: Mapping[str, Found] | None = None) -> None:
        """`detected` has the defaults found on this machine, by path, each with its source."""
        super().__init__(mode, detected)
        self._missing: dict[tuple[int, str], tuple[Chosen, object, list[tuple[str, str]]]] = {}

    def missing_of(self, index: int, page: str) -> list[tuple[str, str]]:
        """Return what `of(index).missing(page)` returns. Checks the answers again only after one of them changed."""
        workload, shared = self.workloads[index], (self.explicit(), self.seen | self.detected)
        known = self._missing.get((index, page))
        if known is None or known[0] is not workload or known[1] != shared:
            known = self._missing[index, page] = workload, shared, self.of(index).missing(page)
        return known[2]

    def of(self, index: int) -> WorkloadAnswers:
        """Return the answers of one workload, which include those that apply to all."""
        return WorkloadAnswers(self, index)

    def roles(self) -> tuple[str, ...]:
        """Return every role that the setup will grant to any workload."""
        return tuple(role for index in range(len(self.workloads)) for role in self.of(index).roles())


class WorkloadAnswers(Answers):
    """The answers of one workload. Changes are stored in the answers of all workloads."""

    def __init__(self, whole: GkeAnswers, index: int) -> None:
        """`whole` has the answers of all workloads, in which the changes are stored."""
        self.__dict__ |= whole.__dict__  # questions and defaults are the same
        self._whole, self._index = whole, index

    @property
    def workload(self) -> Chosen:
        """The workload that these answers are about."""
        return self._whole.workloads[self._index]

    def explicit(self) -> dict[str, Value]:
        """Return the operator's own answers about this workload and about all workloads."""
        return self._whole.explicit() | dict(self.workload.access)

    def set(self, path: str, value: Value) -> None:
        """Store the answer to a question. Raises KeyError if the mode has no such question."""
        if path.startswith(_PER_WORKLOAD):
            self._store(path, value)
        else:
            self._whole.set(path, value)

    def clear(self, path: str) -> None:
        """Remove an answer, so that the default applies again."""
        if path.startswith(_PER_WORKLOAD):
            self._store(path, None)
            self.see(path, None)
        else:
            self._whole.clear(path)

    def see(self, path: str, found: Found | None) -> None:
        """Store what follows from what the operator chose; None removes it."""
        if not path.startswith(_PER_WORKLOAD):
            self._whole.see(path, found)
            return
        seen = {key: each for key, each in self.workload.seen.items() if key != path}
        if found is not None:
            seen[path] = found
        if seen != self.workload.seen:
            self._replace(replace(self.workload, seen=seen))

    def seen_at(self, path: str) -> Found | None:
        """Return what follows from what the operator chose; None if nothing does."""
        return self.workload.seen.get(path) or self._whole.seen_at(path)

    def roles(self) -> tuple[str, ...]:
        """Return every role that the setup will grant to this workload."""
        further = [role for grant in self.workload.further for role in grant["roles"]]
        return (*self._chosen_roles(), *further)

    def _store(self, path: str, value: Value | None) -> None:
        self._replace(self.workload.answered(path, value))

    def _replace(self, workload: Chosen) -> None:
        workloads = list(self._whole.workloads)
        workloads[self._index] = workload
        self._whole.workloads = tuple(workloads)
