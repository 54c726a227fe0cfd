"""Cloud Logging: the audit log of the policies that were set, with the filters that clients send."""

from typing import Any

import pytest

from tests.sandbox.clients import WORLD, Google
from wizard.sandbox.google.log_filter import parsed
from wizard.sandbox.process import Sandbox

ACTIVITY = 'log_id("cloudaudit.googleapis.com/activity")'
EMAIL = "nightly-load@acme-analytics.iam.gserviceaccount.com"
ENTRY: dict[str, Any] = {
    "logName": "projects/acme-analytics/logs/cloudaudit.googleapis.com%2Factivity",
    "timestamp": "2026-11-30T12:00:00.000000Z",
    "resource": {"type": "service_account", "labels": {"email_id": EMAIL}},
    "protoPayload": {"deltas": [{"role": "roles/viewer"}, {"role": "roles/owner"}], "methodName": "SetIAMPolicy"},
}


@pytest.fixture(scope="module")
def google(tmp_path_factory: pytest.TempPathFactory) -> Any:
    file = tmp_path_factory.mktemp("world") / "world.yaml"
    file.write_text(WORLD.replace("    policy:\n", "    - logging.googleapis.com\n    policy:\n", 1), encoding="utf-8")
    with Sandbox(str(file)) as sandbox:
        client = Google(sandbox)
        with client.session:
            yield client


def grant(google: Google, path: str, *bindings: dict[str, Any]) -> None:
    google("POST", f"{path}:setIamPolicy", {"policy": {"bindings": bindings}}).raise_for_status()


def entries(google: Google, text: str = "", **more: Any) -> Any:
    body = {"resourceNames": ["projects/acme-analytics"], "filter": text, **more}
    return google("POST", "/logging/v2/entries:list", body).json()


def test_a_change_of_a_policy_is_an_entry_with_what_changed(google: Google) -> None:
    owner = {"role": "roles/owner", "members": ["user:operator@acme.example"]}
    grant(google, "/cloudresourcemanager/v1/projects/acme-analytics", owner)
    account = f"/iam/v1/projects/acme-analytics/serviceAccounts/{EMAIL}"
    grant(google, account, {"role": "roles/iam.workloadIdentityUser", "members": ["user:reader@acme.example"]})
    removed, added = entries(google, ACTIVITY)["entries"]
    assert removed["protoPayload"]["methodName"] == "SetIamPolicy"
    assert removed["resource"] == {"type": "project", "labels": {"project_id": "acme-analytics"}}
    assert removed["protoPayload"]["serviceData"]["policyDelta"]["bindingDeltas"] == [
        {"action": "REMOVE", "role": "roles/viewer", "member": "user:reader@acme.example"}
    ]
    assert added["protoPayload"]["methodName"] == "google.iam.admin.v1.SetIAMPolicy"
    assert added["resource"]["labels"]["email_id"] == EMAIL
    assert added["protoPayload"]["serviceData"]["policyDelta"]["bindingDeltas"] == [
        {"action": "ADD", "role": "roles/iam.workloadIdentityUser", "member": "user:reader@acme.example"}
    ]
    newest = entries(google, ACTIVITY, orderBy="timestamp desc", pageSize=1)
    assert newest["entries"] == [added]
    assert entries(google, ACTIVITY, orderBy="timestamp desc", pageSize=1, pageToken=newest["nextPageToken"]) == {
        "entries": [removed]
    }


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("", True),
        (ACTIVITY, True),
        ('log_id("cloudaudit.googleapis.com/data_access")', False),
        ('logName="projects/acme-analytics/logs/cloudaudit.googleapis.com%2Factivity"', True),
        ('protoPayload.methodName:"setiampolicy" timestamp >= "2026-11-30T11:59:59Z"', True),
        ('timestamp>="2026-11-30T12:00:01Z" AND severity="NOTICE"', False),
        ('protoPayload.deltas.role="roles/owner"', True),
        ('resource.type=("project" OR "service_account")', True),
        ('resource.type="project" OR resource.labels.email_id="x@y"', False),
        (f'(resource.type="project" OR resource.labels.email_id="{EMAIL}") NOT resource.type="project"', True),
        ('protoPayload.methodName!="SetIAMPolicy"', False),
    ],
)
def test_filters_of_the_logging_query_language(text: str, matches: bool) -> None:
    assert parsed(text)(ENTRY) is matches


@pytest.mark.parametrize("text", ["resource.type=", "(a=b", "AND", 'a="', "a=b)", "a=(b", "a", 'timestamp>="noon"'])
def test_a_filter_that_is_not_one_is_refused(google: Google, text: str) -> None:
    assert entries(google, text)["error"]["status"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize("body", [{}, {"resourceNames": ["datasets/x"]}, {"orderBy": "severity"}, {"resourceNames": 1}])
def test_a_request_that_names_no_logs_is_refused(google: Google, body: dict[str, Any]) -> None:
    wanted = {"resourceNames": ["projects/acme-analytics"], **body} if "orderBy" in body else body
    assert google("POST", "/logging/v2/entries:list", wanted).status_code == 400


def test_without_the_permission_the_logs_are_refused_as_a_whole(google: Google) -> None:
    refused = google("POST", "/logging/v2/entries:list", {"resourceNames": ["projects/acme-elsewhere"]}).json()
    assert (refused["error"]["code"], refused["error"]["message"]) == (403, "Permission denied for all log views")
