"""Answers about workloads on GKE: some about all of them, some about each."""

from __future__ import annotations

from wizard.modes.gke.chosen import Chosen
from wizard.setup.answers import Answers
from wizard.setup.question import Value

_ITS_OWN = "access."
"""How the paths begin whose answers each workload has for itself."""


class GkeAnswers(Answers):
    """The answers about all workloads; `of` has those about one."""

    workloads: tuple[Chosen, ...] = ()
    """The workloads chosen."""

    def of(self, place: int) -> WorkloadAnswers:
        """The answers about one of the workloads, over those about all of them."""
        return WorkloadAnswers(self, place)

    def roles(self) -> tuple[str, ...]:
        """Every role that the setup will grant, to any of the workloads."""
        return tuple(role for place in range(len(self.workloads)) for role in self.of(place).roles())


class WorkloadAnswers(Answers):
    """The same questions and answers as for one workload alone, kept in its place among all of them."""

    def __init__(self, whole: GkeAnswers, place: int) -> None:
        """`whole` are the answers about all; what is answered here is written there."""
        super().__init__(whole.mode)
        self._whole, self._place = whole, place
        self.detected = whole.detected

    @property
    def workload(self) -> Chosen:
        """The workload."""
        return self._whole.workloads[self._place]

    def explicit(self) -> dict[str, Value]:
        """What was answered about this workload, and about all."""
        return self._whole.explicit() | dict(self.workload.access)

    def set(self, path: str, value: Value) -> None:
        """Answer a question. Raises KeyError when the mode asks no such question."""
        if path.startswith(_ITS_OWN):
            self._write(path, value)
        else:
            self._whole.set(path, value)

    def clear(self, path: str) -> None:
        """Remove an answer: the default holds again."""
        if path.startswith(_ITS_OWN):
            self._write(path, None)
        else:
            self._whole.clear(path)

    def roles(self) -> tuple[str, ...]:
        """Every role that this workload gets."""
        further = [role for grant in self.workload.further for role in grant["roles"]]
        return (*self._chosen_roles(), *further)

    def _write(self, path: str, value: Value | None) -> None:
        workloads = list(self._whole.workloads)
        workloads[self._place] = self.workload.answered(path, value)
        self._whole.workloads = tuple(workloads)
