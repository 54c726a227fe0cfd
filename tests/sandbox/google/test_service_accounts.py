"""Service accounts over REST, in the shapes that were recorded from the real API."""

from typing import Any

import pytest

from tests.sandbox.clients import GCLOUD
from wizard.sandbox.model.world import Settings

ALL = "/iam/v1/projects/acme-analytics/serviceAccounts"
OLD = "nightly-load@acme-analytics.iam.gserviceaccount.com"
NEW = "wif-loader@acme-analytics.iam.gserviceaccount.com"

RECORDED_CREATION = {
    "displayName": "Test Service Account Full",
    "description": "A test service account with all fields. This tests the description field.",
    "email": "gsa-${uniqueId}@${projectId}.iam.gserviceaccount.com",
    "etag": "abcdef0123A=",
    "name": "projects/${projectId}/serviceAccounts/gsa-${uniqueId}@${projectId}.iam.gserviceaccount.com",
    "oauth2ClientId": "888888888888888888888",
    "projectId": "${projectId}",
    "uniqueId": "111111111111111111111",
}


def create(cloud: Any, account_id: str = "wif-loader", **fields: str) -> Any:
    return cloud("POST", ALL, {"accountId": account_id, "serviceAccount": fields})


def test_a_creation_answers_as_recorded(cloud: Any) -> None:
    shown = create(cloud, displayName="Loader", description="Loads").body
    assert sorted(shown) == sorted(RECORDED_CREATION)
    assert shown["name"] == f"projects/acme-analytics/serviceAccounts/{NEW}"
    assert len(shown["uniqueId"]) == len(RECORDED_CREATION["uniqueId"])
    assert "displayName" not in create(cloud, "wif-bare").body


def test_a_new_account_comes_and_goes_as_recorded_and_then_stays(cloud: Any) -> None:
    before = cloud("GET", f"{ALL}/{NEW}")
    assert (before.status, before.body["error"]["message"]) == (404, "Unknown service account")
    create(cloud)
    answers = [cloud("GET", f"{ALL}/{NEW}") for _ in range(6)]
    assert [each.status for each in answers] == [404, 200, 404, 200, 200, 200]
    text = f"Service account projects/acme-analytics/serviceAccounts/{NEW} does not exist."
    assert answers[0].body["error"] == {
        "code": 404,
        "message": text,
        "errors": [{"message": text, "domain": "global", "reason": "notFound"}],
        "status": "NOT_FOUND",
    }
    again = create(cloud)
    text = "Service account wif-loader already exists within project projects/acme-analytics."
    assert again.status == 409
    assert again.body["error"] == {
        "code": 409,
        "message": text,
        "errors": [{"message": text, "domain": "global", "reason": "alreadyExists"}],
        "status": "ALREADY_EXISTS",
    }


def test_new_accounts_show_every_recorded_sequence(cloud: Any) -> None:
    shown = set()
    for index in range(6):
        create(cloud, f"wif-{index:04}")
        address = f"{ALL}/wif-{index:04}@acme-analytics.iam.gserviceaccount.com"
        shown.add(tuple(cloud("GET", address).status for _ in range(7)))
    recorded = [
        *([404, 200, 200], [404, 200, 404, 200], [200, 404, 200, 200], [200, 404, 200, 404, 404, 200]),
        *([404, 200, 404, 404, 200], [200, 404, 200, 404, 200]),
    ]
    assert shown == {(*each, *[200] * (7 - len(each))) for each in recorded}


@pytest.mark.parametrize("settings", [Settings(steady=True)])
def test_a_steady_sandbox_shows_a_new_account_at_once(cloud: Any) -> None:
    create(cloud)
    assert [cloud("GET", f"{ALL}/{NEW}").status for _ in range(4)] == [200] * 4


@pytest.mark.parametrize("account_id", ["short", "a" * 31, "Upper-case", "1-digit-first", "ends-with-", ""])
def test_an_id_that_breaks_the_rules_is_refused(cloud: Any, account_id: str) -> None:
    assert create(cloud, account_id).status == 400


