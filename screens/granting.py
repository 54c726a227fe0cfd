"""What will be granted to whom, in plain sentences, from the answers so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.setup import products
from wizard.setup.service_accounts import email_of
from wizard.setup.wide_roles import too_wide

if TYPE_CHECKING:
    from wizard.setup.questions import Answers


@dataclass(frozen=True)
class Remark:
    """Something to know about a grant; those that `warn` deserve a second look."""

    text: str
    warn: bool = False


def granted(answers: Answers, titles: Mapping[str, str]) -> str:
    """Who gets what, and where; `titles` are those of roles that are known."""
    who = _who(answers)
    chosen, project = _chosen(answers), answers.text("access.on") or "the project"
    if not chosen:
        return f"{who} will be granted nothing yet: choose at least one role."
    what = f"{_listed([titles.get(each) or each for each in chosen])} on {project}"
    if answers.get("access.via") == "service-account":
        name = answers.text("access.service_account") or "not named yet"
        text = f"{who} may act as the service account {name}, which gets {what}."
    else:
        text = f"{who} gets {what}."
    return text + _further(answers, chosen)


def remarks(answers: Answers) -> list[Remark]:
    """What to know: roles that are wide, what a federated identity must do without, whom it stops acting as."""
    roles = dict.fromkeys(answers.roles())
    found = [Remark(f"{role} is wide: it {wide}.", warn=True) for role in roles if (wide := too_wide(role))]
    if answers.get("access.via") == "direct":
        notes = {note: role for role in reversed(roles) if (note := products.direct_access_note(role, answers.mode))}
        found += [Remark(f"{role}: {note}.") for note, role in reversed(notes.items())]
    return found + _annotation(answers)


def _annotation(answers: Answers) -> list[Remark]:
    """What becomes of an annotation by which the workload acts as somebody else now."""
    acts_as = answers.workload.acts_as if answers.workload else None
    named = answers.text("access.service_account") if answers.get("access.via") == "service-account" else ""
    wanted = email_of(named, answers.text("google.project")) if named else ""
    if acts_as is None or acts_as.email == wanted:
        return []
    then = f"it will name {wanted}" if wanted else "that will be taken away"
    return [Remark(f"Its annotation names {acts_as.email} now: {then}.", warn=True)]


def _who(answers: Answers) -> str:
    """Whom the roles are for."""
    if answers.workload:
        return f"The Kubernetes service account {answers.workload.title}"
    role, account = answers.text("aws.role") or "the workload's role", answers.text("aws.account")
    return f"The AWS role {role}" + (f" of account {account}" if account else "")


def _chosen(answers: Answers) -> tuple[str, ...]:
    chosen = answers.get("access.roles")
    return chosen if isinstance(chosen, tuple) else ()


def _further(answers: Answers, chosen: tuple[str, ...]) -> str:
    """A setup file may hold grants that no question asks for."""
    further = answers.roles()[len(chosen) :]
    return f" The setup file also grants {_listed(further)}." if further else ""


def _listed(names: tuple[str, ...] | list[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def strange(role: str) -> Remark:
    """What to say of a role that is not in the list."""
    return Remark(f"{role} is not in the list of roles that can be granted there: check its spelling.", warn=True)
