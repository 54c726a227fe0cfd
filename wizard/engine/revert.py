"""Plan the revert of runs: delete what they created, restore what they set, and leave what others have changed since.

A revert is a plan like any other: it is reviewed, applied, verified and recorded in the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from wizard.engine.journal import Write
from wizard.engine.made import creates, made_by, put
from wizard.engine.plan import Plan
from wizard.engine.resource import (
    GONE,
    JSON,
    Change,
    Clouds,
    KeyPath,
    Operation,
    Refused,
    Resource,
    State,
    at,
    is_deleted,
    leaves,
    owned,
)
from wizard.language import _
from wizard.phrases import paragraph

Identity = tuple[str, str]
"""The kind and the name of a resource."""

_NOT_IN_SETUP = "The setup of the run no longer describes this resource."
_CHANGED = "{field} is now {now}, but the run set it to {ours}."
_NEEDED = "The revert keeps {other}, which needs this resource."
_UNREAD = "The wizard could not read the resource: {reason}"
_USE_UNREAD = "The wizard could not check who uses the resource: {reason}"
_LOST_BY = "the revert keeps {other}, but the users of {other} lose the access that the revert removes"
_GONE = "{resource} no longer exists, so the wizard cannot restore it"
_NEW_LOSS = "the review did not show this loss: {loss}. Create a new plan."
_UNRECORDED = (
    "The former value of {field} might be a secret, so the wizard did not record this value, and does not revert "
    "{field}."
)
_DELETED_SINCE = "Someone deleted the resource after the run."
_LATER = "Run {run} changed this resource later. To revert the later change, revert run {run}."


@dataclass(frozen=True)
class LeftInPlace:
    """Something that a run wrote and that revert leaves as it is, with the reason in one sentence."""

    kind: str
    name: str
    reason: str
    resource: Resource | None = None
    is_unknown: bool = False
    """Whether it is left only because the clouds did not tell what the wizard must know first."""


@dataclass(frozen=True)
class Reverting:
    """The plan of a revert, what it leaves, and what is worth knowing about what it deletes."""

    plan: Plan
    left: tuple[LeftInPlace, ...] = ()
    notes: tuple[tuple[Resource, str], ...] = ()


@dataclass(frozen=True)
class Effects:
    """What the revert of one change does to others: who loses what, and what happens to running workloads."""

    losers: tuple[str, ...] = ()
    impact: str | None = None


@dataclass(frozen=True, eq=False)
class Reverted(Resource):
    """A resource as it was before a run. `made` is the part of the run's change that is still the run's own."""

    resource: Resource
    made: Change
    going: Mapping[Resource, Change] = field(default_factory=dict)
    """Everything that the same revert takes back, by resource."""
    effects: Mapping[Resource, Effects] = field(default_factory=dict)
    """What the review shows of the effects of the revert, by resource."""
    needs: tuple[Resource, ...] = ()

    @property
    def kind(self) -> str:  # type: ignore[override]  # the kind of the resource that it reverts
        return self.resource.kind

    @property
    def name(self) -> str:
        return self.resource.name

    @property
    def deadline(self) -> float:  # type: ignore[override]
        return self.resource.deadline

    def __str__(self) -> str:
        return str(self.resource)

    def desired(self) -> State:
        return GONE if creates(self.made) else (self.made.before or {})

    def read(self, clouds: Clouds) -> State | None:
        now = _now(self.resource, clouds, self.made)
        if (now is None or is_deleted(now)) and not _restores(self.made):
            return self.desired()  # what the run set went with the resource
        return now

    def create(self, clouds: Clouds) -> Operation | None:  # noqa: ARG002 (nothing to restore)
        raise Refused(_(_GONE).format(resource=str(self)))

    def update(self, clouds: Clouds, change: Change) -> Operation | None:  # noqa: ARG002 (`made` has what is restored)
        """Restore the values, unless someone has started to need them since the review."""
        reasons = self.resource.cannot_restore(clouds, self.made, self.going)
        if reasons:
            raise Refused(paragraph(reasons))
        shown = self._effects.losers
        new = [loss for loss in self.resource.revert_losers(clouds, self.made, self.going) if loss not in shown]
        if new:
            raise Refused(_(_NEW_LOSS).format(loss=new[0]))
        return self.resource.restore(clouds, self.made)

    def delete(self, clouds: Clouds) -> Operation | None:
        """Delete the resource, unless someone has started to use it since the review."""
        users = self.resource.in_use(clouds, self.going)
        if users:
            raise Refused(paragraph(users))
        return self.resource.delete(clouds)

    def impact(self, change: Change) -> str | None:  # noqa: ARG002 (`effects` has what the review shows)
        return self._effects.impact

    def losers(self, change: Change) -> list[str]:  # noqa: ARG002 (`effects` has what the review shows)
        return list(self._effects.losers)

    def not_yet(self, error: Refused) -> bool:
        return self.resource.not_yet(error)

    def changed_meanwhile(self, clouds: Clouds) -> list[str]:
        return self.resource.changed_meanwhile(clouds)

    def moved(self, error: Refused) -> bool:
        return self.resource.moved(error)

    @property
    def _effects(self) -> Effects:
        return self.effects.get(self.resource, Effects())


def original(resource: Resource) -> Resource:
    """Return the resource that a revert is about; the resource itself if it is not that of a revert."""
    return resource.resource if isinstance(resource, Reverted) else resource


def plan_revert(
    resources: Sequence[Resource],
    writes: Sequence[Write],
    later: Sequence[Write],
    clouds: Clouds,
    unless: Callable[[Resource], bool] = lambda _resource: False,
) -> Reverting:
    """Plan the revert of the `writes` of one run or several, the oldest first. Reads only.

    `resources` has the resources that the writes are about, each after those it needs. `later` has the writes of other
    runs that came after these, the oldest first: what they wrote again is theirs. `unless` says which resources are
    reverted although their kind says that they stay.
    """
    ours: dict[Identity, list[Write]] = {}
    for write in writes:
        if write.outcome != "failed":
            ours.setdefault((write.kind, write.name), []).append(write)
    again: dict[Identity, list[Write]] = {}
    for write in later:
        if write.outcome != "failed":
            again.setdefault((write.kind, write.name), []).append(write)
    known = {resource.identity for resource in resources}
    left = [LeftInPlace(*identity, _(_NOT_IN_SETUP)) for identity in ours if identity not in known]
    planning = _Planning(clouds, unless)
    for resource in reversed(resources):  # what needs a resource comes before the resource
        if resource.identity not in ours:
            continue
        later_writes = again.get(resource.identity, [])
        made = made_by(resource, ours[resource.identity], later_writes)
        if made is not None:
            planning.add(resource, made)
        planning.note_later(resource, later_writes)
    planning.add_effects()
    return Reverting(Plan(tuple(planning.reverted.values())), (*left, *planning.left), tuple(planning.notes))


class _Planning:
    """Decides for one resource after the other what its revert does."""

    def __init__(self, clouds: Clouds, unless: Callable[[Resource], bool]) -> None:
        self._clouds = clouds
        self._unless = unless
        self._going: dict[Resource, Change] = {}
        self._effects: dict[Resource, Effects] = {}
        self._in_use: list[Resource] = []
        """What is left because others use it."""
        self._all_needs: dict[Resource, set[Resource]] = {}
        self.reverted: dict[Resource, Change] = {}
        """The changes, each after those that it needs: what needs a resource goes before the resource."""
        self._unread: set[Resource] = set()
        self.left: list[LeftInPlace] = []
        self.notes: list[tuple[Resource, str]] = []

    def add(self, resource: Resource, made: Change) -> None:
        """Plan the revert of one resource, or note why it is left."""
        reason = resource.stays()
        if reason and not self._unless(resource):
            self._leave(resource, reason)
            return
        try:
            now = _now(resource, self._clouds, made)
        except Refused as error:
            self._unread.add(resource)
            self._leave(resource, _(_UNREAD).format(reason=error.message))
            return
        if creates(made):
            self._add_deletion(resource, made, now)
        else:
            self._add_restoration(resource, made, now)

    def note_later(self, resource: Resource, writes: Sequence[Write]) -> None:
        """Note the runs that have written to a resource since, and that were not reverted."""
        written = [write for write in writes if write.action != "delete"]
        runs = dict.fromkeys(write.run for write in written)
        for run in runs:
            self._leave(resource, _(_LATER).format(run=run))

    def add_effects(self) -> None:
        """Find out what the whole revert does to others."""
        for resource, made in self._going.items():
            losers = (*resource.revert_losers(self._clouds, made, self._going), *self._lost_by_users(resource))
            self._effects[resource] = Effects(losers, resource.revert_impact(self._clouds, made))

    def _lost_by_users(self, resource: Resource) -> list[str]:
        """Return what stays because others use it, and has needed the resource since the run, or gets access by it."""
        served = [other for other in self._in_use if other not in self._unread and resource.serves(other)]
        losing = [other for other in self._in_use if resource in self._needs(other) or other in served]
        return [_(_LOST_BY).format(other=other) for other in losing]

    def _add_deletion(self, resource: Resource, made: Change, now: State | None) -> None:
        if now is None or is_deleted(now):
            return
        reasons = [*_differences(made.after, now), *self._dependents_left(resource)]
        if not reasons:
            reasons = self._users(resource, made)
            self._in_use += [resource] if reasons else []
        for reason in reasons:
            self._leave(resource, reason)
        if reasons:
            return
        self._going[resource] = made
        self.reverted[resource] = Change(self._reverted_resource(resource, made), now, GONE)
        self.notes += [(resource, text) for text in resource.before_deletion(self._clouds)]

    def _add_restoration(self, resource: Resource, made: Change, now: State | None) -> None:
        if now is None or is_deleted(now):
            if _restores(made):
                self._leave(resource, _(_DELETED_SINCE))
            return
        before: State = {}
        after: State = {}
        for path, ours in leaves(made.after):
            value, was = at(now, path), at(made.before, path)
            if value == ours and self._is_lost(resource, was):
                self._leave(resource, _(_UNRECORDED).format(field=".".join(path)))
            elif value == ours:
                put(before, path, was)
                put(after, path, ours)
            elif value != was:
                self._leave(resource, _changed(path, ours, value))
        if not after:
            return
        restored = Change(resource, before, after)
        reasons = self._obstacles(resource, restored)
        for reason in reasons:
            self._leave(resource, reason)
        if reasons:
            self._in_use.append(resource)
            return
        self._going[resource] = restored
        self.reverted[resource] = Change(self._reverted_resource(resource, restored), owned(now, after), before)

    def _is_lost(self, resource: Resource, was: JSON) -> bool:
        return was is not None and resource.is_unrecorded(was)

    def _reverted_resource(self, resource: Resource, made: Change) -> Reverted:
        needs = tuple(change.resource for other, change in self.reverted.items() if resource in self._needs(other))
        return Reverted(resource, made, self._going, self._effects, needs)

    def _dependents_left(self, resource: Resource) -> list[str]:
        """Return which resources of the same runs stay in place and need this one."""
        stay = {each.resource for each in self.left if each.resource is not None}
        return [_(_NEEDED).format(other=other) for other in stay if resource in self._needs(other)]

    def _users(self, resource: Resource, made: Change) -> list[str]:
        try:
            resource.revert_losers(self._clouds, made, self._going)
            resource.revert_impact(self._clouds, made)
            return resource.in_use(self._clouds, self._going)
        except Refused as error:
            self._unread.add(resource)
            return [_(_USE_UNREAD).format(reason=error.message)]

    def _obstacles(self, resource: Resource, restored: Change) -> list[str]:
        """Return why a change cannot be taken back, also if the wizard cannot find out what that does to others."""
        try:
            resource.revert_losers(self._clouds, restored, self._going)
            resource.revert_impact(self._clouds, restored)
            return resource.cannot_restore(self._clouds, restored, self._going)
        except Refused as error:
            self._unread.add(resource)
            return [_(_USE_UNREAD).format(reason=error.message)]

    def _needs(self, resource: Resource) -> set[Resource]:
        """Return what a resource needs, directly or through others."""
        if resource not in self._all_needs:
            found = set(resource.needs)
            for need in resource.needs:
                found |= self._needs(need)
            self._all_needs[resource] = found
        return self._all_needs[resource]

    def _leave(self, resource: Resource, reason: str) -> None:
        self.left.append(LeftInPlace(resource.kind, resource.name, reason, resource, resource in self._unread))


def _restores(made: Change) -> bool:
    """Return whether the revert of a change gives a resource values that it had before."""
    return any(value is not None for _, value in leaves(made.before or {}))


def _now(resource: Resource, clouds: Clouds, made: Change) -> State | None:
    """Return the current values of what the runs set."""
    state = resource.written(clouds, made)
    if state is None:
        return None
    return owned(resource.parts(state), made.after)


def _differences(ours: State, now: State) -> list[str]:
    return [_changed(path, value, at(now, path)) for path, value in leaves(ours) if at(now, path) != value]


def _changed(path: KeyPath, ours: JSON, now: JSON) -> str:
    return _(_CHANGED).format(field=".".join(path), now=_text(now), ours=_text(ours))


def _text(value: JSON) -> str:
    return _("not set") if value is None else str(value)
