"""Near misses are told from what includes the workload, and from what is about somebody else."""

import pytest

from wizard.federation.identifiers import PoolName
from wizard.federation.near_miss import member_miss, value_miss
from wizard.federation.principals import FederatedIdentity, principal, principal_set

ROLE = "arn:aws:sts::111122223333:assumed-role/team-a"
POOL = PoolName("123456789012", "aws-prod")
US = FederatedIdentity(POOL, f"{ROLE}/0123", (), {"aws_role": ROLE, "account": "111122223333"})
SET = principal_set(POOL, "aws_role", ROLE)


@pytest.mark.parametrize(
    ("wrong", "right", "miss"),
    [
        ("arn:aws:iam::111122223333:role/team-a", ROLE, "iam"),
        ("arn:aws:iam::111122223333:role/service/team-a", ROLE, "iam"),
        ("arn:aws:sts::111122223333:assumed-role/service/team-a", ROLE, "path"),
        (f"{ROLE}/0123", ROLE, "session"),
        ("arn:aws:sts::111122223333:assumed-role/Team-A", ROLE, "case"),
        ("arn:aws:sts::444455556666:assumed-role/team-a", ROLE, "account"),
        ("arn:aws-cn:sts::111122223333:assumed-role/team-a", ROLE, "partition"),
        ("team-a", ROLE, "short"),
        ("assumed-role/team-a", ROLE, "short"),
        (ROLE, "team-a", "long"),
        ("arn:aws:iam::111122223333:role/x/team-a", "team-a", "long"),
        (f"{ROLE}/", ROLE, "spelling"),
        (f" {ROLE}", ROLE, "spelling"),
        ("TEAM-A", "team-a", "case"),
        (ROLE, ROLE, None),
        ("arn:aws:sts::111122223333:assumed-role/team-b", ROLE, None),
        ("arn:aws:sts::111122223333:assumed-role/team-a-2", ROLE, None),
        ("team", "team-a", None),
    ],
)
def test_values(wrong: str, right: str, miss: str | None) -> None:
    assert value_miss(wrong, right) == miss


@pytest.mark.parametrize(
    ("member", "miss"),
    [
        (SET, None),
        (principal(POOL, US.subject), None),
        (SET.replace("123456789012", "acme-analytics"), "project-id"),
        (SET.replace("123456789012", "210987654321"), "project"),
        (SET.replace("aws-prod", "aws-old"), "pool"),
        (SET.replace("principalSet:", "principal:"), "scheme"),
        (principal(POOL, US.subject).replace("principal:", "principalSet:"), "scheme"),
        (SET.replace(":sts::", ":iam::").replace("assumed-role", "role"), "iam"),
        (SET.replace("team-a", "Team-A"), "case"),
        (SET.replace("aws_role", "role"), "unmapped"),
        (SET.replace("aws_role", "role").replace(ROLE, "another"), None),
        (SET.replace("team-a", "team-b"), None),
        (principal(POOL, f"{ROLE}/another"), "session"),
        (principal(POOL, ROLE), "scheme"),
        ("serviceAccount:team-a@acme-analytics.iam.gserviceaccount.com", None),
    ],
)
def test_members(member: str, miss: str | None) -> None:
    assert member_miss(member, US) == miss
