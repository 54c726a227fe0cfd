"""The limits that the APIs set to names, at their edges, and what is said beyond them."""

from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wizard.modes.aws import rules as aws_rules
from wizard.setup import rules
from wizard.setup.rules import Broken

TEXT_RULES = [
    aws_rules.pool_id,
    aws_rules.provider_id,
    rules.project_id,
    aws_rules.account_id,
    aws_rules.role_name,
    aws_rules.region,
    rules.service_account_id,
    rules.service_account,
    rules.role,
    rules.resource,
    rules.file_name,
]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (aws_rules.pool_id, "abcd"),
        (aws_rules.pool_id, "a" * 32),
        (aws_rules.pool_id, "-a-b"),
        (aws_rules.provider_id, "aws-111122223333"),
        (rules.project_id, "acme-analytics"),
        (rules.project_id, "a12345"),
        (rules.project_id, "acme.example:loader-1"),
        (aws_rules.account_id, "012345678901"),
        (aws_rules.role_name, "r" * 64),
        (aws_rules.role_name, "A+b=c,d.e@f_g-h"),
        (aws_rules.region, "ap-northeast-1"),
        (aws_rules.region, "us-gov-west-1"),
        (aws_rules.region, "cn-north-1"),
        (aws_rules.region, "eusc-de-east-1"),
        (aws_rules.region, "us-isob-east-1"),
        (aws_rules.region, "xxyy-north-west-12"),
        (aws_rules.role_path, "/"),
        (aws_rules.role_path, "/team/data/"),
        (rules.service_account, "loader"),
        (rules.service_account, "bigquery-loader@acme-analytics.iam.gserviceaccount.com"),
        (rules.service_account, "123456789012-compute@developer.gserviceaccount.com"),
        (rules.role, "roles/bigquery.jobUser"),
        (rules.role, "roles/viewer"),
        (rules.role, "projects/acme-analytics/roles/loader"),
        (rules.role, "organizations/123456789012/roles/loader"),
        (rules.resource, "projects/acme-analytics"),
        (rules.resource, "//cloudresourcemanager.googleapis.com/projects/acme-analytics"),
        (rules.resource, "projects/acme-analytics/datasets/sales"),
        (rules.resource, "acme-analytics:sales.orders"),
        (rules.resource, "gs://acme-raw/in/eu/"),
        (rules.resource, "//storage.googleapis.com/projects/_/buckets/acme-raw"),
        (rules.resource, "folders/51"),
        (rules.file_name, "/etc/wif/config.json"),
    ],
)
def test_what_an_api_takes_breaks_no_rule(rule: Callable[[str], Broken | None], text: str) -> None:
    assert rule(text) is None


