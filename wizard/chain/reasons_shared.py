"""Rows that both tables of reasons have: what may be wrong at any hop, and at the target."""

from wizard.chain.hop import Hop
from wizard.chain.rule import Facts, Rule

_DISABLED_API = (
    r"has not been used in project (?P<number>\S+) before or it is disabled\. "
    r"Enable it by visiting \S*?/apis/api/(?P<service>[^/\s]+)/"
)

EVERYWHERE: tuple[Rule[Facts], ...] = (
    Rule(
        (),
        _DISABLED_API,
        "the API {service} is switched off in project {number}",
        "enable it: gcloud services enable {service} --project={number}; it takes a few minutes to work everywhere",
    ),
    Rule(
        (),
        r"quota_exceeded|throttled due to rate limit|RESOURCE_EXHAUSTED|Throttling|HTTP 429",
        "the service is throttling: too many requests in a short time",
        "wait a few seconds and test again; if it goes on, ask for more quota, and let the application reuse tokens",
    ),
    Rule(
        (),
        r"^UNREACHABLE: (?P<host>[^:]*(:\d+)?):",
        "{host} did not answer",
        "check the network way out (proxy, firewall, DNS) from where the test ran to {host}",
    ),
    Rule(
        (),
        r"^IllegalHeader: ",
        "a key or token has a line break or another character that cannot be sent",
        "set the variables again without quotes and line ends",
    ),
)
"""Switched off, busy, out of reach."""


def target_rules(hops: tuple[Hop, ...]) -> tuple[Rule[Facts], ...]:
    """The target refuses a token that is good, at one of `hops`."""
    return (
        Rule(
            hops,
            r"^MISSING: ",
            "the token works, but lacks: {missing}",
            "grant it to the service account: {service_account}",
            when=lambda facts: facts.impersonating,
        ),
        Rule(hops, r"^MISSING: ", "the token works, but lacks: {missing}", "grant it to {member}"),
        Rule(
            hops,
            r"UNAUTHENTICATED|Expected OAuth 2 access token",
            "the product does not take federated tokens directly",
            "reach it through a service account: set access.via to service-account",
        ),
        Rule(
            hops,
            r"does not have (?P<permission>[a-z][\w.]+) permission",
            "the token works, but the target does not grant {permission}",
            "grant a role with that permission to {member}, or to {service_account} when impersonating",
        ),
        Rule(
            hops,
            r"[Pp]ermission '?(?P<permission>[a-z][\w.]+)'? denied",
            "the token works, but the target does not grant {permission}",
            "grant a role with that permission to {member}, or to {service_account} when impersonating",
        ),
        Rule(
            hops,
            r"PERMISSION_DENIED|accessDenied",
            "the target refused: the project does not exist, or the workload has no role on it",
            "check the project's id, and grant the role to {member}, or to {service_account} when impersonating",
        ),
    )
