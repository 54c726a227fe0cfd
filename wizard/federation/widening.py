"""Widen a provider that exists, so that it admits one more role, and everyone whom it admitted before.

Mapping keys that exist are never altered, an absent condition stays absent, and every result is proven by evaluation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wizard.federation import conditions
from wizard.federation.aws_identities import Identity, RoleSessions, named_in
from wizard.federation.conditions import ANY_ATTRIBUTE, CONDITION_LIMIT
from wizard.federation.gate import Gate
from wizard.federation.grantee import NoGrantee, condition_of, grantee
from wizard.federation.mapping import ExpressionError
from wizard.language import _


class CannotWiden(ValueError):  # noqa: N818 (named after the problem)
    """The provider cannot admit the role without a risk for others. The message is the reason, for the user."""


@dataclass(frozen=True)
class Widened:
    """The mapping and the condition that a provider needs."""

    mapping: dict[str, str] = field(hash=False)
    condition: str


def merged(existing: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Return the existing mapping with the keys that it lacks. Keys that exist keep their expressions."""
    return {**existing, **{key: text for key, text in wanted.items() if key not in existing}}


def widened(
    mapping: Mapping[str, str],
    condition: str,
    wanted_mapping: Mapping[str, str],
    wanted_condition: str | None,
    sessions: RoleSessions,
) -> Widened:
    """Return the mapping and condition that an existing provider needs to admit what the setup wants.

    `mapping` is the effective one. `wanted_condition` is the setup's own; None admits the role only. What is in place
    already is returned as it is. Raises CannotWiden.
    """
    try:
        return _Widening(mapping, condition, wanted_mapping, wanted_condition, sessions).result()
    except NoGrantee as error:
        raise CannotWiden(str(error)) from error
    except ExpressionError as error:
        raise CannotWiden(
            _("the token service could not evaluate an expression of the provider: {error}").format(error=error)
        ) from error


def new(mapping: Mapping[str, str], condition: str | None, sessions: RoleSessions) -> Widened:
    """Return the mapping and the condition of a new provider. Raises what `grantee` raises."""
    grantee(mapping, sessions)
    return Widened(dict(mapping), condition or condition_of(mapping, sessions))


class _Widening:
    """One widening: the old gate, what is wanted, and the identities on which both are tried."""

    def __init__(
        self,
        mapping: Mapping[str, str],
        condition: str,
        wanted_mapping: Mapping[str, str],
        wanted_condition: str | None,
        sessions: RoleSessions,
    ) -> None:
        self.condition = condition
        self.sessions = sessions
        self.old = Gate(mapping, condition)
        self.mapping = merged(mapping, wanted_mapping)
        self.added = {key.partition(".")[2] for key in self.mapping.keys() - mapping.keys()}
        self.mapped = {key.partition(".")[2] for key in mapping if key.startswith("attribute.")}
        grantee(self.mapping, sessions)
        self.ours_text = wanted_condition or condition_of(self.mapping, sessions)
        self.ours = Gate(self.mapping, self.ours_text)

    def result(self) -> Widened:
        self._check_added_attributes()
        kept = Gate(self.mapping, self.condition)
        wanted = [identity for identity in self._tried() if self.ours.admits(identity)]
        if self.condition == self.ours_text or _admits_all(kept, wanted):
            self._prove(kept)
            return Widened(self.mapping, self.condition)
        if not any(self.sessions.includes(identity) for identity in wanted) and "userid" not in self.ours_text:
            raise CannotWiden(
                _(
                    "with the provider's mapping, the condition of the setup does not allow the role: {ours_text}"
                ).format(ours_text=self.ours_text)
            )
        text = conditions.joined(self.condition, self.ours_text)
        if len(text) > CONDITION_LIMIT:
            raise CannotWiden(
                _("the condition would have {count} characters, and the limit is {condition_limit} characters").format(
                    count=len(text), condition_limit=CONDITION_LIMIT
                )
            )
        self._prove(Gate(self.mapping, text))
        return Widened(self.mapping, text)

    def _prove(self, gate: Gate) -> None:
        """Raise CannotWiden if an identity would lose its access, or if one that is not wanted would get access."""
        for identity in self._tried():
            before, after = self.old.admits(identity), gate.admits(identity)
            if before and not after:
                raise CannotWiden(
                    _("the provider accepts {arn} now, but would reject {arn} after the change").format(
                        arn=identity.arn
                    )
                )
            if after and not before and not self.ours.admits(identity):
                raise CannotWiden(
                    _("the provider does not accept {arn} now, but would accept {arn} after the change").format(
                        arn=identity.arn
                    )
                )

    def _check_added_attributes(self) -> None:
        """Raise CannotWiden if a new attribute could change what the old condition says about others."""
        used = conditions.attributes_of(self.condition) - self.mapped
        if not self.added or not used & {ANY_ATTRIBUTE, *self.added}:
            return
        old, ours = conditions.listed(self.condition), conditions.listed(self.ours_text)
        if old and ours and set(old.values) <= set(ours.values) and old.variable == ours.variable:
            return
        names = ", ".join(sorted(f"attribute.{name}" for name in self.added))
        raise CannotWiden(
            _("the condition depends on attributes that are not mapped yet ({names}): {condition}").format(
                names=names, condition=self.condition
            )
        )

    def _tried(self) -> list[Identity]:
        texts = (*conditions.literals(self.condition), *conditions.literals(self.ours_text))
        named = named_in(texts, self.sessions.account, self.sessions.partition)
        return [*self.sessions.identities(), *self.sessions.others(), *named]


def _admits_all(gate: Gate, wanted: list[Identity]) -> bool:
    """Return whether a gate admits all of these identities, and there is one at least."""
    return bool(wanted) and all(gate.admits(identity) for identity in wanted)
