"""Rules that every mode has: what may be wrong at any hop, and at the target."""

from wizard.chain.hop import Hop
from wizard.chain.rule import Facts, Rule

_DISABLED_API = (
    r"has not been used in project (?P<number>\S+) before or it is disabled\. "
    r"Enable it by visiting \S*?/apis/api/(?P<service>[^/\s]+)/"
)
_NO_PERMISSION = (
    r"does not have (?P<permission>[a-z][\w.]+) permission",
    r"[Pp]ermission '?(?P<permission>[a-z][\w.]+)'? denied",
)

_THROTTLED = "the service throttles requests, because too many requests arrived in a short time"
_REUSE_TOKENS = (
    "wait a few seconds and test again; if the error happens again, request more quota, and change the application to "
    "reuse its tokens"
)

EVERYWHERE: tuple[Rule[Facts], ...] = (
    Rule(
        (),
        _DISABLED_API,
        "the API {service} is disabled in project {number}",
        (
            "enable the API (the change takes effect after a few minutes): gcloud services enable {service} "
            "--project={number}"
        ),
        code="WIF0501",
    ),
    Rule(
        (),
        r"denied by (an? )?(IAM )?deny polic(y|ies)",
        "a deny policy of Google Cloud denies the permission, whatever roles the caller has",
        "ask the owner of the deny policy for an exception for {member}",
        code="WIF0520",
    ),
    Rule(
        (),
        r"denied by (an? )?principal access boundary",
        "a principal access boundary policy denies the permission, whatever roles the caller has",
        "ask the owner of the policy to include the target in the boundary for {member}",
        code="WIF0521",
    ),
    Rule(
        (),
        r"throttled due to rate limit: sts\.",
        _THROTTLED,
        _REUSE_TOKENS,
        code="WIF0336",
    ),
    Rule(
        (),
        r"quota_exceeded|throttled due to rate limit|RESOURCE_EXHAUSTED|Throttling|HTTP 429",
        _THROTTLED,
        _REUSE_TOKENS,
        code="WIF0519",
    ),
    Rule(
        (),
        r"^UNREACHABLE: (?P<host>[^:]*(:\d+)?):",
        "{host} did not answer",
        "check the network path to {host} from where the test runs: proxy, firewall and DNS",
        code="WIF0608",
    ),
    Rule(
        (),
        r"^IllegalHeader: ",
        "an access key or a token contains a line break or another character that HTTP headers cannot contain",
        "set the environment variables of the key and the token again, without quotes or line breaks",
        code="WIF0234",
    ),
)
"""Disabled, busy, or out of reach."""


GRANT_TO_MEMBER = ("grant {missing} to {member}: {grant_fix}", "grant {missing} to {member}")
GRANT_TO_ACCOUNT = (
    "grant {missing} to the service account {service_account}: {grant_fix}",
    "grant {missing} to the service account {service_account}",
)
"""A fix by a grant: with its command, and without one if the workload's member is not known."""


_WITHOUT_CONDITION = (
    "correct the condition, or grant the role without a condition. To grant the role, run wif-wizard apply or this "
    "command: {conditional_fix}"
)


def impersonation_rules(hops: tuple[Hop, ...], denied: str) -> tuple[Rule[Facts], ...]:
    """The service account is disabled, or can be impersonated only under a condition. `denied` is IAM's refusal."""
    enable = (
        "if nobody disabled the service account intentionally, enable the account with wif-wizard apply, or with: "
        "gcloud iam service-accounts enable {service_account}"
    )
    return (
        Rule(
            hops,
            r".",
            "the service account {service_account} is disabled, so no workload can act as this account",
            enable,
            when=lambda facts: facts.account_disabled,
            code="WIF0406",
        ),
        Rule(
            hops,
            r"[Ss]ervice account (\S+ )?(is|was|has been) disabled",
            "the service account {service_account} is disabled, so no workload can act as this account",
            enable,
            code="WIF0406",
        ),
        Rule(
            hops,
            denied,
            "{conditional}",
            "check whether the condition should be true for this workload; correct the condition, or grant the role "
            "without a condition. To grant the role, run wif-wizard apply or this command: {conditional_fix}",
            when=lambda facts: facts.undecided,
            code="WIF0407",
        ),
        Rule(
            hops,
            denied,
            "the workload does not have permission to impersonate {service_account}: {conditional}",
            _WITHOUT_CONDITION,
            when=lambda facts: facts.conditional != "",
            code="WIF0407",
        ),
        *Rule[Facts].by_grant(
            hops,
            denied,
            "the workload has {other_role} on {service_account}, but this role does not give permission to impersonate "
            "the account",
            (
                "grant roles/iam.workloadIdentityUser on {service_account} to the workload: {grant_fix}",
                "grant roles/iam.workloadIdentityUser on {service_account} to the workload",
            ),
            when=lambda facts: facts.other_role != "",
            code="WIF0409",
        ),
        *Rule[Facts].by_grant(
            hops,
            denied,
            "roles/iam.workloadIdentityUser on {service_account} is granted only to {service_account} itself, not to "
            "the workload",
            (
                "grant roles/iam.workloadIdentityUser on {service_account} to the workload: {grant_fix}",
                "grant roles/iam.workloadIdentityUser on {service_account} to the workload",
            ),
            when=lambda facts: facts.granted_to_itself,
            code="WIF0408",
        ),
    )


