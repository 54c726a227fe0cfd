"""How old a grant is that a policy shows and that a cloud refuses: not effective yet, or old enough to be effective."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Literal

from wizard.chain.hop import IMPERSONATION, PERMISSION, Hop, Outcome
from wizard.chain.recent_grants import RecentGrant
from wizard.chain.report import Report
from wizard.chain.rule import Explanation, Facts
from wizard.chain.target import missing_pairs
from wizard.clouds import missing_permissions
from wizard.clouds.errors import CloudError
from wizard.language import _
from wizard.modes.access import IMPERSONATE
from wizard.modes.audit_log import AuditedGrant, AuditLog, TooLong
from wizard.phrases import short_duration
from wizard.setup import service_accounts

SETTLES_IN = 600.0
"""The age in seconds from which a grant is effective."""

_HOPS = {"WIF0404": IMPERSONATION, "WIF0531": PERMISSION}
"""The codes of a grant that is stored and not effective, and the hops that need it."""

_RECENT = {
    "WIF0404": "the grant on {service_account} names this workload, but is only {age} old, and is not effective yet",
    "WIF0531": (
        "the token is valid, and the policy grants {missing}, but the grant is only {age} old, and is not effective yet"
    ),
}
_SETTLED = {
    "WIF0404": (
        "the grant on {service_account} names this workload, and is older than 10 minutes, but IAM denies the request"
    ),
    "WIF0531": (
        "the token is valid, and the policy has granted {missing} for more than 10 minutes, but the target denies the "
        "request"
    ),
}
_FIX = {
    "WIF0404": "look for a deny policy, a principal access boundary policy, or a condition on the binding",
    "WIF0531": "look for a deny policy or a principal access boundary policy",
}
_SETTLED_CODES = {"WIF0404": "WIF0403", "WIF0531": "WIF0503"}
_BY_AUDIT = "the audit log of {project} shows that {member} got {role} on {on} at {time}, {age} ago"
_BY_JOURNAL = "the journal shows that wif-wizard wrote the grant {age} ago"
_NONE = "the audit log of {project} shows no matching grant in the last 15 minutes"
_UNKNOWN = "the wizard could not find out when someone granted {roles}: {reason}"
_TOO_LONG = "the audit log of {project} has more policy changes than the wizard reads"
_NO_PROJECT = "the email address {email} does not contain the project of the service account"
_OTHER_RESOURCE = "the wizard reads the audit log only for grants on projects and on service accounts"


class Settles(Exception):  # noqa: N818 (it ends the probe, which runs again)
    """A refusal that a grant in the audit log explains, so that the probe is to try again."""

    def __init__(self, grant: RecentGrant) -> None:
        super().__init__(grant.hop)
        self.grant = grant


@dataclass(frozen=True)
class _Stored:
    """Roles that policies grant, each with what it is on, and the project whose audit log tells when."""

    project: str
    wanted: tuple[tuple[str, str], ...]
    grant: AuditedGrant | None = None
    """The newest of these grants; None if there is none in the last minutes, or if that is not known."""
    unknown: str = ""
    """Why it is not known."""


def explained(
    found: Explanation | None,
    outcome: Outcome,
    facts: Facts,
    grants: Iterable[RecentGrant],
    audit: AuditLog | None,
    is_holder: Callable[[Hop, str], bool],
    now: datetime,
) -> Explanation | None:
    """Return the explanation of a refusal; if it says that a grant is not effective, with the age of the grant.

    `grants` are those in the journal. Without a recent one, the audit log is read. `is_holder` tells whether a member
    is the workload at a hop.
    """
    hop = _HOPS.get(found.code) if found else None
    if found is None or hop is None or audit is None:
        return found
    written = [grant.made for grant in grants if grant.hop == hop.id and grant.source == "journal"]
    if written and _age(max(written), now) < SETTLES_IN:
        age = short_duration(_age(max(written), now))
        return _recent(found, facts, max(written), now, _(_BY_JOURNAL).format(age=age))
    read = [_with_grant(each, audit, partial(is_holder, hop)) for each in _stored(hop, outcome, facts)]
    made = [each.grant.made for each in read if each.grant]
    told = tuple(_told(each, now) for each in read)
    if made and _age(max(made), now) < SETTLES_IN:
        return _recent(found, facts, max(made), now, *told)
    if any(each.unknown for each in read):
        unknown = tuple(_told(each, now) for each in read if each.unknown)
        return replace(found, evidence=told, unknown=unknown)
    values = {"service_account": facts.service_account, "missing": facts.missing}
    cause, fix = _(_SETTLED[found.code]).format(**values), _(_FIX[found.code])
    return Explanation(cause, fix, code=_SETTLED_CODES[found.code], evidence=told)


def raise_if_settling(
    report: Report, outcome: Outcome, grants: Iterable[RecentGrant], limit: float, now: datetime
) -> None:
    """Raise Settles if a grant that is younger than `limit` seconds explains why a hop failed.

    `grants` are those that the hop was retried for already.
    """
    found = report.explain(outcome) if outcome.status == "failed" and limit else None
    if found is None or found.granted is None or _age(found.granted, now) >= limit:
        return
    hop: Literal["impersonation", "permission"] = "impersonation" if found.code == "WIF0404" else "permission"
    if not any(grant.hop == hop and grant.made == found.granted for grant in grants):
        raise Settles(RecentGrant(hop, found.granted, "audit log"))


def _stored(hop: Hop, outcome: Outcome, facts: Facts) -> Iterator[_Stored]:
    """Yield what the policies grant although a cloud refused it, for each project."""
    if hop == IMPERSONATION:
        email = facts.service_account
        home = service_accounts.project_of(email, "")
        unknown = "" if home else _(_NO_PROJECT).format(email=email)
        yield _Stored(home, ((IMPERSONATE, email), (IMPERSONATE, home)), unknown=unknown)
        return
    pairs = missing_pairs(outcome)
    for place in dict.fromkeys(place for _role, place in pairs):
        wanted = tuple(pair for pair in pairs if pair[1] == place)
        yield _Stored(place, wanted, unknown=_(_OTHER_RESOURCE) if "/" in place else "")


def _with_grant(stored: _Stored, audit: AuditLog, is_holder: Callable[[str], bool]) -> _Stored:
    """Return the same with the newest grant in the audit log, or why it is not known."""
    if stored.unknown:
        return stored
    try:
        return replace(stored, grant=audit.newest(stored.project, stored.wanted, is_holder))
    except CloudError as error:
        return replace(stored, unknown=missing_permissions.words(error))
    except TooLong:
        return replace(stored, unknown=_(_TOO_LONG).format(project=stored.project))


def _told(stored: _Stored, now: datetime) -> str:
    """Return what is known about the age of a grant, as a sentence that does not name who granted the role."""
    if stored.unknown:
        roles = ", ".join(dict.fromkeys(role for role, _on in stored.wanted))
        return _(_UNKNOWN).format(roles=roles, reason=stored.unknown)
    grant = stored.grant
    if grant is None:
        return _(_NONE).format(project=stored.project)
    return _(_BY_AUDIT).format(
        project=stored.project,
        member=grant.member,
        role=grant.role,
        on=grant.on,
        time=grant.made.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
        age=short_duration(_age(grant.made, now)),
    )


def _recent(found: Explanation, facts: Facts, made: datetime, now: datetime, *evidence: str) -> Explanation:
    age = short_duration(_age(made, now))
    values = {"service_account": facts.service_account, "missing": facts.missing, "age": age}
    return replace(found, cause=_(_RECENT[found.code]).format(**values), evidence=evidence, granted=made)


def _age(made: datetime, now: datetime) -> float:
    """Return the age in seconds. The clocks of this machine and of Google Cloud can differ."""
    return max((now - made).total_seconds(), 0.0)
