"""Stale plans: what was reviewed is what is done, or nothing is."""

import json

from wizard.engine.resource import JSON, Change, Refused, State, at, is_deleted, leaves


class StalePlan(Refused):
    """The state moved since the review; the message says what moved, from what to what."""


def renewed(reviewed: Change, now: State | None) -> Change:
    """The reviewed change as it looks from the state now; raises `StalePlan` if it is no longer the one reviewed.

    What has come nearer to what is wanted is no move: another run may be at work on the same setup.
    A blind change was reviewed as if nothing were there; finding something else there, be it deleted, is a move.
    """
    change = Change(reviewed.resource, now, reviewed.after)
    moves = _presence(reviewed, now) + _values(reviewed, now)
    if moves and change.action != "none":
        raise StalePlan(f"{reviewed.resource} moved since the review: {'; '.join(moves)}. Plan again.")
    return change


def _presence(reviewed: Change, now: State | None) -> list[str]:
    was, found = _place(reviewed.before), _place(now)
    if found in (was, "there"):
        return []
    return [f"it {'could not be read' if reviewed.blind else f'was {was}'}, and is {found}"]


def _place(state: State | None) -> str:
    if state is None:
        return "not there"
    return "deleted" if is_deleted(state) else "there"


def _values(reviewed: Change, now: State | None) -> list[str]:
    if now is None or is_deleted(now):
        return []
    compared = ((path, at(reviewed.before, path), at(now, path), wanted) for path, wanted in leaves(reviewed.after))
    return [
        f"{'.'.join(path)} was {_shown(was)}, and is {_shown(found)}"
        for path, was, found, wanted in compared
        if found not in (was, wanted) and (found or was)
    ]


def _shown(value: JSON) -> str:
    return "not set" if value is None else json.dumps(value, ensure_ascii=False)
