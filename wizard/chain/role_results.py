"""What the permission step proved about each wanted role: effective, missing, or not proven, each with its reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from wizard.chain.hop import Outcome, Refusal
from wizard.chain.project_policy import Holding, How, Names
from wizard.chain.target import Gone, Target, WantedRole
from wizard.federation.endings import Ending, of_grants
from wizard.language import _
from wizard.phrases import sentences
from wizard.setup import role_sets
from wizard.setup.resource_types import name_of

_NONE_TESTABLE = "Google Cloud cannot test any permission of the role on a project"

_UNTESTED: dict[How, str] = {
    "granted": "{role} on {project}: the policy grants the role, but the test could not verify the role: {why}",
    "conditional": (
        "{role} on {project}: the policy grants the role under the condition `{by}`, and the test could not verify "
        "the role: {why}"
    ),
    "group": (
        "{role} on {project}: the policy grants the role only to {by}, whose members the wizard did not read. The "
        "test could not verify the role: {why}"
    ),
    "inherited": (
        "{role} on {project}: the policy does not grant the role. The wizard did not read other policies ({by}), and "
        "the test could not verify the role: {why}"
    ),
    "nobody": (
        "{role} on {project}: the policy does not grant the role to the workload, and the test could not verify the "
        "role: {why}"
    ),
}
"""A role of which no permission was tested, by how the policy shows that the workload holds it."""

_POLICY_UNREAD = (
    "{role} on {project}: the wizard could not read the project's policy, and the test could not verify the role: {why}"
)
_IDENTITY_UNKNOWN = (
    "{role} on {project}: the wizard does not know how policies name the workload, and the test could not verify the "
    "role: {why}"
)

_GONE: dict[Gone, str] = {
    "absent": "{role} on {project}: the role does not exist",
    "deleted": "{role} on {project}: the role was deleted",
    "disabled": "{role} on {project}: the role is disabled",
}
# The words of a refusal, which a rule reads: in English.
_NO_SUCH_ROLE: dict[Gone, str] = {
    "absent": "{role} does not exist",
    "deleted": "{role} was deleted",
    "disabled": "{role} is disabled",
}

_EFFECTIVE = "{role} on {project}: effective ({permissions})"
_ALSO_THROUGH = "{role} on {project}: effective ({permissions}); the permissions also come from {others}"
_THROUGH = "{role} on {project}: effective, with permissions from {others} ({permissions})"
_NOT_SHOWN = "{role} on {project}: effective ({permissions}), through a grant that the project's policy does not show"

_ONLY_SHARED: dict[str, str] = {
    "unread": "{role} on {project}: the tested permissions of the role also come from {others}, and the wizard could "
    "not read the project's policy",
    "conditional": "{role} on {project}: the policy grants the role under the condition `{by}`, and the tested "
    "permissions also come from {others}",
    "group": "{role} on {project}: the policy grants the role only to {by}, whose members the wizard did not read, "
    "and the tested permissions also come from {others}",
    "inherited": (
        "{role} on {project}: the policy does not grant the role. The wizard did not read other policies ({by}), "
        "and the tested permissions also come from {others}"
    ),
    "nobody": "{role} on {project}: the policy does not grant the role to the workload; the tested permissions come "
    "from {others}, which do not give all permissions of the role",
}
"""A role whose tested permissions all come from other roles, which do not have all of its permissions."""

_MISSING: dict[How, str] = {
    "conditional": "{role} on {project}: not effective ({permissions}), although the policy grants the role under "
    "the condition `{by}`",
}
_MISSING_ELSE = "{role} on {project}: not effective ({permissions})"


@dataclass(frozen=True)
class RoleResult:
    """The result for one role on one project; `text` is one sentence that names both."""

    project: str
    role: str
    status: Literal["effective", "missing", "not_proven"]
    text: str


@dataclass(frozen=True)
class _Asked:
    """One wanted role, what the probe saw of it, and how the workload holds roles according to the policy."""

    target: Target
    role: WantedRole
    held: frozenset[str]
    missing: frozenset[str]
    names: Names | None

    def result(self, status: Literal["effective", "missing", "not_proven"], text: str) -> RoleResult:
        return RoleResult(self.target.project, self.role.name, status, text)

    def holding(self, role: str) -> Holding | None:
        """Return how the workload holds a role; None if it is not known."""
        if self.target.policy is None or self.names is None:
            return None
        return self.target.policy.holding(role, self.names)

    def fill(self, template: str, **more: str) -> str:
        return template.format(role=self.role.name, project=self.target.project, **more)


def judged(outcome: Outcome, targets: Sequence[Target], names: Names | None) -> Outcome:
    """Return the outcome of a permission step with a result for each wanted role.

    `names` tells which members of a policy are the workload; None if that is not known. An outcome that was skipped,
    or that failed for another reason than a missing permission, is returned as it is.
    """
    failed_otherwise = outcome.refusal is not None and outcome.refusal.code != "MISSING"
    if not targets or outcome.status == "skipped" or failed_otherwise:
        return outcome
    results = [_result(asked) for asked in _asked(outcome, targets, names)]
    received = {**outcome.received, "roles": [vars(result) for result in results]}
    texts = [result.text for result in results]
    evidence = (*texts, *_dry_run(outcome))
    roles = [role.name for target in targets for role in target.roles]
    outcome = replace(outcome, evidence=evidence, received=received, notes=tuple(role_sets.notes(roles)))
    missing = [(result.role, result.project) for result in results if result.status == "missing"]
    if names:
        outcome = replace(outcome, endings=tuple(_endings(targets, names, missing)))
    return _with_status(outcome, targets, results)


def _endings(targets: Iterable[Target], names: Names, missing: Collection[tuple[str, str]]) -> Iterator[Ending]:
    """Yield the end of each wanted role that no permanent grant gives, except the missing ones."""
    for target in targets:
        for role in target.roles:
            if target.policy is None or (role.name, target.project) in missing:
                continue
            bindings = target.policy.conditional((role.name, *role.within), names)
            if bindings:
                member, conditions = next(filter(names, bindings[0].members)), [each.condition for each in bindings]
                yield from of_grants(member, role.name, name_of(target.project), conditions, datetime.now(UTC))


def _dry_run(outcome: Outcome) -> tuple[str, ...]:
    """Return the probe's line about a dry run in BigQuery, which is its last one; none without a dry run."""
    return outcome.evidence[-1:] if outcome.received.get("bigquery") else ()


