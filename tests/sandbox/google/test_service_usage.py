"""Service Usage: states, switching on and off, operations as recorded."""

import re
from typing import Any

import pytest

from tests.sandbox.clients import GCLOUD, Google
from wizard.sandbox.process import Sandbox

SERVICES = "/serviceusage/v1/projects/acme-analytics/services"
STS = "sts.googleapis.com"
OPERATION = r"operations/acat\.p2-123456789012-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def test_a_service_reads_as_recorded(cloud: Any) -> None:
    shown = cloud("GET", f"{SERVICES}/{STS}").body
    assert set(shown) == {"name", "config", "state", "parent"}
    assert (shown["name"], shown["state"]) == (f"projects/123456789012/services/{STS}", "DISABLED")
    assert shown["config"]["title"] == "Security Token Service API"


def test_enabling_answers_an_operation_that_tells_the_service_when_done(cloud: Any) -> None:
    started = cloud("POST", f"{SERVICES}/{STS}:enable", {}).body
    assert set(started) == {"name"}
    assert re.fullmatch(OPERATION, started["name"])
    done = cloud("GET", f"/serviceusage/v1/{started['name']}").body
    assert done["metadata"] == {"@type": "type.googleapis.com/google.protobuf.Empty"}
    assert done["done"] is True
    assert done["response"]["@type"] == "type.googleapis.com/google.api.serviceusage.v1.EnableServiceResponse"
    assert done["response"]["service"]["state"] == "ENABLED"
    assert cloud("POST", f"{SERVICES}/{STS}:enable", {}).body["done"] is True


def test_an_operation_that_takes_time_is_pending_and_the_service_off_until_it_is_done(scenario_file: Any) -> None:
    with Sandbox(str(scenario_file), ["--operation-time", "300ms"]) as running:
        google = Google(running)
        with google.session:
            name = google("POST", f"{SERVICES}/{STS}:enable", {}).json()["name"]
            pending = google("GET", f"/serviceusage/v1/{name}").json()
            assert pending == {"name": name, "metadata": {"@type": "type.googleapis.com/google.protobuf.Empty"}}
            assert google("GET", f"{SERVICES}/{STS}").json()["state"] == "DISABLED"
            while not google("GET", f"/serviceusage/v1/{name}").json().get("done"):
                pass
            assert google("GET", f"{SERVICES}/{STS}").json()["state"] == "ENABLED"


def test_several_are_enabled_at_once_but_not_more_than_twenty(cloud: Any) -> None:
    started = cloud("POST", f"{SERVICES}:batchEnable", {"serviceIds": [STS, "pubsub.googleapis.com"]}).body
    done = cloud("GET", f"/serviceusage/v1/{started['name']}").body
    assert [each["state"] for each in done["response"]["services"]] == ["ENABLED", "ENABLED"]
    assert cloud("POST", f"{SERVICES}:batchEnable", {"serviceIds": [STS] * 21}).status == 400
    assert cloud("POST", f"{SERVICES}:batchEnable", {"serviceIds": []}).status == 400


def test_a_disabled_service_refuses_calls_again(cloud: Any) -> None:
    cloud("POST", f"{SERVICES}/iam.googleapis.com:disable", {})
    assert cloud("GET", "/iam/v1/projects/acme-analytics/serviceAccounts").status == 403


def test_listing_filters_by_state_and_goes_by_pages(cloud: Any) -> None:
    enabled = cloud("GET", f"{SERVICES}?filter=state:ENABLED").body["services"]
    assert {each["state"] for each in enabled} == {"ENABLED"}
    assert len(enabled) == 5
    page = cloud("GET", f"{SERVICES}?filter=state:ENABLED&pageSize=2").body
    assert (len(page["services"]), bool(page["nextPageToken"])) == (2, True)


def test_a_batch_is_read_in_the_order_asked_for(cloud: Any) -> None:
    names = [f"projects/123456789012/services/{each}" for each in (STS, "iam.googleapis.com")]
    query = "&".join(f"names={name}" for name in names)
    shown = cloud("GET", f"{SERVICES}:batchGet?{query}").body["services"]
    assert [(each["name"], each["state"]) for each in shown] == [(names[0], "DISABLED"), (names[1], "ENABLED")]


