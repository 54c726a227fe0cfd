"""Roles that policies grant to a member that was meant to be the workload, and is not."""

import pytest

from wizard.federation.aws_identities import RoleSessions
from wizard.federation.identifiers import PoolName
from wizard.modes.aws.live import candidates, meant
from wizard.modes.aws.live.facts import ProviderFacts
from wizard.modes.granted import Granted

ACCOUNT, OTHER = "111122223333", "444455556666"
POOL = PoolName("123456789012", "aws-prod")
SESSIONS = RoleSessions(ACCOUNT, "rds-to-bigquery")
IN_POOL = f"principalSet://iam.googleapis.com/{POOL.name}/"
ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/"
USUAL = ProviderFacts(ACCOUNT)
NO_ROLE = ProviderFacts(ACCOUNT, {"google.subject": "assertion.arn"})
WHOLE_ARN = ProviderFacts(ACCOUNT, {"google.subject": "assertion.arn", "attribute.aws_role": "assertion.arn"})


def roles(member: str, provider: ProviderFacts = USUAL, *missing: str) -> list[str]:
    """The roles that are meant for the role, if a member has a role on a project."""
    binding = {"role": "roles/bigquery.jobUser", "members": [member, "user:casey@acme.example"]}
    granted = Granted({"acme-analytics": [binding]}, (), None, "", ())
    identity = candidates.identity_of(provider, SESSIONS, POOL)
    found = meant.read(granted, POOL, SESSIONS, identity, lambda role: role in missing)
    assert len(found.told) == len(found.roles)
    return found.roles.get("acme-analytics", [])


@pytest.mark.parametrize(
    ("member", "provider"),
    [
        (f"{IN_POOL}attribute.aws_role/{ARN}rds-to-bigquery/0f1e", USUAL),
        (f"{IN_POOL}attribute.aws_role/arn:aws:iam::{ACCOUNT}:role/rds-to-bigquery", USUAL),
        (f"{IN_POOL}attribute.aws_role/arn:aws:iam::{ACCOUNT}:role/teams/rds-to-bigquery", USUAL),
        (f"{IN_POOL}attribute.aws_role/{ARN}RDS-to-bigquery", USUAL),
        (f"{IN_POOL}attribute.aws_role/rds-to-bigquery", USUAL),
        (f"{IN_POOL}attribute.role/rds-to-bigquery", USUAL),
        (f"{IN_POOL}attribute.aws_role/{ARN}rds-to-bigquery".replace("123456789012", "acme-analytics"), USUAL),
        (f"{IN_POOL}attribute.aws_role/{ARN}rds-to-bigquery".replace("principalSet", "principal"), USUAL),
        (f"{IN_POOL}attribute.aws_role/{ARN}rds-to-bigquery", NO_ROLE),
        (f"{IN_POOL}attribute.aws_role/{ARN}rds-to-bigquery", WHOLE_ARN),
    ],
)
def test_a_member_that_names_the_role_in_a_wrong_form_is_meant_for_it(member: str, provider: ProviderFacts) -> None:
    assert roles(member, provider) == ["roles/bigquery.jobUser"]


@pytest.mark.parametrize(
    "member",
    [
        f"{IN_POOL}attribute.aws_role/{ARN}another",
        f"{IN_POOL}attribute.aws_role/arn:aws:sts::{OTHER}:assumed-role/rds-to-bigquery",
        f"{IN_POOL}attribute.aws_role/{ARN}rds-to-bigquery".replace("aws-prod", "aws-stage"),
        f"{IN_POOL}attribute.aws_role/{ARN}rds-to-bigquery".replace("123456789012", "999988887777"),
        f"{IN_POOL}attribute.account/{ACCOUNT}",
        f"{IN_POOL}*",
        f"principal://iam.googleapis.com/{POOL.name}/subject/system:serviceaccount:orders:loader",
        "serviceAccount:rds-to-bigquery@acme-analytics.iam.gserviceaccount.com",
    ],
)
def test_a_member_that_can_be_another_workload_is_left_to_it(member: str) -> None:
    assert roles(member) == []


@pytest.mark.parametrize(
    ("name", "missing", "is_meant"),
    [
        ("rds-to-bigqurey", True, True),
        ("rds-to-bigqurey", False, False),
        ("rds-to-bigquerz", True, False),
        ("rds-to-bigquery2", True, False),
    ],
)
def test_a_role_with_a_typing_error_is_meant_for_it_only_if_it_does_not_exist(
    name: str, missing: bool, is_meant: bool
) -> None:
    found = roles(f"{IN_POOL}attribute.aws_role/{ARN}{name}", USUAL, *([name] if missing else []))
    assert bool(found) is is_meant
