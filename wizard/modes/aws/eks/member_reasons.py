"""The rules for near misses on EKS: a member of a policy that almost names the pod's service account."""

from __future__ import annotations

from wizard.chain.hop import IMPERSONATION, PERMISSION
from wizard.chain.reasons_shared import GRANT_TO_MEMBER
from wizard.chain.rule import Rule
from wizard.language import translated
from wizard.modes.aws.eks.facts import EksFacts
from wizard.modes.aws.live.near_misses import DENIED, GRANT_TO_IMPERSONATE

_CAUSES = {
    "namespace": "the policy grants the role to {near_member}, which names another namespace; the pod's service "
    "account is {account}",
    "account": "the policy grants the role to {near_member}, which names another service account; the pod's service "
    "account is {account}",
    "gke": "the policy grants the role to {near_member}, which has the form for pods on GKE; the subject of this pod "
    "is {subject}",
    "case": "the policy grants the role to {near_member}, which differs from the pod's subject only in letter case",
    "spelling": "the policy grants the role to {near_member}, which has a stray character at the start or the end",
    "scheme": (
        "the policy grants the role to {near_member}, but a member with a subject must start with principal://, and a "
        "member with an attribute must start with principalSet://"
    ),
    "project-id": "the policy grants the role to {near_member}, which contains the project ID, but a member must "
    "contain the project number",
    "project": "the policy grants the role to {near_member}, whose pool is in a different project than the "
    "workload's pool",
    "pool": "the policy grants the role to {near_member}, whose workload identity pool is not the workload's pool",
    "unmapped": "the policy grants the role to {near_member}, but the provider's attribute mapping does not define "
    "the member's attribute",
}
"""The cause by the kind of near miss."""

_CODES = {
    "namespace": ("WIF0416", "WIF0516"),
    "account": ("WIF0416", "WIF0516"),
    "gke": ("WIF0412", "WIF0512"),
    "case": ("WIF0412", "WIF0512"),
    "spelling": ("WIF0412", "WIF0512"),
    "scheme": ("WIF0412", "WIF0512"),
    "project-id": ("WIF0413", "WIF0513"),
    "project": ("WIF0413", "WIF0513"),
    "pool": ("WIF0414", "WIF0514"),
    "unmapped": ("WIF0415", "WIF0515"),
}
"""The codes by the kind of near miss: on the service account, and on the target."""


def _rules(kind: str, cause: str) -> tuple[Rule[EksFacts], ...]:
    on_account, on_target = _CODES[kind]
    return (
        *Rule[EksFacts].by_grant(
            (IMPERSONATION,),
            DENIED,
            cause,
            GRANT_TO_IMPERSONATE,
            when=lambda facts: facts.near_kind == kind,
            code=on_account,
        ),
        *Rule[EksFacts].by_grant(
            (PERMISSION,),
            r"^MISSING: ",
            cause,
            GRANT_TO_MEMBER,
            when=lambda facts: facts.near_kind == kind and not facts.impersonating,
            code=on_target,
        ),
    )


MEMBER_RULES: tuple[Rule[EksFacts], ...] = tuple(
    rule for kind, cause in _CAUSES.items() for rule in _rules(kind, cause)
)


def explained(kind: str, member: str, account: str, subject: str) -> tuple[str, str]:
    """Return the code of a near miss on a target, and a sentence that says how the member misses the workload.

    `account` is the pod's service account, as NAMESPACE/NAME.
    """
    cause = translated(_CAUSES[kind])
    return _CODES[kind][1], cause.format(near_member=member, account=account, subject=subject)