def test_services_that_do_not_exist_are_refused(cloud: Any) -> None:
    for method, path in (("GET", f"{SERVICES}/no.example"), ("POST", f"{SERVICES}/no.example:enable")):
        assert cloud(method, path, {} if method == "POST" else None).status == 403
    assert cloud("GET", "/serviceusage/v1/operations/acat.p2-1-2").status == 404


def test_any_service_of_googles_can_be_enabled(cloud: Any) -> None:
    for service in ("privateca.googleapis.com", "autopush-mesh.sandbox.googleapis.com"):
        assert cloud("GET", f"{SERVICES}/{service}").body["state"] == "DISABLED"
        started = cloud("POST", f"{SERVICES}/{service}:enable", {}).body
        assert cloud("GET", f"/serviceusage/v1beta1/{started['name']}").body["done"] is True
        shown = cloud("GET", f"{SERVICES}/{service}").body
        assert (shown["state"], shown["config"]["name"]) == ("ENABLED", service)
    listed = cloud("GET", f"{SERVICES}?filter=state:ENABLED&fields=services/name").body["services"]
    assert {"name": "projects/123456789012/services/privateca.googleapis.com"} in listed


@pytest.mark.parametrize("verb", ["enable", "disable"])
def test_a_change_that_changes_nothing_is_done_and_has_no_response(cloud: Any, verb: str) -> None:
    service = "iam.googleapis.com" if verb == "enable" else "pubsub.googleapis.com"
    done = {"name": "operations/noop.DONE_OPERATION", "done": True}
    assert cloud("POST", f"{SERVICES}/{service}:{verb}", {}).body == done


@pytest.mark.parametrize("names", [["googleapis.com"], ["a_b.googleapis.com", "IAM.googleapis.com"], [7]])
def test_names_that_cannot_be_services_are_refused_together(cloud: Any, names: list[Any]) -> None:
    error = cloud("POST", f"{SERVICES}:batchEnable", {"serviceIds": ["pubsub.googleapis.com", *names]}).body["error"]
    text = ", ".join(map(str, names))
    assert (error["code"], error["status"]) == (403, "PERMISSION_DENIED")
    assert error["message"] == f"Not found or permission denied for service(s): {text}."
    (info,) = error["details"]
    assert (info["reason"], info["metadata"]) == ("SERVICE_CONFIG_NOT_FOUND_OR_PERMISSION_DENIED", {"services": text})
    assert cloud("GET", f"{SERVICES}/pubsub.googleapis.com").body["state"] == "DISABLED"


def test_a_filter_that_is_none_is_refused(cloud: Any) -> None:
    assert cloud("GET", f"{SERVICES}?filter=name:iam").status == 400


def test_pages_lead_through_the_whole_list(cloud: Any) -> None:
    names: list[str] = []
    token = ""
    while True:
        page = cloud("GET", f"{SERVICES}?filter=state:ENABLED&pageSize=2&pageToken={token}").body
        names += [each["name"] for each in page["services"]]
        token = page.get("nextPageToken", "")
        if not token:
            break
    assert len(names) == len(set(names)) == 5


def test_a_services_agent_is_made_at_once_as_recorded(cloud: Any) -> None:
    path = SERVICES.replace("/v1/", "/v1beta1/") + "/spanner.googleapis.com:generateServiceIdentity"
    answer = cloud("POST", path).body
    assert set(answer) == {"name", "done", "response"}
    kind = "type.googleapis.com/google.api.serviceusage.v1beta1.ServiceIdentity"
    email = "service-123456789012@gcp-sa-spanner.iam.gserviceaccount.com"
    assert (answer["response"]["@type"], answer["response"]["email"]) == (kind, email)
    assert len(answer["response"]["uniqueId"]) == 21
    binding = {"role": "roles/cloudkms.cryptoKeyEncrypterDecrypter", "members": [f"serviceAccount:{email}"]}
    assert cloud.bindings(binding).status == 200


def test_enabling_needs_the_permission(cloud: Any) -> None:
    token = cloud.token("user:reader@acme.example")
    answer = cloud("POST", f"{SERVICES}/{STS}:enable", {}, token=token, headers=GCLOUD)
    assert (answer.status, answer.body["error"]["status"]) == (403, "PERMISSION_DENIED")
