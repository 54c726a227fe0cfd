"""Plans a setup, and checks whether the operator has the permissions that the plan needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from wizard.clouds.reading import ReadingClouds
from wizard.clouds.session import Clouds
from wizard.engine.plan import Plan
from wizard.engine.plan import plan as plan_changes
from wizard.engine.readers import Readers
from wizard.engine.resource import Change, Owner, Resource, at, leaves
from wizard.engine.revert import Reverted, original
from wizard.language import _
from wizard.modes.leftover import Leftover
from wizard.modes.opened import Opened
from wizard.outside.text import json_text
from wizard.phrases import named, one_of
from wizard.resources import owners, state_words
from wizard.resources.kind import Kind
from wizard.setup.problems import BadInput
from wizard.setup.yaml_text import as_yaml
from wizard.work import leftovers, preflight, wanted_roles
from wizard.work.handing_over import Handover, handover
from wizard.work.opening import mode_of


@dataclass(frozen=True)
class Loss:
    """Something that someone can do now and cannot do after a change."""

    change: Change
    text: str


@dataclass(frozen=True)
class Left:
    """A change that is left to the tool that manages the resource, which would revert it otherwise."""

    change: Change
    owner: Owner


@dataclass(frozen=True)
class Waiting:
    """A change that is left out because it needs another one, which is left to the tool that manages the resource."""

    change: Change
    needs: Left


@dataclass(frozen=True)
class Review:
    """What the operator reviews before apply."""

    plan: Plan
    permission_checks: list[preflight.PermissionCheck]
    handover: Handover
    """The commands for the half of the setup that is not in the plan."""
    left: tuple[Left, ...] = ()
    """The changes that are not in the plan, because another tool manages the resources."""
    waiting: tuple[Waiting, ...] = ()
    """The changes that are not in the plan, because they need one of `left` first."""
    at: datetime = field(default_factory=lambda: datetime.now(UTC), compare=False)
    """When the plan was made."""

    @property
    def in_place(self) -> bool:
        """Whether everything is as the setup wants it."""
        return self.plan.empty and not self.left

    @property
    def losses(self) -> list[Loss]:
        """What others lose by the plan, each once: it needs a confirmation of its own."""
        by_text: dict[str, Loss] = {}
        for change in self.plan.pending:
            for text in change.resource.losers(change):
                by_text.setdefault(text, Loss(change, text))
        return list(by_text.values())

    @property
    def missing(self) -> list[preflight.PermissionCheck]:
        """The checks of the permissions that the operator does not have."""
        return [check for check in self.permission_checks if check.status == "missing"]


def review(
    opened: Opened,
    only: str | None = None,
    *,
    override_owner: bool = False,
    clouds: Clouds | None = None,
) -> Review:
    """Plan the setup, or the half `only` of it, and check the operator's permissions.

    Changes to what another tool manages are left to that tool, unless `override_owner`. `clouds` are sessions whose
    reads others share. Raises BadInput, CloudError,
    PlanError, and Refused if a role does not exist.
    """
    halves = mode_of(opened.setup).halves
    if only is not None and only not in halves:
        choices = one_of(f"--only {half}" for half in halves)
        raise BadInput(_("--only {half} is not valid for this setup: use {choices}").format(half=only, choices=choices))
    clouds, resources = clouds or ReadingClouds(opened.clouds), opened.resources(only)
    with Readers(max_workers=2) as beside:
        operator = beside.submit(opened.check_operator, only)
        roles = beside.submit(wanted_roles.refuse_unknown, resources, opened.clouds.google)
        changes = plan_changes(resources, clouds)
        operator.result()
        roles.result()
    left = () if override_owner else _left_to_owners(changes)
    waiting = _waiting(changes, left)
    left_out = [item.change for item in left] + [item.change for item in waiting]
    changes = changes.without(left_out)
    checks = preflight.check_permissions(changes.pending, clouds)
    other = next((half for half in halves if only is not None and half != only), None)
    return Review(changes, checks, handover(opened, other) if other else Handover(), left, waiting)


def review_tidied(
    opened: Opened, only: str | None, say: Callable[[str], None], *, override_owner: bool = False
) -> Review:
    """Remove what interrupted live tests left, with one sentence to `say` for each thing, and plan as `review` does.

    The search runs beside the plan, which is made again if something was to be removed. Raises what `review` raises.
    """
    plan = partial(review, opened, only, override_owner=override_owner)
    with Readers(max_workers=1) as beside:
        search = beside.submit(leftovers.found, opened, only)
        try:
            planned = plan()
        except Exception:
            _tidy(search.result(), say)
            raise
    found = search.result()
    _tidy(found, say)
    changed = any(leftover.is_over for leftover in found)  # what a running test uses was left as it is
    return plan() if changed else planned


def _tidy(found: Iterable[Leftover], say: Callable[[str], None]) -> None:
    for leftover in found:
        say(leftovers.removed(leftover))


def _left_to_owners(plan: Plan) -> tuple[Left, ...]:
    owners = [(change, change.resource.owner(change)) for change in plan.pending]
    return tuple(Left(change, owner) for change, owner in owners if owner)


def _waiting(plan: Plan, left: tuple[Left, ...]) -> tuple[Waiting, ...]:
    """Return the pending changes that need one of `left`, directly or through other resources."""
    blocked = {item.change.resource: item for item in left}
    waiting = []
    for change in plan.changes:  # each after those that it needs
        needed = [blocked[need] for need in change.resource.needs if need in blocked]
        if change.resource in blocked or not needed:
            continue
        blocked[change.resource] = needed[0]
        if change.action != "none":
            waiting.append(Waiting(change, needed[0]))
    return tuple(waiting)


def summary(plan: Plan) -> str:
    """Return the number of changes, as one line for the user."""
    counts = plan.summary
    create, change, in_place = counts["create"], counts["update"] + counts["undelete"], counts["in_place"]
    return _("Resources: {create} to create, {change} to change, {in_place} in place. Nothing will be deleted.").format(
        create=create, change=change, in_place=in_place
    )


def label(change: Change) -> str:
    """Return a short name for the resource of a change."""
    return label_of(change.resource)


def title_of(change: Change) -> str:
    """Return the kind and the short name of the resource of a change."""
    return named(change.resource.kind, label(change))


def label_of(resource: Resource) -> str:
    """Return a short name for a resource."""
    resource = original(resource)
    return resource.label if isinstance(resource, Kind) else resource.name


_REMOVES = "removes {key} from {member}"


def taken_back(change: Change) -> list[str]:
    """Return what the revert of an update sets, in lines; nothing for another change.

    A member of a list stands below its list, with the value True.
    """
    if change.action == "delete" or not isinstance(change.resource, Reverted):
        return []
    lines = []
    for path, value in leaves(change.after):
        now = at(change.before, path)
        if now is True and value is None and len(path) > 1:
            lines.append(_(_REMOVES).format(member=path[-1], key=".".join(path[:-1])))
        elif now != value:
            lines.append(f"{key_label(change, '.'.join(path))}: {value_text(now)} -> {value_text(value)}")
    return lines


def value_text(value: Any) -> str:
    """Return a value of a state as people read it."""
    return json_text(state_words.in_language(value), _("(absent)"))


def place_text(owner: Owner) -> str:
    """Return where the tool that manages a resource has the change to make, as people read it."""
    return owners.place_in_language(owner.place)


def ends(change: Change) -> list[str]:
    """Return what is in place now only for a time, one sentence each."""
    return change.resource.ends(change) if isinstance(change.resource, Kind) else []


def notes(change: Change) -> list[str]:
    """Return what is worth knowing about the resource of a change, one sentence each."""
    return change.resource.notes(change) if isinstance(change.resource, Kind) else []


def patch_text(change: Change) -> str:
    """Return a change as a YAML patch for the files of the tool that manages the resource; empty if there is none."""
    patch = change.resource.patch_file(change) if isinstance(change.resource, Kind) else None
    return as_yaml(patch) if patch else ""


def key_label(change: Change, key: str) -> str:
    """What people see for a key of the state that a change is about."""
    resource = original(change.resource)
    return resource.key_labels.get(key, key) if isinstance(resource, Kind) else key