def _with_status(outcome: Outcome, targets: Sequence[Target], results: Sequence[RoleResult]) -> Outcome:
    missing = [result.text for result in results if result.status == "missing"]
    unproven = tuple(result.text for result in results if result.status == "not_proven")
    if missing:
        roles = [role for target in targets for role in target.roles]
        gone = [_NO_SUCH_ROLE[role.gone].format(role=role.name) for role in roles if role.gone]
        refusal = Refusal("NO_SUCH_ROLE", gone[0]) if gone else Refusal("MISSING", sentences(missing))
        reason = f"{refusal.code}: {refusal.message}"
        return replace(outcome, status="failed", refusal=refusal, reason=reason, unproven=unproven)
    if unproven:
        return replace(outcome, status="not_proven", reason=sentences(unproven), unproven=unproven)
    return replace(outcome, status="ok", reason=None)


def _asked(outcome: Outcome, targets: Iterable[Target], names: Names | None) -> Iterable[_Asked]:
    for target in targets:
        held = _of_project(outcome, "held", target.project)
        missing = _of_project(outcome, "missing", target.project)
        for role in target.roles:
            tested = frozenset(role.tested)
            yield _Asked(target, role, held & tested, missing & tested, names)


def _of_project(outcome: Outcome, key: str, project: str) -> frozenset[str]:
    return frozenset(each["permission"] for each in outcome.received.get(key, ()) if each["project"] == project)


def _result(asked: _Asked) -> RoleResult:
    role = asked.role
    if role.gone:
        return asked.result("missing", asked.fill(_(_GONE[role.gone])))
    if asked.missing:
        return _missing(asked)
    if asked.held:
        return _effective(asked)
    return _by_policy(asked)


def _missing(asked: _Asked) -> RoleResult:
    holding = asked.holding(asked.role.name)
    template = _(_MISSING[holding.how]) if holding and holding.how in _MISSING else _(_MISSING_ELSE)
    permissions = _some(asked, asked.missing)
    return asked.result("missing", asked.fill(template, permissions=permissions, by=holding.by if holding else ""))


def _effective(asked: _Asked) -> RoleResult:
    """The tested permissions are effective: through the role itself, unless other roles explain all of them."""
    role, holding = asked.role, asked.holding(asked.role.name)
    others = [other for other in role.shared if _is_held(asked, other)]
    covered = frozenset[str]().union(*(role.shared[other] for other in others))
    whole = ", ".join(other for other in others if other in role.within)
    how = holding.how if holding else "unread"
    if whole:
        template = _(_ALSO_THROUGH) if how in ("granted", "unread") else _(_THROUGH)
    elif how == "granted" or not asked.held <= covered:
        template = _(_EFFECTIVE) if how in ("granted", "conditional", "unread") else _(_NOT_SHOWN)
    else:
        text = asked.fill(_(_ONLY_SHARED[how]), by=holding.by if holding else "", others=", ".join(others))
        return asked.result("missing" if how == "nobody" else "not_proven", text)
    return asked.result("effective", asked.fill(template, permissions=_some(asked, asked.held), others=whole))


def _is_held(asked: _Asked, role: str) -> bool:
    """Return whether the workload has another role, perhaps under a condition; if the policy is unread, it may."""
    holding = asked.holding(role)
    return holding is None or holding.how in ("granted", "conditional")


def _by_policy(asked: _Asked) -> RoleResult:
    """No permission of the role was tested, so that only the policy tells whether it is granted."""
    why = asked.role.untested or _(_NONE_TESTABLE)
    holding = asked.holding(asked.role.name)
    if holding is None:
        unread = _(_POLICY_UNREAD) if asked.target.policy is None else _(_IDENTITY_UNKNOWN)
        return asked.result("not_proven", asked.fill(unread, why=why))
    text = asked.fill(_(_UNTESTED[holding.how]), why=why, by=holding.by)
    return asked.result("missing" if holding.how == "nobody" else "not_proven", text)


def _some(asked: _Asked, permissions: frozenset[str]) -> str:
    """The first of the permissions, in the order in which they were tested, and how many more there are."""
    first, *more = [permission for permission in asked.role.tested if permission in permissions]
    if not more:
        return first
    count = len(more)
    return (
        _("{first} and 1 more permission").format(first=first)
        if len(more) == 1
        else _("{first} and {count} more permissions").format(first=first, count=count)
    )
