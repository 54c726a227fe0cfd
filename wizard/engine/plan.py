"""From what is wanted to what has to be done: the changes, in the order in which they can be made."""

from collections import deque
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from wizard.engine.resource import Change, Clouds, Refused, Resource

SIDE_BY_SIDE = 32
"""Reads, or changes, in hand at the same time, at most."""


class PlanError(ValueError):
    """The resources contradict each other: they need each other in a circle, or want one thing in two ways."""


@dataclass(frozen=True)
class Plan:
    """The changes, every one after those it needs; what is in place already is among them, with the action "none"."""

    changes: tuple[Change, ...]

    @property
    def pending(self) -> tuple[Change, ...]:
        """The changes that have something to do."""
        return tuple(change for change in self.changes if change.action != "none")

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.pending

    @property
    def summary(self) -> dict[str, int]:
        """How many changes there are to create, update and undelete, and how many resources are in place."""
        actions = [change.action for change in self.changes]
        counts = {str(action): actions.count(action) for action in ("create", "update", "undelete")}
        return counts | {"in_place": actions.count("none")}


def plan(resources: Iterable[Resource], clouds: Clouds) -> Plan:
    """Read the resources and all that they need, side by side, and say what has to be done.

    Raises `PlanError` before anything is read, and the first `Refused` of a read that cannot be explained by the plan.
    """
    ordered = in_order(resources)
    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as readers:
        return Plan(tuple(readers.map(lambda resource: _look_at(resource, clouds), ordered)))


def in_order(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """The resources and all that they need, each once and after what it needs; raises `PlanError`."""
    graph: TopologicalSorter[Resource] = TopologicalSorter()
    known: dict[Resource, Resource] = {}
    found = deque(resources)
    while found:
        resource = found.popleft()
        same = known.setdefault(resource, resource)
        if same is resource:
            graph.add(resource, *resource.needs)
            found.extend(need for need in resource.needs if known.get(need) is not need)
        elif same.desired() != resource.desired():
            raise PlanError(f"{resource} is wanted in two ways: {same.desired()} and {resource.desired()}")
    try:
        return tuple(graph.static_order())
    except CycleError as error:
        raise PlanError("in a circle: " + " is needed by ".join(map(str, error.args[1]))) from None


def _look_at(resource: Resource, clouds: Clouds) -> Change:
    try:
        return Change(resource, resource.read(clouds), resource.desired())
    except Refused as error:
        reason = resource.unreadable(error)
        if reason is None:
            raise
        return Change(resource, None, resource.desired(), blind=reason)
