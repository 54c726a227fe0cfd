"""Who else gets in: identities of the account that a provider admits although they are not the role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wizard.federation.aws_identities import RoleSessions
from wizard.federation.gate import Gate
from wizard.federation.grantee import Grantee, has_value
from wizard.federation.mapping import ExpressionError
from wizard.language import _

NO_CONDITION = (
    "The provider has no attribute condition: every identity in the AWS account {account} can get a token, for example "
    "{arn}."
)
WIDE = "The attribute condition also allows identities that are not the role {role}, for example {arn}."
SAME_VALUE = (
    "{arn} is not the role {role}, but the mapping gives {arn} the same {key}: {arn} also gets every Google Cloud role "
    "that is granted to {value}."
)


@dataclass(frozen=True)
class Impostor:
    """An identity that is admitted and is not the role. `shares_value`: whether it has what grants name, too."""

    arn: str
    shares_value: bool = False


def impostors(mapping: Mapping[str, str], condition: str, sessions: RoleSessions, named: Grantee) -> list[Impostor]:
    """Return the identities, of those that are tried, that are admitted although they are not the role.

    Those that share the role's value come first. An expression that does not compile admits nobody.
    """
    try:
        gate = Gate(mapping, condition)
    except ExpressionError:
        return []
    found = []
    for identity in sessions.others():
        if gate.admits(identity):
            found.append(Impostor(identity.arn, has_value(gate, named.key, named.value, identity)))
    return sorted(found, key=lambda impostor: not impostor.shares_value)


def weaknesses(mapping: Mapping[str, str], condition: str, sessions: RoleSessions, named: Grantee) -> list[str]:
    """Return what is worth knowing about a weak condition, as sentences, each with an identity that gets in."""
    found = impostors(mapping, condition, sessions, named)
    if not found:
        return []
    first = found[0]
    template = _(WIDE) if condition else _(NO_CONDITION)
    notes = [template.format(account=sessions.account, role=sessions.role, arn=first.arn)]
    if first.shares_value:
        notes.append(_(SAME_VALUE).format(arn=first.arn, role=sessions.role, key=named.key, value=named.value))
    return notes
