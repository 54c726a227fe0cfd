"""The grants that a hop of a live test needs, with their conditions, as far as the operator can read the policies."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from wizard.chain.hop import IMPERSONATION, Hop, Outcome
from wizard.chain.target import missing_pairs
from wizard.federation.endings import Ending, of_grants
from wizard.modes.access import IMPERSONATE
from wizard.phrases import sentences
from wizard.resources import held_text
from wizard.resources.grant_commands import grant_command
from wizard.resources.held import Held, condition_of
from wizard.setup import resource_types
from wizard.setup.resource_types import name_of

Pair = tuple[str, str]
"""A role, and the place that it is on, as `missing_pairs` has them."""

ALL = " && "
"""Between commands that belong together."""


@dataclass(frozen=True)
class Conditional:
    """What a workload has at a hop only under conditions. Texts are empty if there is nothing.

    `undecided` means that it cannot be told whether one of the conditions holds, so that a refusal proves nothing.
    """

    cause: str = ""
    fix: str = ""
    undecided: bool = False


def holders(policy: dict[str, Any], roles: Iterable[str], on: str, now: datetime) -> Iterator[Held]:
    """Yield every member of every binding of the roles, except deleted members."""
    wanted = set(roles)
    for binding in policy.get("bindings", ()):
        role = str(binding.get("role"))
        if role not in wanted:
            continue
        condition = condition_of(binding, now)
        for member in binding.get("members", ()):
            if not member.startswith("deleted:"):
                yield Held(role, member, member, on, condition)


def members(held: Iterable[Held]) -> tuple[str, ...]:
    """Return the members that have a role now, or under a condition that cannot be evaluated."""
    return tuple(dict.fromkeys(each.to for each in held if each.holding.now is not False))


def conditional(
    held: Iterable[Held], is_workload: Callable[[str], bool], member: str, missing: Collection[Pair] | None = None
) -> Conditional:
    """Return what the workload has only under conditions that do not hold, or of which that cannot be told.

    `member` is the workload's own, for the fix. `missing` has the roles that a test found missing; None for all.
    """
    own = [each for each in held if is_workload(each.to)]
    effective = {(each.role, each.on) for each in own if each.holding.now}
    blocked = [each for each in own if (each.role, each.on) not in effective]
    if missing is not None:
        blocked = [each for each in blocked if _pair(each) in missing]
    commands = dict.fromkeys(grant_command(each.on, each.role, member) for each in blocked)
    undecided = {_pair(each) for each in blocked if each.holding.now is None}
    return Conditional(
        sentences(held_text.not_in_force(each) for each in blocked),
        ALL.join(commands),
        bool(undecided) and undecided >= set(missing or ()),
    )


def role_of(held: Iterable[Held], is_workload: Callable[[str], bool]) -> str:
    """Return the first role that the workload has; empty if it has none."""
    return next((each.role for each in held if is_workload(each.to)), "")


def granting(hop: Hop, outcome: Outcome, member: str, email: str | None) -> str:
    """Return the command that grants what the outcome found missing at a hop; empty if that is not known.

    `member` is the workload in policies, and empty if that is not known; `email` is the service account that the
    workload acts as, if any.
    """
    if hop == IMPERSONATION:
        on = f"projects/-/serviceAccounts/{email}"
        return grant_command(on, IMPERSONATE, member) if member and email else ""
    holder = f"serviceAccount:{email}" if email else member
    grants = missing_pairs(outcome) if holder else []
    return ALL.join(grant_command(name_of(project), role, holder) for role, project in grants)


def under_conditions(held: Iterable[Held], is_workload: Callable[[str], bool], hop: Hop) -> list[Held]:
    """Return the grants whose conditions hold now, if the workload has what the hop needs only under conditions.

    Any grant of the right to impersonate is enough, on the service account or on its project.
    """
    own = [each for each in held if is_workload(each.to) and each.holding.now]
    permanent = {(each.role, each.on) for each in own if each.condition is None}
    if permanent and hop == IMPERSONATION:
        return []
    return [each for each in own if each.condition and (each.role, each.on) not in permanent]


def missing_in(outcome: Outcome) -> list[Pair] | None:
    """Return the roles that an outcome found missing; None if it tested no roles."""
    return missing_pairs(outcome) if outcome.received.get("roles") else None


def with_conditions(outcome: Outcome, found: Sequence[Held]) -> Outcome:
    """Return an outcome that passed with the conditions in its evidence, and with the end of the right to impersonate.

    The ends of other roles are known from the policies of the targets.
    """
    if outcome.status != "ok":
        return outcome
    evidence = (*outcome.evidence, *map(held_text.evidence, found))
    ends = _impersonation_ends(found) if outcome.hop == IMPERSONATION else ()
    return replace(outcome, evidence=evidence, endings=(*outcome.endings, *ends))


def _impersonation_ends(found: Sequence[Held]) -> Iterator[Ending]:
    if found:
        expressions = [each.condition.expression for each in found if each.condition]
        yield from of_grants(found[0].to, found[0].role, found[0].on, expressions, datetime.now(UTC))


def _pair(held: Held) -> Pair:
    named = resource_types.parse(held.on)
    return held.role, named.place if named else held.on.removeprefix("projects/")
