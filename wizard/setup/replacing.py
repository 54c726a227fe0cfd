"""The service account whose key a workload uses today: which roles it has, and which of them to offer instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wizard.language import _
from wizard.setup.answers import Answers
from wizard.setup.granting import Remark
from wizard.setup.question import Found
from wizard.setup.service_accounts import located

BASIC = ("roles/owner", "roles/editor", "roles/viewer")
"""The roles that Google Cloud calls basic: each has thousands of permissions, across all products."""

_HELD = "{account} currently has these roles"
_BASIC = (
    "{account} currently has {roles} on {project}. A basic role allows much more than a workload needs: choose the "
    "roles that replace {roles}."
)
_CONDITIONAL = (
    "{account} has {role} on {project}, under the condition {condition}. The wizard does not choose this role. If "
    "you need the role, choose it."
)
_NONE = (
    "{account} currently has no roles on {project}. If the account has roles on another project, choose that project. "
    "If the account has roles on a resource, choose the roles yourself."
)
_UNREAD = "The wizard could not read the roles of {account} on {project}: {reason}"


@dataclass(frozen=True)
class KeyFound:
    """A service account key of a workload. `where` says in a few words where; `account` is empty if it is not known."""

    where: str
    account: str = ""


@dataclass(frozen=True)
class Replaced:
    """A service account whose roles are wanted: its email, and the project on which it has them."""

    email: str
    project: str


@dataclass(frozen=True)
class HeldRoles:
    """The roles that a service account has on a project. `problem` says why they could not be read, if so.

    `conditional` has the roles under a condition, each with its condition in words.
    """

    roles: tuple[str, ...] = ()
    conditional: tuple[tuple[str, str], ...] = ()
    problem: str = ""

    @property
    def offered(self) -> tuple[str, ...]:
        """The roles that the workload can get instead: those that are not basic."""
        return tuple(role for role in self.roles if role not in BASIC)

    @property
    def basic(self) -> tuple[str, ...]:
        """The basic roles, which other roles should replace."""
        return tuple(role for role in self.roles if role in BASIC)


def replaced(answers: Answers) -> Replaced | None:
    """Return the service account whose roles are to be offered; None if the answers name none."""
    question = answers.question("access.replaces")
    name, project = answers.text("access.replaces"), answers.text("access.on")
    home = answers.text("google.project")
    if not name or not project or not home or not question.shown(answers) or question.check(name, answers):
        return None
    account = located(name, home)
    return Replaced(account[1], project) if account else None


def see_key(answers: Answers, found: KeyFound | None) -> None:
    """Make a key that was found the default: that the workload uses one, and whose it is."""
    answers.see("access.has_key", Found(True, found.where) if found else None)
    answers.see("access.replaces", Found(found.account, found.where) if found and found.account else None)


def see_roles(answers: Answers, account: Replaced | None, held: HeldRoles | None) -> None:
    """Make the roles that the replaced service account has today the default."""
    roles = held.offered if held else ()
    name = account.email if account else ""
    answers.see("access.roles", Found(roles, _(_HELD).format(account=name)) if roles else None)


def remarks(account: Replaced, held: HeldRoles) -> Iterable[Remark]:
    """Yield what the operator should know about the roles of the replaced service account."""
    words = {"account": account.email, "project": account.project}
    if held.problem:
        yield Remark(_(_UNREAD).format(reason=held.problem, **words), warn=True)
        return
    if held.basic:
        yield Remark(_(_BASIC).format(roles=", ".join(held.basic), **words), warn=True)
    for role, condition in held.conditional:
        yield Remark(_(_CONDITIONAL).format(role=role, condition=condition, **words), warn=True)
    if not held.roles and not held.conditional:
        yield Remark(_(_NONE).format(**words))
