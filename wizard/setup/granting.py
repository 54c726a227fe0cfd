"""What will be granted to whom, in plain sentences, from the answers so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wizard.setup import products
from wizard.setup.answers import Answers
from wizard.setup.products import Limit
from wizard.setup.wide_roles import too_wide


@dataclass(frozen=True)
class Remark:
    """Something to know about a grant; those that `warn` deserve a second look."""

    text: str
    warn: bool = False


def granted(holder: str, answers: Answers, titles: Mapping[str, str]) -> str:
    """Who gets what, and where. `holder` begins the sentence; `titles` are those of roles that are known."""
    chosen, project = _chosen(answers), answers.text("access.on") or "the project"
    if not chosen:
        return f"{holder} gets nothing yet: choose at least one role."
    roles = _listed([titles.get(each) or each for each in chosen])
    further = _further(answers, chosen)
    if answers.get("access.via") == "service-account":
        name = answers.text("access.service_account") or "(not named yet)"
        return f"{holder} may act as the service account {name}, which gets {roles} on {project}.{further}"
    return f"{holder} gets {roles} on {project}.{further}"


def remarks(answers: Answers, limits: Sequence[Limit] = ()) -> list[Remark]:
    """Roles that are wide, and what a federated identity must do without; `limits` are a mode's own."""
    roles = list(dict.fromkeys(answers.roles()))
    found = [Remark(f"{role} is wide: it {wide}.", warn=True) for role in roles if (wide := too_wide(role))]
    if answers.get("access.via") != "direct":
        return found
    first_with: dict[str, str] = {}
    for role in roles:
        if note := products.direct_access_note(role, limits):
            first_with.setdefault(note, role)
    return found + [Remark(f"{role}: {note}.") for note, role in first_with.items()]


def unlisted(role: str) -> Remark:
    """What to say of a role that is not in the list of roles that can be granted."""
    return Remark(f"{role} is not in the list of roles that can be granted there: check its spelling.", warn=True)


def _chosen(answers: Answers) -> tuple[str, ...]:
    chosen = answers.get("access.roles")
    return chosen if isinstance(chosen, tuple) else ()


def _further(answers: Answers, chosen: tuple[str, ...]) -> str:
    """A setup file may hold grants that no question asks for."""
    further = answers.roles()[len(chosen) :]
    return f" The setup file also grants {_listed(further)}." if further else ""


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
