"""The commands for the half of a setup that is not in the plan, for someone who has the permissions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from wizard.clouds.errors import CloudError, NoCredentials, Unreachable
from wizard.engine.plan import SIDE_BY_SIDE, in_order, read_change
from wizard.engine.readers import Readers
from wizard.engine.resource import Change, Refused, Resource
from wizard.language import _
from wizard.modes.opened import Opened

_ALL_UNREAD = (
    "The wizard cannot read the resources of the other side: {reason}. The commands assume that these resources do not "
    "exist."
)
_UNREAD = "The wizard cannot read {resource}: {reason}. The command assumes that {resource} does not exist."
_NO_COMMAND = (
    "The wizard cannot read {resource}: {reason}. The wizard prints no command for this resource, because the "
    "command depends on the current state of the resource. Run wif-wizard with credentials that can read {resource}."
)
_REFUSED = "The wizard has no command for {resource}."
_IN_PLACE = "The resources of the other side are in place, so you need no commands."


@dataclass(frozen=True)
class Handover:
    """The commands, and what to know about them, one sentence each."""

    commands: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def handover(opened: Opened, half: str) -> Handover:
    """Return the commands for one half: what there is to change, as far as the operator can read it."""
    resources = in_order(opened.resources(half))
    try:
        opened.check_operator(half)
        first = [read_change(resources[0], opened.clouds)]  # alone, so that missing credentials are found once
    except (NoCredentials, Unreachable) as error:
        return _as_if_nothing_existed(resources, error)
    except CloudError as error:
        if error.reason == "OtherAccount":
            return _as_if_nothing_existed(resources, error)
        first = []
    except Refused:
        first = []
    return _read(resources, opened, first)


def _as_if_nothing_existed(resources: Sequence[Resource], error: CloudError) -> Handover:
    changes = [Change(resource, None, resource.desired()) for resource in resources]
    hint = [error.hint] if error.hint else []
    unknown = [change.resource for change in changes if not change.resource.commands(change)]
    without = [
        _(_NO_COMMAND).format(resource=str(resource), reason=error.message.removesuffix(".")) for resource in unknown
    ]
    return Handover(
        _commands(changes), [_(_ALL_UNREAD).format(reason=error.message.removesuffix(".")), *hint, *without]
    )


def _read(resources: Sequence[Resource], opened: Opened, known: list[Change]) -> Handover:
    """Return the commands for what is not in place. `known` are the changes of the first resources."""
    with Readers(max_workers=SIDE_BY_SIDE) as readers:
        answers = readers.map(lambda resource: _change(resource, opened), resources[len(known) :])
        answered = list(answers)
    changes, notes = list(known), []
    for change, about in answered:
        changes += [change] if change else []
        notes += about
    commands = _commands(changes)
    return Handover(commands, notes if commands or notes else [_(_IN_PLACE)])


def _change(resource: Resource, opened: Opened) -> tuple[Change | None, list[str]]:
    """Return the change of a resource, and notes if it cannot be read; None if no change is possible."""
    try:
        return read_change(resource, opened.clouds), []
    except CloudError as error:
        absent = Change(resource, None, resource.desired())
        if not resource.commands(absent):
            return None, [_(_NO_COMMAND).format(resource=str(resource), reason=error.message.removesuffix("."))]
        return absent, [_(_UNREAD).format(resource=str(resource), reason=error.message.removesuffix("."))]
    except Refused as error:
        return None, [_(_REFUSED).format(resource=str(resource)), error.message]


def _commands(changes: Sequence[Change]) -> list[str]:
    return [command for change in changes if change.action != "none" for command in change.resource.commands(change)]
