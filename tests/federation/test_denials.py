"""Deny rules, access boundaries and rules of unified access policies, evaluated as Google documents them."""

from typing import Any

import pytest

from wizard.federation import denials
from wizard.federation.identifiers import PoolName
from wizard.federation.principals import FederatedIdentity

HOME = "iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aws-prod"
ROLE = "arn:aws:sts::111122223333:assumed-role/rds-to-bigquery"
IDENTITY = FederatedIdentity(PoolName("123456789012", "aws-prod"), f"{ROLE}/job", ("writers",), {"aws_role": ROLE})
WORKLOAD = denials.federated(IDENTITY)
POD = denials.federated(FederatedIdentity(PoolName("123456789012", "acme.svc.id.goog"), "ns/orders/sa/loader", (), {}))
EMAIL = "bq-loader@acme-analytics.iam.gserviceaccount.com"
ACCOUNT = denials.service_account(EMAIL, ["projects/123456789012", "organizations/777777777777"])
ALONE = denials.service_account(EMAIL)
GROUP = "principalSet://goog/group/admins@acme.example"
OF_PROJECT = "principalSet://cloudresourcemanager.googleapis.com/projects/123456789012/type/ServiceAccount"
OTHERS = "principalSet://cloudresourcemanager.googleapis.com/projects/210987654321/type/ServiceAccount"
POD_POOL = HOME.replace("aws-prod", "acme.svc.id.goog")


@pytest.mark.parametrize(
    ("identifier", "principal", "included"),
    [
        (f"principal://{HOME}/subject/{ROLE}/job", WORKLOAD, True),
        (f"principalSet://{HOME}/attribute.aws_role/{ROLE}", WORKLOAD, True),
        (f"principalSet://{HOME}/group/writers", WORKLOAD, True),
        (f"principalSet://{HOME}/*", WORKLOAD, True),
        ("principalSet://goog/public:all", WORKLOAD, True),
        (f"principalSet://{HOME}/attribute.aws_role/{ROLE}-2", WORKLOAD, False),
        (f"principalSet://{HOME.replace('aws-prod', 'other')}/*", WORKLOAD, False),
        (f"deleted:principal://{HOME}/subject/{ROLE}/job?uid=1", WORKLOAD, False),
        ("principal://goog/subject/alice@acme.example", WORKLOAD, False),
        (OF_PROJECT, WORKLOAD, False),
        (GROUP, WORKLOAD, None),
        ("principalSet://goog/cloudIdentityCustomerId/C01Abc35", WORKLOAD, None),
        ("principalSet://goog/of-a-new-kind", WORKLOAD, None),
        (f"principalSet://{HOME}/attribute.aws_role/{ROLE}", denials.federated(IDENTITY, mapped=False), True),
        (f"principalSet://{HOME}/attribute.team/data", denials.federated(IDENTITY, mapped=False), None),
        (f"principalSet://{POD_POOL}/namespace/orders", POD, True),
        (f"principal://{POD_POOL}/kubernetes.serviceaccount.uid/1", POD, None),
        (f"principal://iam.googleapis.com/projects/-/serviceAccounts/{EMAIL}", ACCOUNT, True),
        (OF_PROJECT, ACCOUNT, True),
        (OTHERS, ACCOUNT, False),
        (OF_PROJECT, ALONE, None),
        (f"principalSet://{HOME}/*", ACCOUNT, False),
        (GROUP, denials.user("operator@acme.example"), None),
    ],
)
def test_an_identifier_includes_a_principal_or_not_or_it_is_not_known(
    identifier: str, principal: denials.Principal, included: bool | None
) -> None:
    assert denials.includes(identifier, principal) is included


@pytest.mark.parametrize(
    ("pattern", "covered"),
    [
        ("bigquery.googleapis.com/jobs.create", True),
        ("bigquery.googleapis.com/jobs.*", True),
        ("bigquery.googleapis.com/*.create", True),
        ("bigquery.googleapis.com/*.*", True),
        ("bigquery.googleapis.com/*", True),
        ("bigquery.googleapis.com/jobs.get", False),
        ("bigquerydatatransfer.googleapis.com/jobs.create", False),
        ("bigquery.jobs.create", False),
    ],
)
def test_a_permission_of_a_policy_covers_those_that_it_names(pattern: str, covered: bool) -> None:
    assert denials.covers(pattern, "bigquery.jobs.create") is covered


