"""What every call may say in its query, and what no call may."""

from typing import Any

import pytest

from tests.sandbox.clients import Google
from wizard.sandbox.google.apis import MOUNTS

ACCOUNTS = "/iam/v1/projects/acme-analytics/serviceAccounts"
ONE = f"{ACCOUNTS}/nightly-load@acme-analytics.iam.gserviceaccount.com"
PROJECT = "/cloudresourcemanager/v1/projects/acme-analytics"
SERVICES = "/serviceusage/v1/projects/acme-analytics/services"
POOLS = "/iam/v1/projects/acme-analytics/locations/global/workloadIdentityPools"
CLUSTERS = "/container/v1/projects/acme-analytics/locations/-/clusters"
EMAIL = "nightly-load@acme-analytics.iam.gserviceaccount.com"


def unknown(name: str) -> str:
    return (
        f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter. '
        f"Field '{name}' could not be found in request message."
    )


@pytest.mark.parametrize("path", [ONE, PROJECT, SERVICES, POOLS, f"{POOLS}/aws-prod", "/iam/v1/roles", CLUSTERS])
@pytest.mark.parametrize("name", ["nonsense", "Alt", "update_masks"])
def test_an_unknown_parameter_is_refused_in_googles_words(cloud: Any, path: str, name: str) -> None:
    text = unknown(name)
    assert cloud("GET", f"{path}?{name}=1").body == {
        "error": {
            "code": 400,
            "message": text,
            "errors": [{"message": text, "reason": "invalid"}],
            "status": "INVALID_ARGUMENT",
            "details": [
                {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{"description": text}]}
            ],
        }
    }


def test_a_parameter_of_another_method_is_unknown(cloud: Any) -> None:
    assert cloud("GET", f"{POOLS}/aws-prod?updateMask=disabled").status == 400
    assert cloud("PATCH", f"{POOLS}/aws-prod?updateMask=displayName", {"displayName": "AWS"}).status == 200


@pytest.mark.parametrize("mask", ["updateMask=displayName", "update_mask=display_name"])
def test_both_spellings_of_a_parameter_are_taken(cloud: Any, mask: str) -> None:
    cloud("PATCH", f"{POOLS}/aws-prod?{mask}", {"displayName": "AWS"})
    assert cloud("GET", f"{POOLS}/aws-prod").body["displayName"] == "AWS"


@pytest.mark.parametrize(
    "query",
    [
        "alt=json",
        "%24alt=json%3Benum-encoding%3Dint",
        "alt=json&prettyPrint=false",
        "key=AIzaSy&quotaUser=me&uploadType=media&upload_protocol=raw",
        "%24.xgafv=1&callback=f&userIp=127.0.0.1",
    ],
)
def test_standard_parameters_are_taken_everywhere(cloud: Any, query: str) -> None:
    for path in (ONE, PROJECT, SERVICES, POOLS):
        assert cloud("GET", f"{path}?{query}").status == 200


def test_a_format_that_nobody_has_is_refused_and_one_that_the_sandbox_lacks_is_said_to_be(cloud: Any) -> None:
    assert cloud("GET", f"{ONE}?alt=xml").status == 400
    lacking = cloud("GET", f"{ONE}?alt=proto")
    assert lacking.status == 501
    assert "the sandbox has no answer in the format proto" in lacking.body["error"]["message"]


def test_the_token_may_be_in_the_query(cloud: Any) -> None:
    without = {"authorization": ""}
    assert cloud("GET", f"{ONE}?access_token={cloud.operator}", headers=without).status == 200
    assert cloud("GET", ONE, headers=without).status == 401


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ("email", {"email": EMAIL}),
        ("email,projectId", {"email": EMAIL, "projectId": "acme-analytics"}),
        ("display_name", {"displayName": "Nightly load"}),
        ("nothing", {}),
        ("email/sub", {"email": EMAIL}),
    ],
)
def test_fields_select_what_is_answered(cloud: Any, fields: str, shown: Any) -> None:
    assert cloud("GET", f"{ONE}?fields={fields}").body == shown
    assert cloud("GET", f"{ONE}?%24fields={fields}").body == shown
    assert cloud("GET", ONE, headers={"x-goog-fieldmask": fields}).body == shown


