"""The names that random worlds are made of. There are few of them, so that things meet."""

from typing import Any

Json = dict[str, Any]

ACCOUNT, ELSEWHERE = "111122223333", "444455556666"
REGION = "ap-northeast-1"
HOME, DATA, POOLS = "acme-analytics", "acme-data", "acme-identity"
NUMBERS = {HOME: "123456789012", DATA: "234567890123", POOLS: "345678901234"}
"""The projects, with their numbers."""

LONG = "the-role-of-a-loader-that-copies-tables-every-night-at-two"
"""A role whose session ARNs do not fit into google.subject."""
ROLES = ("loader", "loader-2", "not-loader", "team-a", "team-b", "prod-report", LONG)
POOL_IDS, PROVIDER_IDS = ("aws-one", "aws-two"), ("prov-one", "prov-two")
ACCOUNT_IDS = ("bq-loader", "old-loader")
GRANTED = (
    "roles/bigquery.dataEditor",
    "roles/bigquery.jobUser",
    "roles/bigquery.dataViewer",
    "roles/storage.objectViewer",
    "roles/pubsub.publisher",
)
IMPERSONATE = "roles/iam.workloadIdentityUser"
"""A role that a policy can give too, on a project or on a service account."""
OPERATOR = "user:operator@acme.example"
ALICE = "user:alice@acme.example"


def session(role: str, name: str, account: str = ACCOUNT) -> str:
    """The ARN of a role session."""
    return f"{role_arn(role, account)}/{name}"


def role_arn(role: str, account: str = ACCOUNT) -> str:
    """The ARN of a role's sessions, without their names."""
    return f"arn:aws:sts::{account}:assumed-role/{role}"


def pool_name(project: str, pool: str) -> str:
    """The name of a pool in members of policies."""
    return f"projects/{NUMBERS[project]}/locations/global/workloadIdentityPools/{pool}"


def email(account: str, project: str = HOME) -> str:
    """The email of a service account."""
    return f"{account}@{project}.iam.gserviceaccount.com"