@pytest.mark.parametrize(
    ("rule", "text", "what", "fix"),
    [
        (aws_rules.pool_id, "abc", "has 3 characters", "4 to 32"),
        (aws_rules.pool_id, "a" * 33, "has 33 characters", "4 to 32"),
        (aws_rules.pool_id, "gcp-pool", 'starts with "gcp-"', "another prefix"),
        (aws_rules.pool_id, "Aws", "is not a valid pool ID", "lowercase"),
        (aws_rules.pool_id, "aws-pool\n", "is not a valid pool ID", "lowercase"),
        (
            aws_rules.pool_id,
            "projects/1/locations/global/workloadIdentityPools/aws-prod",
            "resource name",
            ": aws-prod",
        ),
        (aws_rules.provider_id, "aws_prov", "is not a valid provider ID", "lowercase"),
        (rules.project_id, "123456789012", "is a project number", "gcloud projects describe 123456789012"),
        (rules.project_id, "projects/acme-analytics", "resource name", ": acme-analytics"),
        (rules.project_id, "acme-", "is not a valid project ID", "do not end with a hyphen"),
        (aws_rules.account_id, "1111-2222-3333", "contains non-digits", 'write "111122223333"'),
        (aws_rules.account_id, "11112222333", "is not a valid AWS account ID", "12 digits"),
        (
            aws_rules.role_name,
            "data/team/loader",
            "contains a path",
            "use the role name only: loader (Google Cloud sees the ARN",
        ),
        (aws_rules.role_name, "arn:aws:iam::111122223333:role/data/loader", "is the ARN of a role", "only: loader "),
        (aws_rules.role_name, "arn:aws:sts::111122223333:assumed-role/loader/i-01", "is the ARN", "only: loader "),
        (aws_rules.role_name, "r" * 65, "has 65 characters", "64"),
        (aws_rules.role_name, "with space", "is not a valid role name", "letters, digits"),
        (aws_rules.region, "ap-northeast-1a", "is an availability zone", "write the region: ap-northeast-1"),
        (aws_rules.region, "Tokyo", "is not a valid AWS region", "ap-northeast-1"),
        (rules.service_account, "short", "is not a valid service account name", "6 to 30"),
        (
            rules.service_account,
            "loader@acme.example",
            "is not a valid service account email address",
            "use NAME@PROJECT",
        ),
        (
            rules.service_account,
            "serviceAccount:loader@acme-analytics.iam.gserviceaccount.com",
            "is a policy member",
            "use loader@acme-analytics.iam.gserviceaccount.com",
        ),
        (rules.role, "bigquery.jobUser", "without the prefix", "use roles/bigquery.jobUser"),
        (rules.role, "BigQuery Job User", "is not a valid role", "roles/NAME"),
        (rules.resource, "acme-analytics", "is not the full name of a project", "use projects/acme-analytics"),
        (rules.resource, "projects/123456789012", "contains a project number", "projects/PROJECT_ID"),
        (rules.resource, "projects/acme-analytics/reports/x", "does not know this type", "the whole project"),
        (
            rules.resource,
            "projects/123456789012/secrets/s",
            "contains a project number",
            "use the ID, not the number, of the project",
        ),
        (rules.resource, "projects/acme-analytics/topics/x", "does not know this type", "use projects/acme-analytics"),
        (rules.resource, "gs://UPPER", "is not the name of a resource", "gs://BUCKET"),
        (rules.resource, "organizations/acme", "is not the name of a resource", "projects/PROJECT_ID/datasets"),
        (rules.resource, "projects/", "is not the name of a resource", "use a name such as projects/PROJECT_ID"),
        (rules.file_name, "configs/", "is not a valid file name", "clientLibraryConfig"),
        (rules.file_name, "", "is not a valid file name", "clientLibraryConfig"),
    ],
)
def test_a_broken_rule_says_what_is_wrong_and_what_to_write(
    rule: Callable[[str], Broken | None], text: str, what: str, fix: str
) -> None:
    broken = rule(text)
    assert broken is not None
    assert what in broken.what
    assert fix in broken.fix
    assert str(broken) == f"{broken.what}; {broken.fix}"


@pytest.mark.parametrize(("seconds", "fine"), [(599, False), (600, True), (43200, True), (43201, False)])
def test_a_token_lives_ten_minutes_to_twelve_hours(seconds: int, fine: bool) -> None:
    assert (rules.token_lifetime(seconds) is None) is fine


@given(st.sampled_from(TEXT_RULES), st.text())
def test_every_rule_judges_every_text(rule: Callable[[str], Broken | None], text: str) -> None:
    broken = rule(text)
    assert broken is None or (broken.what and broken.fix)


@given(st.from_regex(rules.PROJECT_ID.replace("$", r"\Z")))
def test_a_project_can_be_granted_on_by_its_name(project: str) -> None:
    assert rules.project_id(project) is None
    assert rules.resource(f"projects/{project}") is None
    domain, colon, _ = project.rpartition(":")
    assume(not colon or "." in domain)  # PROJECT:DATASET is a dataset, and a domain has a dot
    broken = rules.resource(project)
    assert broken is not None
    assert broken.fix == f"use projects/{project}"
