"""The rules for near misses: a condition or a member that almost names the workload's role."""

from __future__ import annotations

from wizard.chain.hop import EXCHANGE, IMPERSONATION, PERMISSION
from wizard.chain.reasons_shared import GRANT_TO_ACCOUNT, GRANT_TO_MEMBER
from wizard.chain.rule import Rule
from wizard.language import translated
from wizard.modes.aws.live.hops import APPLICATION
from wizard.modes.aws.live.known import AwsFacts

_REJECTED = r"rejected by the attribute condition"
DENIED = r"iam\.serviceAccounts\.getAccessToken|^PERMISSION_DENIED: The caller does not have permission"

_CONDITION_CAUSES = {
    "iam": "the provider's attribute condition contains the ARN of the IAM role, {condition_wrong}, but Google Cloud "
    "sees the ARN of the role's sessions: {condition_right}",
    "path": "the provider's attribute condition contains the role with its path, {condition_wrong}, but the ARN of a "
    "session does not contain the path; use {condition_right}",
    "session": "the provider's attribute condition contains the name of one session, {condition_wrong}, but the name "
    "changes with every session; use the value without the session name: {condition_right}",
    "case": "the provider's attribute condition contains {condition_wrong}, but the workload has {condition_right}: "
    "conditions are case-sensitive",
    "account": "the provider's attribute condition names the role in another AWS account, {condition_wrong}, but the "
    "workload's role is {condition_right}",
    "partition": "the provider's attribute condition names the role in another AWS partition, {condition_wrong}, but "
    "the workload has {condition_right}",
    "short": "the provider's attribute condition contains the name of the role, {condition_wrong}, but the attribute "
    "mapping gives the whole ARN: {condition_right}",
    "long": "the provider's attribute condition contains an ARN, {condition_wrong}, but the attribute mapping gives "
    "the name of the role: {condition_right}",
    "spelling": "the provider's attribute condition contains {condition_wrong}, with a stray character at the start "
    "or the end; the workload has {condition_right}",
}
"""The cause by the kind of near miss in the condition."""

_MEMBER_CAUSES = {
    "iam": "the policy grants the role to {near_member}, which contains the ARN of the IAM role, but Google Cloud "
    "sees the ARN of the role's sessions",
    "path": (
        "the policy grants the role to {near_member}, which contains the path of the IAM role, but the ARN of a "
        "session does not contain the path"
    ),
    "session": "the policy grants the role to {near_member}, which contains the name of one session, but the name "
    "changes with every session",
    "case": "the policy grants the role to {near_member}, which differs from the IAM role only in letter case",
    "account": "the policy grants the role to {near_member}, which is in a different AWS account than the workload",
    "partition": "the policy grants the role to {near_member}, which is in a different AWS partition than the workload",
    "short": (
        "the policy grants the role to {near_member}, which contains the name of the IAM role, but the attribute "
        "mapping gives the whole ARN"
    ),
    "long": (
        "the policy grants the role to {near_member}, which contains an ARN, but the attribute mapping gives the "
        "name of the IAM role"
    ),
    "spelling": "the policy grants the role to {near_member}, which has a stray character at the start or the end",
    "project-id": "the policy grants the role to {near_member}, which contains the project ID, but a member must "
    "contain the project number",
    "project": "the policy grants the role to {near_member}, whose pool is in a different project than the "
    "workload's pool",
    "pool": "the policy grants the role to {near_member}, whose workload identity pool is not the workload's pool",
    "unmapped": "the policy grants the role to {near_member}, but the provider's attribute mapping does not define "
    "the member's attribute",
    "scheme": (
        "the policy grants the role to {near_member}, but a member with a subject must start with principal://, and a "
        "member with an attribute must start with principalSet://"
    ),
}
"""The cause by the kind of near miss in a policy."""

_CONDITION_CODES = {
    "iam": "WIF0310",
    "path": "WIF0310",
    "session": "WIF0310",
    "case": "WIF0312",
    "account": "WIF0311",
    "partition": "WIF0311",
    "short": "WIF0310",
    "long": "WIF0310",
    "spelling": "WIF0312",
}
"""The code of the cause by the kind of near miss in the condition."""

_MEMBER_CODES = {
    "iam": ("WIF0410", "WIF0510"),
    "path": ("WIF0410", "WIF0510"),
    "session": ("WIF0410", "WIF0510"),
    "case": ("WIF0412", "WIF0512"),
    "account": ("WIF0411", "WIF0511"),
    "partition": ("WIF0411", "WIF0511"),
    "short": ("WIF0410", "WIF0510"),
    "long": ("WIF0410", "WIF0510"),
    "spelling": ("WIF0412", "WIF0512"),
    "project-id": ("WIF0413", "WIF0513"),
    "project": ("WIF0413", "WIF0513"),
    "pool": ("WIF0414", "WIF0514"),
    "unmapped": ("WIF0415", "WIF0515"),
    "scheme": ("WIF0412", "WIF0512"),
}
"""The codes of the cause by the kind of near miss in a policy: on the service account, and on the target."""

_ADMIT = (
    "add the role {role} to the condition, and keep all identities that the condition accepts now: gcloud iam "
    "workload-identity-pools providers update-aws {provider} {admitting_flags}"
)
GRANT_TO_IMPERSONATE = (
    "grant roles/iam.workloadIdentityUser on {service_account} to {member}: {grant_fix}",
    "grant roles/iam.workloadIdentityUser on {service_account} to {member}",
)
_OWN = (
    "use a separate provider in the pool for the role {role}: write the name of a new provider in the setup, then "
    "run wif-wizard apply"
)


