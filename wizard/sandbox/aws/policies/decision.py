"""What all policies of a principal decide together.

An explicit deny in any of them ends it. Else the identity policies must allow the request, and so must the permissions
boundary and the session policies, where there are any. Source: IAM user guide, "Policy evaluation for requests within a
single account"; for the words, "Troubleshoot access denied error messages".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .document import Effect, Question, Statement, statements

Outcome = Literal["allowed", "implicitDeny", "explicitDeny"]


@dataclass(frozen=True)
class _Words:
    """How AWS names a layer: as the one that denies, and as one in which nothing allows."""

    denies: str
    lacks: str


_IDENTITY = _Words("an identity-based policy", "no identity-based policy")
_BOUNDARY = _Words("a permissions boundary", "no permissions boundary")
_SESSION = _Words("a session policy", "no session policy")


@dataclass(frozen=True)
class NamedPolicy:
    """A policy document (JSON text), and how IAM names it to the user: its ARN, or the name of an inline policy."""

    name: str
    document: str


@dataclass(frozen=True)
class Policies:
    """All policies that limit a principal; a layer that is None does not exist, and limits nothing."""

    identity: tuple[NamedPolicy, ...] = ()
    boundary: tuple[NamedPolicy, ...] | None = None
    session: tuple[NamedPolicy, ...] | None = None

    def layers(self) -> list[tuple[_Words, tuple[NamedPolicy, ...]]]:
        """The layers that exist, in the order in which AWS evaluates them."""
        pairs = ((_IDENTITY, self.identity), (_BOUNDARY, self.boundary), (_SESSION, self.session))
        return [(words, policies) for words, policies in pairs if policies is not None]


@dataclass(frozen=True)
class Decision:
    """What was decided. `because` is what AWS adds to a refusal; `matched` the policies whose statements decided.

    `within_boundary` is None where there is no permissions boundary.
    """

    outcome: Outcome
    because: str = ""
    matched: tuple[NamedPolicy, ...] = ()
    within_boundary: bool | None = None

    @property
    def allowed(self) -> bool:
        """Whether the request is allowed."""
        return self.outcome == "allowed"


def decide(policies: Policies, question: Question) -> Decision:
    """What the policies decide about a request."""
    layers = policies.layers()
    within = None
    if policies.boundary is not None:
        within = bool(_matching(policies.boundary, question, "Allow"))
        within = within and not _matching(policies.boundary, question, "Deny")
    for words, layer in layers:
        denying = _matching(layer, question, "Deny")
        if denying:
            return Decision("explicitDeny", f"with an explicit deny in {words.denies}", denying, within)
    for words, layer in layers:
        if not _matching(layer, question, "Allow"):
            because = f"because {words.lacks} allows the {question.action} action"
            return Decision("implicitDeny", because, (), within)
    return Decision("allowed", "", _matching(policies.identity, question, "Allow"), within)


def concerning(policies: Policies, question: Question) -> list[Statement]:
    """The statements about the action and the resource, in all layers, whatever their conditions."""
    found = [
        statement for _, layer in policies.layers() for policy in layer for statement in statements(policy.document)
    ]
    return [statement for statement in found if statement.names(question)]


def _matching(layer: tuple[NamedPolicy, ...], question: Question, effect: Effect) -> tuple[NamedPolicy, ...]:
    """The policies of a layer with a statement of that effect that applies."""
    return tuple(policy for policy in layer if _has(policy, question, effect))


def _has(policy: NamedPolicy, question: Question, effect: Effect) -> bool:
    return any(statement.effect == effect and statement.applies(question) for statement in statements(policy.document))