@pytest.mark.parametrize("fields", ["services/name,nextPageToken", "services(name),nextPageToken", "services.name"])
def test_fields_select_inside_lists(cloud: Any, fields: str) -> None:
    shown = cloud("GET", f"{SERVICES}?filter=state:ENABLED&pageSize=2&fields={fields}").body
    assert {tuple(each) for each in shown["services"]} == {("name",)}
    assert ("nextPageToken" in shown) == ("nextPageToken" in fields)


def test_a_star_stands_for_any_field(cloud: Any) -> None:
    assert cloud("GET", f"{ONE}?fields=*").body == cloud("GET", ONE).body
    configs = cloud("GET", f"{SERVICES}?pageSize=1&fields=services/config/*").body["services"]
    assert set(configs[0]) == {"config"}
    assert cloud("GET", f"{SERVICES}?fields=services(name,config(title))&pageSize=1").body["services"][0].keys() == {
        "name",
        "config",
    }


@pytest.mark.parametrize("fields", ["a(", "a)", "(a)", "a/", ",", "a b!", "a((b))"])
def test_a_selection_that_cannot_be_read_is_refused(cloud: Any, fields: str) -> None:
    answer = cloud("GET", f"{ONE}?fields={fields}")
    assert (answer.status, answer.body["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_errors_are_answered_in_full(cloud: Any) -> None:
    assert "message" in cloud("GET", f"{ACCOUNTS}/none@x.iam.gserviceaccount.com?fields=email").body["error"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (ACCOUNTS, {"accountId": "wif-loader", "nonsense": 1}),
        (f"{ONE}:setIamPolicy", {"policy": {}, "nonsense": 1}),
        (f"{PROJECT}:getIamPolicy", {"nonsense": 1}),
        (f"{PROJECT}:testIamPermissions", {"permissions": [], "nonsense": 1}),
        (f"{SERVICES}:batchEnable", {"serviceIds": ["sts.googleapis.com"], "nonsense": 1}),
    ],
)
def test_an_unknown_field_of_a_body_is_refused_in_googles_words(cloud: Any, path: str, body: Any) -> None:
    error = cloud("POST", path, body).body["error"]
    assert error["message"] == 'Invalid JSON payload received. Unknown name "nonsense": Cannot find field.'
    assert error["errors"] == [{"message": error["message"], "reason": "invalid"}]


def test_an_unknown_field_inside_a_provider_is_refused_with_its_place(cloud: Any) -> None:
    path = f"{POOLS}/aws-prod/providers?workloadIdentityPoolProviderId=aws-one"
    error = cloud("POST", path, {"aws": {"accountId": "111122223333", "nonsense": 1}}).body["error"]
    place = "workload_identity_pool_provider.aws"
    assert error["message"].endswith(f"Unknown name \"nonsense\" at '{place}': Cannot find field.")
    assert error["details"][0]["fieldViolations"] == [{"field": place, "description": error["message"]}]


@pytest.mark.parametrize("path", [f"{POOLS}//providers/aws", "/iam/v1/projects//serviceAccounts", f"{ACCOUNTS}//keys"])
def test_a_name_with_an_empty_part_is_invalid(cloud: Any, path: str) -> None:
    answer = cloud("GET", path)
    assert (answer.status, answer.body["error"]["message"]) == (400, "Request contains an invalid argument.")


@pytest.mark.parametrize("prefix", [mount.prefix for mount in MOUNTS])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_method_that_the_sandbox_lacks_is_said_to_be_lacking(cloud: Any, prefix: str, method: str) -> None:
    for path in ("/", "/v1", "/v9/projects/acme-analytics/nonsense", "/v1/projects/acme-analytics:nonsense"):
        answer = cloud(method, f"/{prefix}{path}")
        assert answer.status == 501
        assert answer.body["error"]["message"].startswith(f"the sandbox has no {method} {path} of ")
        assert "errors" not in answer.body["error"]


@pytest.mark.parametrize(("query", "lines"), [("", True), ("?prettyPrint=false", False)])
def test_answers_are_printed_over_several_lines_unless_asked_otherwise(google: Google, query: str, lines: bool) -> None:
    assert ("\n" in google("GET", f"{PROJECT}{query}").text) == lines
