"""Refuse a stale plan: apply makes exactly the changes that the user reviewed, or none."""

import json

from wizard.engine.resource import JSON, Change, Refused, State, at, is_deleted, leaves
from wizard.language import _
from wizard.phrases import sentences


class StalePlan(Refused):
    """The state changed since the review. The message says what changed, with the old and the new value."""


_CHANGED = "{resource} has changed since the review: {changed}. Create a new plan."
_DIFFERENCE = "{field} was {old}, and is now {new}"
_NEW_LOSS = "the review did not show this loss: {loss}"
_PRESENCE_CHANGES = {
    ("unread", "deleted"): "the wizard could not read the resource for the review, and the resource is now deleted",
    ("absent", "deleted"): "the resource did not exist when you reviewed the plan, and is now in the deleted state",
    ("present", "deleted"): "the resource existed when you reviewed the plan, and is now deleted",
    ("present", "absent"): "the resource existed when you reviewed the plan, and does not exist now",
    ("deleted", "absent"): "the resource was in the deleted state when you reviewed the plan, and does not exist now",
}


def with_current_state(reviewed: Change, now: State | None) -> Change:
    """Return the reviewed change with `now` as its state before. Raises StalePlan if the state changed otherwise.

    Values that changed to the wanted ones are accepted, because another run may be applying the same setup.
    If the state could not be read for the review, the review showed the creation of the resource; then anything else
    that exists now, even a deleted resource, makes the plan stale.
    """
    change = Change(reviewed.resource, now, reviewed.after)
    differences = _presence(reviewed, now) + _values(reviewed, now) + _losses(reviewed, change)
    if differences and change.action != "none":
        changed = sentences(differences)
        raise StalePlan(_(_CHANGED).format(resource=str(reviewed.resource), changed=changed))
    return change


def _presence(reviewed: Change, now: State | None) -> list[str]:
    before = "unread" if reviewed.blind else _presence_of(reviewed.before)
    change = before, _presence_of(now)
    return [_(_PRESENCE_CHANGES[change])] if change in _PRESENCE_CHANGES else []


def _presence_of(state: State | None) -> str:
    if state is None:
        return "absent"
    return "deleted" if is_deleted(state) else "present"


def _values(reviewed: Change, now: State | None) -> list[str]:
    if now is None or is_deleted(now):
        return []
    differences = []
    # A deletion sets no values, so all values of the review count.
    compared = reviewed.before or {} if is_deleted(reviewed.after) else reviewed.after
    for path, wanted in leaves(compared):
        before, after = at(reviewed.before, path), at(now, path)
        if after not in (before, wanted) and (before or after):
            field, old, new = ".".join(path), _as_text(before), _as_text(after)
            differences.append(_(_DIFFERENCE).format(field=field, old=old, new=new))
    return differences


def _losses(reviewed: Change, change: Change) -> list[str]:
    """Return the losses that the review did not show, so that nobody loses anything unseen."""
    if change.action == "none":
        return []
    shown = reviewed.resource.losers(reviewed)
    return [_(_NEW_LOSS).format(loss=loss) for loss in change.resource.losers(change) if loss not in shown]


def _as_text(value: JSON) -> str:
    return _("not set") if value is None else json.dumps(value, ensure_ascii=False)
