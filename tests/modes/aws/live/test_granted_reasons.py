"""Refusals although something is granted: a grant that is not effective yet, and a role that does not help."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.chain.fakes import AUDIENCE, EMAIL
from wizard.chain.hop import IMPERSONATION, PERMISSION, Hop, Outcome, Refusal
from wizard.chain.project_policy import Binding, ProjectPolicy
from wizard.chain.rule import first
from wizard.chain.target import Target, WantedRole
from wizard.federation.identifiers import ProviderName
from wizard.federation.principals import FederatedIdentity, principal_set
from wizard.modes import live_grants
from wizard.modes.aws.live.facts import AwsTest, ProviderFacts
from wizard.modes.aws.live.hops import APPLICATION
from wizard.modes.aws.live.known import AwsKnown
from wizard.modes.aws.live.places import inside
from wizard.modes.aws.live.reasons import RULES
from wizard.modes.aws.live.walk import AwsChain
from wizard.modes.live_facts import policies

ROLE = "arn:aws:sts::111122223333:assumed-role/rds-to-bigquery"
CALLER = {"account": "111122223333", "arn": f"{ROLE}/abc"}
POOL = ProviderName.parse(AUDIENCE).pool
IDENTITY = FederatedIdentity(POOL, CALLER["arn"], (), {"aws_role": ROLE})
US = principal_set(POOL, "aws_role", ROLE)
WANTED = "roles/bigquery.jobUser"
MISSING = {"roles": [{"role": WANTED, "project": "acme-analytics", "status": "missing"}]}
DENIED = Refusal("PERMISSION_DENIED", "Permission 'iam.serviceAccounts.getAccessToken' denied on resource")
USER = "roles/iam.serviceAccountUser"


def code(hop: Hop, refusal: Refusal, received: Mapping[str, Any], *bindings: Binding, **known: Any) -> str:
    """The code of the cause of a refusal."""
    config: dict[str, Any] = {"audience": AUDIENCE}
    if hop == IMPERSONATION:
        url = f"https://x/v1/projects/-/serviceAccounts/{EMAIL}:generateAccessToken"
        config["service_account_impersonation_url"] = url
    target = Target("acme-analytics", (WantedRole(WANTED, ("bigquery.jobs.create",)),), policy=ProjectPolicy(bindings))
    on_account = known.pop("on_account", ())
    test = AwsTest(config, (target,), provider=ProviderFacts("111122223333"), on_account=on_account)
    outcome = Outcome(hop, "failed", refusal=refusal, received=dict(received))
    found = first(RULES, outcome, AwsKnown(test, CALLER, IDENTITY, **known).facts(outcome))
    assert found
    return found.code


@pytest.mark.parametrize(
    ("binding", "expected"),
    [
        (Binding(WANTED, (US,)), "WIF0531"),
        (Binding(WANTED, (US,), "request.time < timestamp('2020-01-01T00:00:00Z')"), "WIF0502"),
        (Binding("roles/viewer", (US,)), "WIF0502"),
    ],
)
def test_a_grant_that_is_stored_and_missing_is_not_effective_yet(binding: Binding, expected: str) -> None:
    assert code(PERMISSION, Refusal("MISSING", WANTED), MISSING, binding) == expected


class FakeIam:
    """The IAM API, with one policy for every service account."""

    def __init__(self, *roles: str) -> None:
        self.policy = {"bindings": [{"role": role, "members": [US]} for role in roles]}

    def get_policy(self, _home: str, _email: str) -> dict[str, Any]:
        """The policy."""
        return self.policy

    def get_service_account(self, _home: str, _email: str) -> dict[str, Any]:
        """An account that is not disabled."""
        return {}


class FakeClouds:
    """Sessions with that API."""

    def __init__(self, *roles: str) -> None:
        self.google_iam = FakeIam(*roles)


class NoProjects:
    """A reader that can read no project."""

    def project_policies(self, projects: Any) -> dict[str, None]:
        """No policy."""
        return dict.fromkeys(projects)


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (USER, "WIF0409"),
        ("roles/iam.serviceAccountTokenCreator", "WIF0403"),
        ("roles/iam.workloadIdentityUser", "WIF0403"),
        ("roles/viewer", "WIF0403"),
    ],
)
def test_a_role_on_the_account_that_does_not_permit_impersonation_is_the_cause(role: str, expected: str) -> None:
    clouds: Any = FakeClouds(role)
    reader: Any = NoProjects()
    on_account = policies(clouds, reader, {}, EMAIL, "acme-analytics").on_account
    assert live_grants.role_of(on_account, US.__eq__) == (USER if role == USER else "")
    assert code(IMPERSONATION, DENIED, {}, on_account=on_account) == expected


@pytest.mark.parametrize(("host", "expected"), [("169.254.170.23", "WIF0218"), ("169.254.170.2", "WIF0202")])
def test_a_pod_identity_that_the_library_does_not_read_has_a_code_of_its_own(host: str, expected: str) -> None:
    words = Refusal("X", "Unable to determine the AWS metadata server security credentials endpoint")
    assert code(APPLICATION, words, {}, source="container endpoint (full URI)", host=host) == expected


class EmptyLog:
    """An audit log without grants, which counts how often it is read."""

    reads = 0

    def newest(self, *_: Any) -> None:
        self.reads += 1


@pytest.mark.parametrize(("recorded", "expected", "reads"), [(True, "WIF0531", 0), (False, "WIF0503", 1)])
def test_the_age_of_a_grant_says_nothing_about_a_refusal_that_was_recorded(
    recorded: bool, expected: str, reads: int
) -> None:
    policy = ProjectPolicy((Binding(WANTED, (US,)),))
    target = Target("acme-analytics", (WantedRole(WANTED, ("bigquery.jobs.create",)),), policy=policy)
    log: Any = EmptyLog()
    recording: Any = object() if recorded else None
    test = AwsTest({"audience": AUDIENCE}, (target,), provider=ProviderFacts("111122223333"), audit=log)
    chain = AwsChain(test, inside({}), recording=recording)
    chain.known = AwsKnown(test, CALLER, IDENTITY)
    chain.report.add(Outcome(PERMISSION, "failed", refusal=Refusal("MISSING", WANTED), received=MISSING))
    assert (chain.report.outcomes[0].code, log.reads) == (expected, reads)
