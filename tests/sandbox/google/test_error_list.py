"""The list of errors in the envelope: which APIs have it, and what it says."""

from typing import Any

import pytest

from tests.sandbox.clients import GCLOUD
from wizard.sandbox.faults import Fault, Faults

PROJECT = "/cloudresourcemanager/v1/projects/acme-analytics"
GONE = "gone@acme-analytics.iam.gserviceaccount.com"
ACCOUNT = f"/iam/v1/projects/acme-analytics/serviceAccounts/{GONE}"
TOKEN = f"/iamcredentials/v1/projects/-/serviceAccounts/{GONE}:generateAccessToken"


@pytest.mark.parametrize(
    ("method", "path", "body", "reason"),
    [
        ("GET", ACCOUNT, None, "notFound"),
        ("GET", "/cloudresourcemanager/v1/projects/never-existed", None, "forbidden"),
        ("POST", "/iam/v1/projects/acme-analytics/serviceAccounts", {"accountId": "nightly-load"}, "alreadyExists"),
        ("POST", "/iam/v1/projects/acme-analytics/serviceAccounts", {"accountId": "x"}, "badRequest"),
        ("POST", f"{PROJECT}:setIamPolicy", {"policy": {"etag": "BwYAAAAAAAA="}}, "aborted"),
        ("GET", "/serviceusage/v1/projects/acme-analytics/services/no.example", None, "forbidden"),
    ],
)
def test_the_older_apis_say_the_reason_in_a_list(cloud: Any, method: str, path: str, body: Any, reason: str) -> None:
    error = cloud(method, path, body).body["error"]
    assert error["errors"] == [{"message": error["message"], "domain": "global", "reason": reason}]
    assert list(error)[:4] == ["code", "message", "errors", "status"]


def test_a_quota_that_is_used_up_has_its_own_reason(cloud: Any) -> None:
    cloud.world.faults = Faults([Fault("cloudresourcemanager.googleapis.com", "*", 429, message="Quota exceeded")])
    error = cloud("GET", PROJECT).body["error"]
    assert error["errors"] == [{"message": "Quota exceeded", "domain": "global", "reason": "rateLimitExceeded"}]


def test_the_newer_apis_have_no_list(cloud: Any) -> None:
    error = cloud("POST", TOKEN, {"scope": ["https://www.googleapis.com/auth/cloud-platform"]}).body["error"]
    assert "errors" not in error


def test_a_client_may_ask_for_one_format_or_the_other(cloud: Any) -> None:
    assert "errors" not in cloud("GET", f"{ACCOUNT}?%24.xgafv=2").body["error"]
    body = {"scope": ["https://www.googleapis.com/auth/cloud-platform"]}
    assert "errors" in cloud("POST", f"{TOKEN}?%24.xgafv=1", body).body["error"]


def test_a_missing_token_has_the_reason_of_one_that_is_required(cloud: Any) -> None:
    error = cloud("GET", PROJECT, headers={"authorization": "", **GCLOUD}).body["error"]
    assert error["errors"][0]["reason"] == "required"
    assert error["errors"][0]["location"] == "Authorization"