def _condition_rule(kind: str, cause: str) -> Rule[AwsFacts]:
    return Rule(
        (EXCHANGE, APPLICATION),
        _REJECTED,
        cause,
        _ADMIT,
        when=lambda facts: facts.condition_miss == kind and bool(facts.admitting_flags),
        code=_CONDITION_CODES[kind],
    )


def _member_rules(kind: str, cause: str) -> tuple[Rule[AwsFacts], ...]:
    on_account, on_target = _MEMBER_CODES[kind]
    return (
        *Rule[AwsFacts].by_grant(
            (PERMISSION,),
            r"^MISSING: ",
            cause,
            GRANT_TO_MEMBER,
            when=lambda facts: facts.member_miss == kind and not facts.impersonating,
            code=on_target,
        ),
        *Rule[AwsFacts].by_grant(
            (IMPERSONATION,),
            DENIED,
            cause,
            GRANT_TO_IMPERSONATE,
            when=lambda facts: facts.member_miss == kind,
            code=on_account,
        ),
    )


_NO_MEMBER: Rule[AwsFacts] = Rule(
    (IMPERSONATION, PERMISSION),
    rf"^MISSING: |{DENIED}",
    "{no_member}",
    _OWN,
    when=lambda facts: bool(facts.no_member),
    code="WIF0323",
)

_HOLDER: tuple[Rule[AwsFacts], ...] = Rule[AwsFacts].by_grant(
    (PERMISSION,),
    r"^MISSING: ",
    "the policy grants the role to {other_holder}, but the workload calls the target as the service account "
    "{service_account}",
    GRANT_TO_ACCOUNT,
    when=lambda facts: bool(facts.other_holder),
    code="WIF0517",
)

_ELSEWHERE: tuple[Rule[AwsFacts], ...] = (
    *Rule[AwsFacts].by_grant(
        (PERMISSION,),
        r"^MISSING: ",
        "the service account {service_account} has no role on the target of the test, only on other resources: "
        "{elsewhere}",
        GRANT_TO_ACCOUNT,
        when=lambda facts: bool(facts.elsewhere) and facts.impersonating,
        code="WIF0509",
    ),
    *Rule[AwsFacts].by_grant(
        (PERMISSION,),
        r"^MISSING: ",
        "the workload has no role on the target of the test, only on other resources: {elsewhere}",
        GRANT_TO_MEMBER,
        when=lambda facts: bool(facts.elsewhere),
        code="WIF0509",
    ),
)

HOST_RULES: tuple[Rule[AwsFacts], ...] = (
    Rule(
        (EXCHANGE, IMPERSONATION, PERMISSION),
        rf"^MISSING: |{_REJECTED}|{DENIED}",
        "the container called Google Cloud with its host's role {host_role}. This role does not have access to the "
        "target, and does not need access",
        "give the container its own role: see the fix of the step that finds the AWS credentials. Do not give the "
        "role {host_role} access to Google Cloud",
        when=lambda facts: bool(facts.host_role),
        code="WIF0204",
    ),
)
"""The container has its host's role: to grant access to that role would let in every container of the host."""

CONDITION_RULES: tuple[Rule[AwsFacts], ...] = (
    Rule(
        (EXCHANGE, APPLICATION),
        _REJECTED,
        "the provider's attribute condition rejects {arn}, which is not the role of a workload: the test found the "
        "credentials of a person, or of a program outside AWS",
        "run the test in the workload, or on this machine with `--from here`, which runs the test with the "
        "workload's role",
        when=lambda facts: facts.is_person,
        code="WIF0301",
    ),
    Rule(
        (EXCHANGE, APPLICATION),
        _REJECTED,
        "the provider's attribute condition uses {unmapped}, which the provider's attribute mapping does not define: "
        "{condition}",
        _ADMIT,
        when=lambda facts: bool(facts.unmapped and facts.admitting_flags),
        code="WIF0313",
    ),
    *(_condition_rule(kind, cause) for kind, cause in _CONDITION_CAUSES.items()),
    Rule(
        (EXCHANGE, APPLICATION),
        _REJECTED,
        "the provider's attribute condition rejects {arn}: {condition}",
        _ADMIT,
        when=lambda facts: bool(facts.admitting_flags),
        code="WIF0301",
    ),
    Rule(
        (EXCHANGE, APPLICATION),
        _REJECTED,
        "the provider's attribute condition rejects {arn}: {condition}",
        _OWN,
        code="WIF0301",
    ),
)
"""The condition refuses the workload: from specific to general."""

MEMBER_RULES: tuple[Rule[AwsFacts], ...] = (
    _NO_MEMBER,
    *_HOLDER,
    *(rule for kind, cause in _MEMBER_CAUSES.items() for rule in _member_rules(kind, cause)),
    *_ELSEWHERE,
)
"""A policy has a member that is not the workload: from specific to general."""


def explained(kind: str, member: str) -> tuple[str, str]:
    """Return the code of a near miss on a target, and a sentence that says how the member misses the workload."""
    return _MEMBER_CODES[kind][1], translated(_MEMBER_CAUSES[kind]).format(near_member=member)