@pytest.mark.parametrize(("field", "limit"), [("displayName", 100), ("description", 256)])
def test_texts_are_limited_in_bytes(cloud: Any, field: str, limit: int) -> None:
    assert create(cloud, **{field: "é" * (limit // 2)}).status == 200
    assert create(cloud, "wif-other", **{field: "é" * (limit // 2) + "e"}).status == 400


def test_a_patch_answers_the_name_and_what_changed(cloud: Any) -> None:
    body = {"serviceAccount": {"displayName": "Two", "etag": "MDEwMjE5MjA="}, "updateMask": "display_name"}
    answer = cloud("PATCH", f"{ALL}/{OLD}", body)
    assert answer.body == {"name": f"projects/acme-analytics/serviceAccounts/{OLD}", "displayName": "Two"}
    assert cloud("GET", f"{ALL}/{OLD}").body["displayName"] == "Two"


def test_a_disabled_account_says_so_and_an_enabled_one_does_not(cloud: Any) -> None:
    assert cloud("POST", f"{ALL}/{OLD}:disable", {}).body == {}
    assert cloud("GET", f"{ALL}/{OLD}").body["disabled"] is True
    assert cloud("POST", f"{ALL}/{OLD}:enable", {}).body == {}
    assert "disabled" not in cloud("GET", f"{ALL}/{OLD}").body


def test_the_wildcard_project_finds_accounts_and_answers_403_for_what_is_none(cloud: Any) -> None:
    wildcard = ALL.replace("acme-analytics", "-")
    shown = cloud("GET", f"{wildcard}/{OLD}").body
    assert shown["email"] == OLD
    assert cloud("GET", f"{wildcard}/{shown['uniqueId']}").body["email"] == OLD
    refused = cloud("GET", f"{wildcard}/nobody@acme-analytics.iam.gserviceaccount.com")
    assert (refused.status, refused.body["error"]["status"]) == (403, "PERMISSION_DENIED")


def test_a_deleted_account_can_be_undeleted_by_its_unique_id(cloud: Any) -> None:
    unique_id = cloud("GET", f"{ALL}/{OLD}").body["uniqueId"]
    assert cloud("DELETE", f"{ALL}/{OLD}").body == {}
    assert cloud("GET", f"{ALL}/{OLD}").status == 404
    assert cloud("POST", f"{ALL}/{unique_id}:undelete", {}).body["restoredAccount"]["email"] == OLD
    assert cloud("GET", f"{ALL}/{OLD}").status == 200


def test_a_new_account_of_a_deleted_ones_name_inherits_nothing(cloud: Any) -> None:
    policy = "/cloudresourcemanager/v1/projects/acme-analytics:getIamPolicy"
    unique_id = cloud("GET", f"{ALL}/{OLD}").body["uniqueId"]
    cloud.bindings({"role": "roles/bigquery.jobUser", "members": [f"serviceAccount:{OLD}"]})
    cloud("DELETE", f"{ALL}/{OLD}")
    create(cloud, "nightly-load")
    (members,) = [each["members"] for each in cloud("POST", policy).body["bindings"] if "jobUser" in each["role"]]
    assert members == [f"deleted:serviceAccount:{OLD}?uid={unique_id}"]
    cloud("DELETE", f"{ALL}/{OLD}")
    cloud("POST", f"{ALL}/{unique_id}:undelete", {})
    (members,) = [each["members"] for each in cloud("POST", policy).body["bindings"] if "jobUser" in each["role"]]
    assert members == [f"serviceAccount:{OLD}"]


def test_listing_goes_by_pages(cloud: Any) -> None:
    for number in range(3):
        create(cloud, f"wif-loader-{number}")
    first = cloud("GET", f"{ALL}?pageSize=3").body
    rest = cloud("GET", f"{ALL}?pageSize=3&pageToken={first['nextPageToken']}").body
    assert [len(first["accounts"]), len(rest["accounts"]), "nextPageToken" in rest] == [3, 1, False]
    assert cloud("GET", f"{ALL}?pageToken=nonsense").status == 400


def test_keys_that_people_made_are_listed(cloud: Any) -> None:
    (key,) = cloud("GET", f"{ALL}/{OLD}/keys").body["keys"]
    assert key["name"].endswith(f"{OLD}/keys/5f0c1d2e3b4a59687766554433221100ffeeddcc")
    assert key["keyType"] == "USER_MANAGED"
    assert cloud("GET", f"{ALL}/{OLD}/keys?keyTypes=SYSTEM_MANAGED").body == {}


def test_a_reader_may_look_and_not_touch(cloud: Any) -> None:
    token = cloud.token("user:reader@acme.example")
    assert cloud("GET", f"{ALL}/{OLD}", token=token, headers=GCLOUD).status == 200
    refused = cloud("POST", ALL, {"accountId": "wif-loader"}, token=token, headers=GCLOUD)
    assert refused.status == 403
    text = "Permission 'iam.serviceAccounts.create' denied on resource (or it may not exist)."
    assert refused.body["error"] == {
        "code": 403,
        "message": text,
        "errors": [{"message": text, "domain": "global", "reason": "forbidden"}],
        "status": "PERMISSION_DENIED",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "IAM_PERMISSION_DENIED",
                "domain": "iam.googleapis.com",
                "metadata": {"permission": "iam.serviceAccounts.create"},
            }
        ],
    }


def test_a_grant_on_one_account_is_for_that_account_only(cloud: Any) -> None:
    create(cloud)
    binding = {"role": "roles/iam.workloadIdentityUser", "members": ["user:a@acme.example"]}
    cloud("POST", f"{ALL}/{OLD}:setIamPolicy", {"policy": {"bindings": [binding]}})
    token = cloud.token("user:a@acme.example")
    ask = {"permissions": ["iam.serviceAccounts.getAccessToken", "iam.serviceAccounts.delete"]}
    mine = cloud("POST", f"{ALL}/{OLD}:testIamPermissions", ask, token=token, headers=GCLOUD)
    other = cloud("POST", f"{ALL}/{NEW}:testIamPermissions", ask, token=token, headers=GCLOUD)
    assert (mine.body, other.body) == ({"permissions": ["iam.serviceAccounts.getAccessToken"]}, {})