def target_rules(hops: tuple[Hop, ...]) -> tuple[Rule[Facts], ...]:
    """The target refuses a valid token, at one of `hops`."""
    return (
        *(
            Rule[Facts](
                hops,
                pattern,
                cause,
                "correct the role name in the setup. To list the predefined roles (add --project or --organization "
                "to list custom roles): gcloud iam roles list",
                code="WIF0506",
            )
            for pattern, cause in (
                (r"^NO_SUCH_ROLE: (?P<role>\S+) does not exist", "the role {role} does not exist"),
                (r"^NO_SUCH_ROLE: (?P<role>\S+) was deleted", "the role {role} was deleted"),
            )
        ),
        Rule(
            hops,
            r"^NO_SUCH_ROLE: (?P<role>\S+) is disabled",
            "the custom role {role} is disabled, and gives no permissions",
            "enable the role: change its launch stage to GA, or use another role in the setup",
            code="WIF0506",
        ),
        Rule(
            hops,
            r"^MISSING: ",
            "{conditional}",
            "check whether the condition is true for the resources that the workload uses; correct the condition, or "
            "grant the role without a condition. To grant the role, run wif-wizard apply or this command: "
            "{conditional_fix}",
            when=lambda facts: facts.undecided,
            not_proven=True,
            code="WIF0508",
        ),
        Rule(
            hops,
            r"^MISSING: ",
            "the token is valid, but {missing} is not effective: {conditional}",
            _WITHOUT_CONDITION,
            when=lambda facts: facts.conditional != "",
            code="WIF0507",
        ),
        Rule(
            hops,
            "|".join(_NO_PERMISSION).replace("?P<permission>", ""),
            "the token is valid, but the target denied the request: {conditional}",
            _WITHOUT_CONDITION,
            when=lambda facts: facts.conditional != "",
            code="WIF0507",
        ),
        Rule(
            hops,
            r"^MISSING: ",
            "the token is valid, and the policy grants {missing}, but the grant is not effective",
            "test again in a few minutes; if the test still fails, look for a deny policy or a principal access "
            "boundary policy",
            when=lambda facts: facts.stored,
            code="WIF0531",
        ),
        *Rule[Facts].by_grant(
            hops,
            r"^MISSING: ",
            "the token is valid, but {service_account} does not have {missing}",
            GRANT_TO_ACCOUNT,
            when=lambda facts: facts.impersonating,
            code="WIF0502",
        ),
        *Rule[Facts].by_grant(
            hops,
            r"^MISSING: ",
            "the token is valid, but the workload does not have {missing}",
            GRANT_TO_MEMBER,
            code="WIF0502",
        ),
        Rule(
            hops,
            r"UNAUTHENTICATED|Expected OAuth 2 access token",
            "the product does not accept federated tokens",
            "call the product through a service account: set access.via to service-account",
            code="WIF0505",
        ),
        *(
            Rule[Facts](
                hops,
                pattern,
                "the token is valid, but the caller does not have the permission {permission} on the target",
                "grant a role with the permission {permission} to {member}, or to {service_account} if the workload "
                "impersonates this account",
                code="WIF0503",
            )
            for pattern in _NO_PERMISSION
        ),
        Rule(
            hops,
            r"PERMISSION_DENIED|accessDenied",
            "the target denied the request: the project does not exist, or the workload has no role on the project",
            "check the project ID, and grant a role on the project to {member}, or to {service_account} if the "
            "workload impersonates this account",
            code="WIF0504",
        ),
    )
