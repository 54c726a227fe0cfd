"""Roles that policies grant to wrong members, beside the roles that the workload has: a note that says what differs."""

import pytest

from tests.modes.aws.live.test_meant import ACCOUNT, ARN, IN_POOL, OTHER, POOL, SESSIONS, USUAL
from wizard.federation.principals import FederatedIdentity
from wizard.modes.aws.live import candidates, near_grants
from wizard.modes.granted import Granted
from wizard.modes.opened import NearGrant

US = f"{IN_POOL}attribute.aws_role/{ARN}rds-to-bigquery"
HELD, NEAR = "roles/bigquery.dataEditor", "roles/bigquery.jobUser"


def found(member: str, *missing: str, role: str = NEAR, accounts: tuple[str, ...] = ()) -> list[NearGrant]:
    """What is said about a member that has a role on a project, on which the workload has another role."""
    bindings = [{"role": HELD, "members": [US]}, {"role": role, "members": [member, "user:casey@acme.example"]}]
    granted = Granted({"acme-analytics": bindings}, (), None, "", ())
    identity = candidates.identity_of(USUAL, SESSIONS, POOL)
    assert isinstance(identity, FederatedIdentity)
    workload = near_grants.Workload(SESSIONS, identity, USUAL, granted.roles_of(identity, None))
    return list(near_grants.find(workload, granted, lambda name: name in missing, lambda name: name in accounts))


@pytest.mark.parametrize(
    ("member", "missing", "code", "differs"),
    [
        (f"{IN_POOL}attribute.aws_role/arn:aws:iam::{ACCOUNT}:role/rds-to-bigquery", (), "WIF0510", "ARN of the IAM"),
        (f"{US}/0f1e", (), "WIF0510", "the name of one session"),
        (US.replace(ACCOUNT, OTHER), (), "WIF0511", "a different AWS account"),
        (US.replace("rds", "RDS"), (), "WIF0512", "letter case"),
        (US.replace("query", "qurey"), ("rds-to-bigqurey",), "WIF0512", "a typo"),
        (US.replace("123456789012", "acme-analytics"), (), "WIF0513", "the project ID"),
        (US.replace("123456789012", "999988887777"), (), "WIF0513", "a different project"),
        (US.replace("aws-prod", "aws-stage"), (), "WIF0514", "is not the workload's pool"),
        (US.replace("attribute.aws_role", "attribute.role"), (), "WIF0515", "does not define the member's attribute"),
    ],
)
def test_a_note_names_the_role_the_member_and_what_differs(
    member: str, missing: tuple[str, ...], code: str, differs: str
) -> None:
    (near,) = found(member, *missing)
    observation = near.observation
    assert (near.role, observation.code, observation.severity) == (NEAR, code, "note")
    granted, told = observation.evidence
    assert f"{NEAR} on acme-analytics" in granted
    assert member in told
    assert differs in told
    assert observation.fix.endswith(f"--role={NEAR} --member={US} --condition=None")


@pytest.mark.parametrize(
    ("member", "role"),
    [
        (US, NEAR),
        (f"{US}/0f1e", HELD),
        (US.replace("query", "qurey"), NEAR),
        (f"{IN_POOL}attribute.aws_role/{ARN}another", NEAR),
        (f"{IN_POOL}*", NEAR),
        ("serviceAccount:rds-to-bigquery@acme-analytics.iam.gserviceaccount.com", NEAR),
        (f"{US}/0f1e", "roles/iam.workloadIdentityUser"),
    ],
)
def test_nothing_is_said_about_other_workloads_or_about_what_the_workload_has(member: str, role: str) -> None:
    assert found(member, role=role) == []


def test_a_role_of_an_account_that_the_pool_has_a_provider_for_is_another_workload() -> None:
    assert found(US.replace(ACCOUNT, OTHER), accounts=(OTHER,)) == []
