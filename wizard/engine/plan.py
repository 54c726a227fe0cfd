"""Compute a plan: the changes that the resources need, in the order in which they can be applied."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from wizard.engine.readers import Readers
from wizard.engine.resource import Change, Clouds, Refused, Resource
from wizard.language import _

SIDE_BY_SIDE = 32
"""Largest number of reads, or of changes, that run at the same time."""


_TWICE = "the setup describes {resource} twice, with different values: {one} and {other}"
_CIRCULAR = "the resources have a circular dependency (each resource needs the resource before it): {resources}"


class PlanError(ValueError):
    """The resources contradict each other: a circular dependency, or two different states for the same resource."""


@dataclass(frozen=True)
class Plan:
    """The changes, each after those it needs. Resources that are already in place are included, with action "none"."""

    changes: tuple[Change, ...]

    @cached_property
    def pending(self) -> tuple[Change, ...]:
        """The changes whose action is not "none"."""
        return tuple(change for change in self.changes if change.action != "none")

    @property
    def empty(self) -> bool:
        """Whether no change is pending."""
        return not self.pending

    def without(self, changes: Iterable[Change]) -> "Plan":
        """Return the plan without these changes."""
        left_out = {change.resource for change in changes}
        return Plan(tuple(change for change in self.changes if change.resource not in left_out))

    @property
    def summary(self) -> dict[str, int]:
        """The number of changes by action ("create", "update", "undelete"), and of resources that are "in place"."""
        actions = [change.action for change in self.changes]
        counts = {str(action): actions.count(action) for action in ("create", "update", "undelete")}
        return counts | {"in_place": actions.count("none")}


def plan(resources: Iterable[Resource], clouds: Clouds) -> Plan:
    """Read the resources and those that they need, in parallel, and return the plan.

    Raises PlanError before it reads anything, and Refused if a read fails for a reason that the plan does not fix.
    """
    ordered = in_order(resources)
    for resource in ordered:
        resource.announce(clouds)
    with Readers(max_workers=SIDE_BY_SIDE) as readers:
        return Plan(tuple(readers.map(lambda resource: read_change(resource, clouds), ordered)))


def in_order(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """Return the resources and those that they need, each once and after those it needs. Raises PlanError."""
    graph: TopologicalSorter[Resource] = TopologicalSorter()
    known: dict[Resource, Resource] = {}
    queue = deque(resources)
    while queue:
        resource = queue.popleft()
        same = known.setdefault(resource, resource)
        if same is resource:
            graph.add(resource, *resource.needs)
            queue.extend(need for need in resource.needs if known.get(need) is not need)
        elif same.desired() != resource.desired():
            one, other = same.desired(), resource.desired()
            raise PlanError(_(_TWICE).format(resource=str(resource), one=one, other=other))
    try:
        return tuple(graph.static_order())
    except CycleError as error:
        needed_by_next = " -> ".join(map(str, error.args[1]))
        raise PlanError(_(_CIRCULAR).format(resources=needed_by_next)) from None


def read_change(resource: Resource, clouds: Clouds) -> Change:
    """Return the change of one resource, which is read. Raises Refused for a reason that no plan fixes."""
    try:
        before = resource.read(clouds)
    except Refused as error:
        reason = resource.unreadable(error)
        if reason is None:
            raise
        return Change(resource, None, resource.desired_with(None), blind=reason)
    return Change(resource, before, resource.desired_with(before))
