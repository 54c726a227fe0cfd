"""Explains a refusal that nothing else explains, by the policies that deny access whatever roles a workload has."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from wizard.chain.hop import IMPERSONATION, PERMISSION, Outcome
from wizard.clouds.session import Clouds
from wizard.doctor import catalogue
from wizard.federation import denials as principals
from wizard.modes import denials
from wizard.modes.denials import Lacking
from wizard.modes.opened import Observation, Opened, OpenedConfiguration, Outcomes, Who
from wizard.setup import service_accounts
from wizard.work.findings import Finding, refused

_UNKNOWN = "WIF0002"
"""The rule about a refusal that no other rule is about."""
_UNEXPLAINED = (_UNKNOWN, "WIF0403", "WIF0404", "WIF0503", "WIF0531")
"""The rules about a refusal of a workload that has the grants, or of which nothing is known."""
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
        if outcome is None or not _is_unexplained(finding.rule.code, outcome):
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


def _is_unexplained(code: str, outcome: Outcome) -> bool:
    """Return whether nothing explains a refusal, by the code of its finding. A recent grant does."""
    is_refusal = outcome.hop in (IMPERSONATION, PERMISSION) and code == (outcome.code or _UNKNOWN)
    return is_refusal and code in _UNEXPLAINED and not outcome.granted


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
    return replace(finding, rule=rule, cause=denial.evidence[0], fix=denial.fix, fix_kind="sentence")
