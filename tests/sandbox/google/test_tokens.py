"""Every call checks its bearer token, its scopes, its quota project, and whether the API is on."""

from typing import Any

import pytest
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.credentials import Credentials

from tests.sandbox.clients import GCLOUD

PROJECT = "/cloudresourcemanager/v1/projects/acme-analytics"
EXPECTED = (
    "Expected OAuth 2 access token, login cookie or other valid authentication credential. "
    "See https://developers.google.com/identity/sign-in/web/devconsole-project."
)


def test_a_call_without_a_token_is_unauthenticated(google: Any) -> None:
    answer = google("GET", PROJECT, headers={"authorization": None})
    assert answer.status_code == 401
    assert answer.json()["error"]["status"] == "UNAUTHENTICATED"


def test_an_unknown_token_is_refused_in_googles_words(google: Any) -> None:
    answer = google("GET", PROJECT, headers={"authorization": "Bearer ya29.unknown"})
    assert answer.status_code == 401
    text = f"Request had invalid authentication credentials. {EXPECTED}"
    place = {"location": "Authorization", "locationType": "header"}
    assert answer.json()["error"] == {
        "code": 401,
        "message": text,
        "errors": [{"message": text, "domain": "global", "reason": "authError", **place}],
        "status": "UNAUTHENTICATED",
    }


def test_an_expired_token_is_refused(cloud: Any) -> None:
    token = cloud.token("user:reader@acme.example")
    assert cloud("GET", PROJECT, token=token, headers=GCLOUD).status == 200
    cloud.clock.advance(3600)
    assert cloud("GET", PROJECT, token=token).status == 401


def test_a_token_of_another_scope_is_refused(cloud: Any) -> None:
    token = cloud.token("user:reader@acme.example", "https://www.googleapis.com/auth/iam")
    answer = cloud("GET", PROJECT, token=token)
    assert (answer.status, answer.body["error"]["status"]) == (403, "PERMISSION_DENIED")
    assert answer.body["error"]["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    assert cloud("GET", "/iam/v1/projects/acme-analytics/serviceAccounts", token=token, headers=GCLOUD).status == 200


def test_a_disabled_service_accounts_token_stops_working(cloud: Any) -> None:
    email = "nightly-load@acme-analytics.iam.gserviceaccount.com"
    token = cloud.token(f"serviceAccount:{email}")
    bare = {"x-goog-user-project": ""}
    assert cloud("GET", PROJECT, token=token, headers=bare).status == 403
    cloud("POST", f"/iam/v1/projects/-/serviceAccounts/{email}:disable")
    assert cloud("GET", PROJECT, token=token, headers=bare).status == 401


def test_a_user_without_a_quota_project_is_charged_to_gclouds_own_and_refused(google: Any) -> None:
    answer = google("GET", PROJECT, headers={"x-goog-user-project": None})
    assert answer.status_code == 403
    info = answer.json()["error"]["details"][0]
    assert info["reason"] == "SERVICE_DISABLED"
    assert info["metadata"] == {
        "consumer": "projects/764086051850",
        "service": "cloudresourcemanager.googleapis.com",
    }


@pytest.mark.parametrize(("quota_project", "status"), [("acme-analytics", 200), (None, 403)])
def test_googles_auth_library_sends_the_quota_project_of_its_credentials(
    google: Any, quota_project: str | None, status: int
) -> None:
    with AuthorizedSession(Credentials(google.token, quota_project_id=quota_project)) as session:
        assert session.get(google.base + PROJECT, timeout=10).status_code == status


def test_gcloud_itself_needs_no_quota_project(google: Any) -> None:
    agent = "google-cloud-sdk gcloud/528.0.0 command/gcloud.projects.describe"
    answer = google("GET", PROJECT, headers={"x-goog-user-project": None, "user-agent": agent})
    assert answer.status_code == 200


@pytest.mark.parametrize("named", ["acme-elsewhere", "no-such-project"])
def test_a_quota_project_that_the_caller_may_not_use_is_refused(google: Any, named: str) -> None:
    answer = google("GET", PROJECT, headers={"x-goog-user-project": named})
    assert answer.status_code == 403
    assert answer.json()["error"]["details"][0]["reason"] == "USER_PROJECT_DENIED"


def test_an_api_that_is_off_is_refused_in_googles_words(cloud: Any) -> None:
    cloud.world.projects.find("acme-analytics").enabled.discard("iam.googleapis.com")
    answer = cloud("GET", "/iam/v1/projects/acme-analytics/serviceAccounts")
    assert answer.status == 403
    text = (
        "Identity and Access Management (IAM) API has not been used in project 123456789012 before or it is "
        "disabled. Enable it by visiting https://console.developers.google.com/apis/api/iam.googleapis.com/"
        "overview?project=123456789012 then retry. If you enabled this API recently, wait a few minutes for "
        "the action to propagate to our systems and retry."
    )
    help_page = "https://console.developers.google.com"
    entry = {"message": text, "domain": "usageLimits", "reason": "accessNotConfigured", "extendedHelp": help_page}
    assert answer.body == {
        "error": {
            "code": 403,
            "message": text,
            "errors": [entry],
            "status": "PERMISSION_DENIED",
            "details": [
                {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": "SERVICE_DISABLED",
                    "domain": "googleapis.com",
                    "metadata": {"service": "iam.googleapis.com", "consumer": "projects/123456789012"},
                }
            ],
        }
    }


def test_without_a_quota_project_the_resources_own_project_must_have_the_api_on(cloud: Any) -> None:
    answer = cloud("GET", "/cloudresourcemanager/v1/projects/acme-elsewhere", headers=GCLOUD)
    assert answer.body["error"]["details"][0]["metadata"]["consumer"] == "projects/210987654321"


def test_a_foreign_host_header_is_refused(google: Any) -> None:
    assert google("GET", PROJECT, headers={"host": "attacker.example"}).status_code == 501
    port = google.base.rpartition(":")[2]
    assert google("GET", PROJECT, headers={"host": f"localhost:{port}"}).status_code == 200


def test_what_the_sandbox_lacks_is_said_in_one_sentence(google: Any) -> None:
    for path, lacking in (
        ("/iam/v1/nothing", "GET /v1/nothing of iam.googleapis.com"),
        ("/nothing/v1/nothing", "nothing.googleapis.com"),
    ):
        answer = google("GET", path)
        said = answer.json()["error"]["message"]
        assert (answer.status_code, said) == (501, f"the sandbox has no {lacking}; nothing left this machine")


def test_a_body_that_is_not_json_is_an_invalid_argument(google: Any) -> None:
    answer = google.session.post(
        f"{google.base}{PROJECT}:getIamPolicy",
        data=b"{",
        headers={"authorization": f"Bearer {google.token}", "x-goog-user-project": "acme-analytics"},
        timeout=10,
    )
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
