"""BigQuery's dry run and datasets, and the information about tokens."""

from typing import Any

import pytest

from tests.sandbox.google.federation import PROJECT, Federation
from wizard.sandbox.model.projects import Dataset

PATH = f"bigquery/bigquery/v2/projects/{PROJECT}"
QUERY = {"query": "SELECT 1", "useLegacySql": False}
DENIED = f"Access Denied: Project {PROJECT}: User does not have bigquery.jobs.create permission in project {PROJECT}."


@pytest.fixture
def stranger(no_pools: Federation) -> str:
    """The token of somebody without any role; the project has the dataset sales."""
    no_pools.project.datasets["sales"] = Dataset("sales", "asia-northeast1")
    return no_pools.login("user:stranger@acme.example")


def test_a_dry_run_answers_without_running(no_pools: Federation) -> None:
    query = no_pools.ok("POST", f"{PATH}/queries", {**QUERY, "dryRun": True})
    job = no_pools.ok("POST", f"{PATH}/jobs", {"configuration": {"query": QUERY, "dryRun": True}})

    assert (query["kind"], query["totalBytesProcessed"]) == ("bigquery#queryResponse", "0")
    assert (job["kind"], job["status"], job["configuration"]["dryRun"]) == ("bigquery#job", {"state": "DONE"}, True)


@pytest.mark.parametrize("method", ["queries", "jobs"])
def test_without_the_role_the_refusal_has_bigquerys_shape(no_pools: Federation, stranger: str, method: str) -> None:
    answer = no_pools.request("POST", f"{PATH}/{method}", {**QUERY, "dryRun": True}, token=stranger)

    assert (answer.status, answer.body["error"]) == (
        403,
        {
            "code": 403,
            "message": DENIED,
            "errors": [{"message": DENIED, "domain": "global", "reason": "accessDenied"}],
            "status": "PERMISSION_DENIED",
        },
    )


@pytest.mark.parametrize(
    ("method", "body", "status"),
    [
        ("queries", QUERY, 501),
        ("queries", {"dryRun": True}, 400),
        ("queries", {"dryRun": True, "query": " "}, 400),
        ("jobs", {"configuration": {"query": QUERY}}, 501),
        ("jobs", {"configuration": {"load": {}, "dryRun": True}}, 400),
        ("jobs", {"configuration": "x"}, 400),
        ("jobs", {}, 400),
    ],
    ids=str,
)
def test_nothing_but_a_dry_run_of_a_query_is_done(no_pools: Federation, method: str, body: Any, status: int) -> None:
    assert no_pools.request("POST", f"{PATH}/{method}", body).status == status


def test_the_api_must_be_on(no_pools: Federation) -> None:
    no_pools.project.enabled.discard("bigquery.googleapis.com")

    answer = no_pools.request("POST", f"{PATH}/queries", {**QUERY, "dryRun": True})

    assert answer.body["error"]["details"][0]["reason"] == "SERVICE_DISABLED"


def test_datasets_are_listed_for_those_who_may_see_them(no_pools: Federation, stranger: str) -> None:
    listed = no_pools.ok("GET", f"{PATH}/datasets")

    assert [each["datasetReference"]["datasetId"] for each in listed["datasets"]] == ["sales"]
    one = no_pools.ok("GET", f"{PATH}/datasets/sales")
    assert one == {**listed["datasets"][0], "etag": one["etag"], "access": []}
    assert no_pools.ok("GET", f"{PATH}/datasets", token=stranger) == {"kind": "bigquery#datasetList"}
    denied = no_pools.request("GET", f"{PATH}/datasets/sales", token=stranger)
    assert (denied.status, denied.body["error"]["errors"][0]["reason"]) == (403, "accessDenied")
    missing = no_pools.request("GET", f"{PATH}/datasets/other")
    assert (missing.status, missing.body["error"]["errors"][0]["reason"]) == (404, "notFound")


def test_token_info_tells_whose_token_it_is(federation: Federation) -> None:
    info = federation.ok("GET", f"oauth2/tokeninfo?access_token={federation.operator}", token=None)
    posted = federation.ok("POST", "oauth2/tokeninfo", f"access_token={federation.operator}".encode(), token=None)
    federated = federation.ok("GET", f"oauth2/tokeninfo?access_token={federation.federated()}", token=None)

    assert info == posted
    assert (info["email"], info["expires_in"]) == ("operator@acme.example", "86400")
    assert "email" not in federated


@pytest.mark.parametrize("query", ["", "?access_token=", "?access_token=unknown"])
def test_an_unknown_token_is_invalid(no_pools: Federation, query: str) -> None:
    answer = no_pools.request("GET", f"oauth2/tokeninfo{query}", token=None)

    assert (answer.status, answer.body["error"]) == (400, "invalid_token")


@pytest.mark.parametrize(
    ("table_id", "named", "status", "message"),
    [
        ("t", "t", 404, f"Not found: Table {PROJECT}:sales.t"),
        (
            *(f"{PROJECT}:sales.t", "t", 400),
            f"Value t in content does not agree with value {PROJECT}:sales.t. This can happen when a value set "
            "through a parameter is inconsistent with a value set in the request.",
        ),
    ],
)
def test_an_update_of_a_table_is_refused_as_recorded(
    no_pools: Federation, stranger: str, table_id: str, named: str, status: int, message: str
) -> None:
    path = f"{PATH}/datasets/sales/tables/{table_id}"
    answer = no_pools.request("PUT", path, {"tableReference": {"tableId": named}})

    assert (answer.status, answer.body["error"]["message"]) == (status, message)
    assert no_pools.request("PUT", path, {}, token=stranger).status == 403
