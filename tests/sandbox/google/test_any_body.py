"""Whatever comes in, an answer comes out: a body with one wrong value in it is refused or taken; nothing crashes."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

PROJECT = "/cloudresourcemanager/v1/projects/acme-analytics"
ACCOUNTS = "/iam/v1/projects/acme-analytics/serviceAccounts"
ACCOUNT = f"{ACCOUNTS}/nightly-load@acme-analytics.iam.gserviceaccount.com"
POOLS = "/iam/v1/projects/acme-analytics/locations/global/workloadIdentityPools"
SERVICES = "/serviceusage/v1/projects/acme-analytics/services"
CONDITION = {"title": "t", "expression": "request.time < timestamp('2030-01-01T00:00:00Z')"}
BINDING = {"role": "roles/bigquery.jobUser", "members": ["user:a@acme.example"], "condition": CONDITION}
POLICY = {"policy": {"version": 3, "etag": "", "bindings": [BINDING]}}
PROVIDER = {
    "displayName": "d",
    "disabled": False,
    "attributeMapping": {"google.subject": "assertion.arn"},
    "attributeCondition": "true",
    "aws": {"accountId": "111122223333"},
}
GOOD = {
    "setIamPolicy of a project": ("POST", f"{PROJECT}:setIamPolicy", POLICY),
    "setIamPolicy of an account": ("POST", f"{ACCOUNT}:setIamPolicy", POLICY),
    "getIamPolicy": ("POST", f"{PROJECT}:getIamPolicy", {"options": {"requestedPolicyVersion": 3}}),
    "testIamPermissions": ("POST", f"{PROJECT}:testIamPermissions", {"permissions": ["bigquery.jobs.create"]}),
    "testIamPermissions of an account": ("POST", f"{ACCOUNT}:testIamPermissions", {"permissions": ["a.b.c"]}),
    "create an account": (
        "POST",
        ACCOUNTS,
        {"accountId": "wif-loader", "serviceAccount": {"displayName": "d", "description": "e"}},
    ),
    "patch an account": ("PATCH", ACCOUNT, {"serviceAccount": {"displayName": "d"}, "updateMask": "displayName"}),
    "grantable roles": (
        "POST",
        "/iam/v1/roles:queryGrantableRoles",
        {"fullResourceName": "//x/projects/y", "view": "FULL", "pageSize": 3},
    ),
    "batchEnable": ("POST", f"{SERVICES}:batchEnable", {"serviceIds": ["sts.googleapis.com"]}),
    "create a pool": ("POST", f"{POOLS}?workloadIdentityPoolId=new-pool", {"displayName": "d", "description": "e"}),
    "create a provider": ("POST", f"{POOLS}/aws-prod/providers?workloadIdentityPoolProviderId=new-one", PROVIDER),
    "patch a pool": ("PATCH", f"{POOLS}/aws-prod?updateMask=disabled,displayName", {"disabled": True}),
    "make a token": (
        "POST",
        ACCOUNT.replace("/iam/", "/iamcredentials/").replace("acme-analytics/s", "-/s") + ":generateAccessToken",
        {"scope": ["https://www.googleapis.com/auth/cloud-platform"], "lifetime": "3600s", "delegates": []},
    ),
    "dry run": ("POST", "/bigquery/bigquery/v2/projects/acme-analytics/queries", {"query": "SELECT 1", "dryRun": True}),
    "dry job": (
        "POST",
        "/bigquery/bigquery/v2/projects/acme-analytics/jobs",
        {"configuration": {"dryRun": True, "query": {"query": "SELECT 1"}}},
    ),
}
WRONG: tuple[Any, ...] = (None, True, 7, -1.5, "", "x", "é" * 300, [], [None], [[1]], {}, {"x": 1})
ANSWERS = {200, 400, 403, 404, 409, 501}


def mutations(document: Any) -> Iterator[Any]:
    """The document with each of its values, at any depth, replaced by each wrong one; and the wrong ones themselves."""
    yield from WRONG
    if isinstance(document, dict | list):
        for key in document if isinstance(document, dict) else range(len(document)):
            for other in mutations(document[key]):
                changed = deepcopy(document)
                changed[key] = other
                yield changed


@pytest.mark.parametrize("name", GOOD)
def test_a_wrong_value_anywhere_in_a_body_is_answered(cloud: Any, name: str) -> None:
    method, url, body = GOOD[name]
    for changed in mutations(body):
        answer = cloud(method, url, changed)
        assert answer.status in ANSWERS, changed


@pytest.mark.parametrize("key", ["pageSize", "pageToken", "filter", "query", "options.requestedPolicyVersion", "view"])
@pytest.mark.parametrize("value", ["", "-1", "x", "99999999999", "ZnJvbSAtMQ==", "%00", "é", "state:", "*:*"])
def test_a_wrong_query_parameter_is_answered(cloud: Any, key: str, value: str) -> None:
    for url in (ACCOUNTS, POOLS, SERVICES, "/iam/v1/roles", PROJECT.rpartition("/")[0]):
        assert cloud("GET", f"{url}?{key}={value}").status in ANSWERS
    assert cloud("POST", f"{ACCOUNT}:getIamPolicy?{key}={value}").status in ANSWERS
