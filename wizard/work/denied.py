"""Explains a refusal that nothing else explains, by the policies that deny access whatever roles a workload has."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from wizard.chain.hop import IMPERSONATION, PERMISSION, Outcome
from wizard.chain.recent_grants import RecentGrant, settling_ages
from wizard.clouds.session import Clouds
from wizard.doctor import catalogue
from wizard.federation import denials as principals
from wizard.modes import denials, live_facts
from wizard.modes.denials import Lacking
from wizard.modes.opened import Observation, Opened, OpenedConfiguration, Outcomes, Who
from wizard.resources.services import EnabledServices
from wizard.setup import service_accounts
from wizard.work.findings import Finding, refused

_UNEXPLAINED = ("WIF0002", "WIF0403", "WIF0404", "WIF0503", "WIF0531")
"""The rules about a refusal of a workload that has the grants, or of which nothing is known."""
_RECENT = 600.0
"""Seconds for which a grant can explain a refusal."""
_IMPERSONATE = "iam.serviceAccounts.getAccessToken"
_NAMED = re.compile(r"does not have (?P<permission>[a-z][\w.]*\w) permission in project (?P<project>[a-z][a-z0-9-]+)")


@dataclass(frozen=True)
class Explained:
    """The findings, of which those that were unexplained have a cause if a policy denies access."""

    findings: list[Finding]
    ruled_out: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def explained(
    opened: Opened | OpenedConfiguration, clouds: Clouds, findings: list[Finding], outcomes: Outcomes
) -> Explained:
    """Read the policies that deny access, if a refusal of the live test has no other cause. Reads nothing else.

    `clouds` are the sessions to read with.
    """
    found = Explained(list(findings))
    reader = denials.Denials(clouds)
    for place, finding in enumerate(findings):
        outcome = refused(outcomes.get(finding.workload, ()))
        if outcome is None or outcome.code != finding.rule.code or not _is_unexplained(opened, finding, outcome):
            continue
        who = _who(opened, finding.workload, outcomes[finding.workload])
        for lacking in _lacking(clouds, outcome, who):
            denial = reader.find(lacking)
            found.ruled_out.extend(denial.ruled_out)
            found.unknown.extend(denial.unknown)
            if denial.explanation:
                found.findings[place] = _because(finding, denial.explanation)
                break
    return found


def _is_unexplained(opened: Opened | OpenedConfiguration, finding: Finding, outcome: Outcome) -> bool:
    if finding.rule.code not in _UNEXPLAINED or outcome.hop not in (IMPERSONATION, PERMISSION) or outcome.granted:
        return False
    grants: Iterable[RecentGrant] = ()
    if isinstance(opened, Opened):
        # An API that was enabled recently is refused in other words.
        granting = [each for each in opened.resources() if not isinstance(each, EnabledServices)]
        grants = live_facts.recent_grants(granting)
    return outcome.hop.id not in settling_ages(grants, _RECENT, datetime.now(UTC))


def _who(opened: Opened | OpenedConfiguration, workload: str, outcomes: Iterable[Outcome]) -> Who:
    return opened.who(workload, outcomes) if isinstance(opened, Opened) else opened.who(outcomes)


def _lacking(clouds: Clouds, outcome: Outcome, who: Who) -> list[Lacking]:
    """Return what the workload, or its service account, lacks at the refused step; nothing if that is not known."""
    if outcome.hop == IMPERSONATION:
        home = service_accounts.project_of(who.account, "")
        return _of(clouds, replace(who, account=""), (_IMPERSONATE,), f"projects/{home}") if home else []
    missing: dict[str, list[str]] = {}
    for each in outcome.received.get("missing", ()):
        missing.setdefault(denials.place_of(clouds, each["project"]), []).append(each["permission"])
    named = _NAMED.search(outcome.refusal.message) if outcome.refusal and not missing else None
    if named:
        missing[f"projects/{named['project']}"] = [named["permission"]]
    return [lacking for place in missing if place for lacking in _of(clouds, who, tuple(missing[place]), place)]


def _of(clouds: Clouds, who: Who, permissions: tuple[str, ...], place: str) -> list[Lacking]:
    if who.account:
        return [denials.of_account(clouds, who.account, permissions, place)]
    if who.identity is None:
        return []
    principal = principals.federated(who.identity, mapped=who.mapped, name=who.member)
    return [denials.of_identity(who.identity, principal, permissions, place)]


def _because(finding: Finding, denial: Observation) -> Finding:
    """Return a finding about a refusal with the policy that denies access as its cause."""
    rule = catalogue.all_rules()[denial.code]
    cause, *more = denial.evidence
    evidence = (*more, *finding.evidence)
    return replace(finding, rule=rule, cause=cause, evidence=evidence, fix=denial.fix, fix_kind="sentence")
