"""Sentences about the grants that follow from the answers so far."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from wizard.language import _
from wizard.phrases import full_stop
from wizard.setup import access_answers, products, role_sets
from wizard.setup.answers import Answers
from wizard.setup.products import Limit
from wizard.setup.wide_roles import too_wide

_ROLE = re.compile(r"(?:[\w-]+/[\w.:-]+/)?roles/[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*", re.ASCII)
"""The name of a role within a sentence."""


@dataclass(frozen=True)
class Remark:
    """A sentence about a grant. `warn` marks what the operator should check again."""

    text: str
    warn: bool = False


def granted(holder: str, answers: Answers, titles: Mapping[str, str]) -> str:
    """Return who gets which roles, and where. `holder` is the subject; `titles` has the titles of roles."""
    chosen = _chosen(answers)
    if not chosen:
        return _("{holder} has no roles yet. Choose at least one role.").format(holder=holder)
    sentences = []
    for grant in access_answers.to_grants(answers):
        names = [titles.get(role) or role for role in grant["roles"]]
        sentences.append(_grant_sentence(holder, answers, access_answers.place_of(grant), names))
    only_in_file = answers.roles()[len(chosen) :]
    if only_in_file:
        listed = ", ".join(only_in_file)
        sentences.append(_("The setup file also grants these roles: {listed}.").format(listed=listed))
    return " ".join(sentences)


def remarks(answers: Answers, limits: Sequence[Limit] = ()) -> list[Remark]:
    """Return a remark for each wide role, each gap in the roles, and each limit of direct access.

    `limits` are the limits of a mode.
    """
    roles = list(dict.fromkeys(answers.roles()))
    wide = [_wide_remark(role) for role in roles if too_wide(role)]
    wide += [Remark(full_stop(note), warn=True) for note in role_sets.notes(roles)]
    if answers.get("access.via") != "direct":
        return wide
    first_with: dict[str, str] = {}
    for role in roles:
        note = products.direct_access_note(role, limits)
        if note:
            first_with.setdefault(note, role)
    return wide + [Remark(full_stop(f"{role}: {note}")) for note, role in first_with.items()]


def planned(notes: Iterable[str], answers: Answers) -> list[Remark]:
    """Return the notes of a plan that are about the roles in the answers."""
    roles = set(answers.roles())
    return [Remark(note) for note in notes if roles & set(_ROLE.findall(note))]


def unlisted(role: str) -> Remark:
    """Return the remark about a role that is not in the list of roles that can be granted."""
    return Remark(
        _("Google Cloud cannot grant {role} on the project. Check the spelling of the role.").format(role=role),
        warn=True,
    )


def _chosen(answers: Answers) -> tuple[str, ...]:
    chosen = answers.get("access.roles")
    return chosen if isinstance(chosen, tuple) else ()


def _grant_sentence(holder: str, answers: Answers, place: str, roles: Sequence[str]) -> str:
    project, names = place or _("the project"), ", ".join(roles)
    if answers.get("access.via") != "service-account":
        return _("{holder} gets these roles on {project}: {names}.").format(holder=holder, project=project, names=names)
    account = answers.text("access.service_account") or _("(not named yet)")
    return _("{holder} can act as the service account {account}, which gets these roles on {project}: {names}.").format(
        holder=holder, account=account, project=project, names=names
    )


def _wide_remark(role: str) -> Remark:
    return Remark(full_stop(too_wide(role) or ""), warn=True)