def test_the_permissions_of_resource_manager_have_another_host() -> None:
    assert denials.covers("cloudresourcemanager.googleapis.com/projects.get", "resourcemanager.projects.get")


DENIES = {"deniedPrincipals": [f"principalSet://{HOME}/*"], "deniedPermissions": ["bigquery.googleapis.com/jobs.*"]}


@pytest.mark.parametrize(
    ("more", "denied"),
    [
        ({}, True),
        ({"deniedPrincipals": [f"principal://{HOME}/subject/other"]}, False),
        ({"deniedPrincipals": [GROUP]}, None),
        ({"deniedPrincipals": [GROUP, f"principalSet://{HOME}/*"]}, True),
        ({"exceptionPrincipals": [f"principalSet://{HOME}/attribute.aws_role/{ROLE}"]}, False),
        ({"exceptionPrincipals": [GROUP]}, None),
        ({"deniedPermissions": ["bigquery.googleapis.com/tables.*"]}, False),
        ({"exceptionPermissions": ["bigquery.googleapis.com/jobs.create"]}, False),
        ({"exceptionPermissions": ["bigquery.googleapis.com/jobs.create"], "deniedPrincipals": [GROUP]}, False),
        ({"denialCondition": {"expression": "resource.matchTag('777777777777/env', 'prod')"}}, None),
        ({"denialCondition": {"title": "none"}}, True),
    ],
)
def test_a_deny_rule_denies_or_not_or_it_is_not_known(more: dict[str, Any], denied: bool | None) -> None:
    assert denials.denied_by({**DENIES, **more}, WORKLOAD, "bigquery.jobs.create") is denied


ACCESS = {
    "effect": "DENY",
    "principals": [f"principalSet://{HOME}/*"],
    "operation": {"permissions": ["bigquery.googleapis.com/jobs.create"]},
}


@pytest.mark.parametrize(
    ("more", "denied"),
    [
        ({}, True),
        ({"effect": "ALLOW"}, False),
        ({"excludedPrincipals": [f"principalSet://{HOME}/group/writers"]}, False),
        ({"operation": {}}, False),
        ({"conditions": {"iam.googleapis.com": {"expression": "true"}}}, None),
    ],
)
def test_a_rule_of_a_unified_access_policy_denies_or_not_or_it_is_not_known(
    more: dict[str, Any], denied: bool | None
) -> None:
    assert denials.denied_by_access_rule({**ACCESS, **more}, WORKLOAD, "bigquery.jobs.create") is denied


@pytest.mark.parametrize(
    ("version", "permission", "blocks"),
    [
        ("1", "bigquery.jobs.create", False),
        ("2", "bigquery.jobs.create", True),
        ("latest", "bigquery.jobs.create", True),
        ("", "iam.serviceAccounts.getAccessToken", True),
        ("2", "iam.serviceAccounts.getAccessToken", False),
        ("3", "iam.serviceAccounts.getAccessToken", True),
        ("4", "spanner.databases.select", None),
    ],
)
def test_a_boundary_blocks_permissions_by_its_enforcement_version(
    version: str, permission: str, blocks: bool | None
) -> None:
    assert denials.can_block({"details": {"enforcementVersion": version}}, permission) is blocks


def test_a_boundary_includes_what_is_in_its_resources() -> None:
    resources = ["//cloudresourcemanager.googleapis.com/folders/888888888888"]
    policy = {"details": {"rules": [{"effect": "ALLOW", "resources": resources}]}}
    assert denials.is_inside(policy, ["projects/acme-analytics", "folders/888888888888"])
    assert not denials.is_inside(policy, ["projects/acme-analytics", "folders/999999999999"])
    assert not denials.is_inside({}, ["projects/acme-analytics"])
