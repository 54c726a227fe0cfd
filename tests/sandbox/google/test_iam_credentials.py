"""Impersonation: who gets a service account's token, and the refusals in Google's words."""

from typing import Any

import pytest

from tests.sandbox.google.federation import LOADER, NUMBER, POOL, PROJECT, ROLE, Federation
from wizard.sandbox.model.callers import CLOUD_PLATFORM
from wizard.sandbox.model.policy import Binding
from wizard.sandbox.model.service_accounts import ServiceAccount

MEMBER = f"principalSet://iam.googleapis.com/{POOL}/attribute.aws_role/{ROLE}"
PATH = f"iamcredentials/v1/projects/-/serviceAccounts/{LOADER}:generateAccessToken"
BODY: dict[str, Any] = {"delegates": None, "scope": [CLOUD_PLATFORM], "lifetime": "3600s"}
DENIED = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist)."


def test_a_federated_caller_becomes_the_service_account(federation: Federation) -> None:
    federation.account(MEMBER)
    federation.grant("roles/bigquery.jobUser", f"serviceAccount:{LOADER}")

    answer = federation.ok("POST", PATH, BODY, token=federation.federated())

    assert list(answer) == ["accessToken", "expireTime"]
    assert answer["expireTime"] == "2026-01-02T04:04:05Z"
    query = {"query": "SELECT 1", "dryRun": True}
    path = f"bigquery/bigquery/v2/projects/{PROJECT}/queries"
    assert federation.request("POST", path, query, token=answer["accessToken"]).status == 200
    federation.pass_time(hours=1)
    assert federation.request("POST", path, query, token=answer["accessToken"]).status == 401


def test_without_the_grant_the_refusal_names_the_permission_only(federation: Federation) -> None:
    federation.account(f"serviceAccount:{LOADER}")

    answer = federation.request("POST", PATH, BODY, token=federation.federated())

    assert answer.status == 403
    assert answer.body["error"] == {
        "code": 403,
        "message": DENIED,
        "status": "PERMISSION_DENIED",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "IAM_PERMISSION_DENIED",
                "domain": "iam.googleapis.com",
                "metadata": {"permission": "iam.serviceAccounts.getAccessToken"},
            }
        ],
    }


def test_a_grant_on_the_project_holds_for_its_accounts_and_ownership_does_not(federation: Federation) -> None:
    federation.account()

    assert federation.request("POST", PATH, BODY).status == 403
    federation.grant("roles/iam.serviceAccountTokenCreator", "user:operator@acme.example")
    assert federation.request("POST", PATH, BODY).status == 200


def test_an_unknown_account_has_no_gaia_id(federation: Federation) -> None:
    answer = federation.request("POST", PATH, BODY, token=federation.federated())

    assert answer.status == 404
    assert answer.body["error"]["message"] == f"Not found; Gaia id not found for email {LOADER}"
    assert answer.body["error"]["status"] == "NOT_FOUND"


def test_the_api_must_be_on_in_the_accounts_project(federation: Federation) -> None:
    federation.account(MEMBER)
    federation.project.enabled.discard("iamcredentials.googleapis.com")

    answer = federation.request("POST", PATH, BODY, token=federation.federated())

    assert answer.status == 403
    assert answer.body["error"]["message"].startswith(
        f"IAM Service Account Credentials API has not been used in project {NUMBER} before or it is disabled. Enable "
        "it by visiting https://console.developers.google.com/apis/api/iamcredentials.googleapis.com/overview"
        f"?project={NUMBER} then retry."
    )
    assert answer.body["error"]["details"][0]["metadata"] == {
        "service": "iamcredentials.googleapis.com",
        "consumer": f"projects/{NUMBER}",
    }


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 200),
        ({"lifetime": None}, 200),
        ({"delegates": []}, 200),
        ({"lifetime": "600s"}, 200),
        ({"lifetime": "3601s"}, 400),
        ({"lifetime": "43200s"}, 400),
        ({"lifetime": "43201s"}, 400),
        ({"lifetime": "0s"}, 400),
        ({"lifetime": "-5s"}, 400),
        ({"lifetime": 3600}, 400),
        ({"lifetime": "1h"}, 400),
        ({"scope": None}, 400),
        ({"scope": []}, 400),
        ({"scope": CLOUD_PLATFORM}, 400),
        ({"delegates": "x"}, 400),
        ({"delegates": ["x"]}, 400),
        ({"delegates": [7]}, 400),
    ],
    ids=str,
)
def test_the_request_has_rules(federation: Federation, change: dict[str, Any], status: int) -> None:
    federation.account(MEMBER)

    answer = federation.request("POST", PATH, {**BODY, **change}, token=federation.federated())

    assert answer.status == status
    assert status == 200 or answer.body["error"]["status"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize("email", [f"'{LOADER}'", f" {LOADER}", "not-an-email", f'{LOADER}"'])
def test_a_malformed_address_is_an_invalid_argument(federation: Federation, email: str) -> None:
    answer = federation.request("POST", PATH.replace(LOADER, email), BODY, token=federation.federated())

    assert (answer.status, answer.body["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_a_disabled_account_gives_no_tokens_and_those_it_gave_stop_working(federation: Federation) -> None:
    account = federation.account(MEMBER)
    token = federation.ok("POST", PATH, BODY, token=federation.federated())["accessToken"]

    account.disabled = True

    assert federation.request("POST", PATH, BODY, token=federation.federated()).status == 400
    assert federation.request("GET", f"oauth2/tokeninfo?access_token={token}", token=None).status == 400


def test_a_chain_of_delegates_needs_each_link(federation: Federation) -> None:
    target = federation.account()
    middle = ServiceAccount(PROJECT, "middle", "100000000000000000002", "MDEwMjE5MjA=")
    federation.project.service_accounts[middle.email] = middle
    body = {**BODY, "delegates": [f"projects/-/serviceAccounts/{middle.email}"]}

    def links(first: str, second: str) -> int:
        creator = "roles/iam.serviceAccountTokenCreator"
        middle.policy.seed((Binding(creator, (first,)),), federation.now)
        target.policy.seed((Binding(creator, (second,)),), federation.now)
        return federation.request("POST", PATH, body, token=federation.federated()).status

    assert links(MEMBER, f"serviceAccount:{middle.email}") == 200
    assert links("user:operator@acme.example", f"serviceAccount:{middle.email}") == 403
    assert links(MEMBER, MEMBER) == 403


def test_a_token_of_the_iam_scope_is_enough_and_one_of_another_is_not(federation: Federation) -> None:
    federation.account(MEMBER)
    iam = federation.exchange(scope="https://www.googleapis.com/auth/iam").body["access_token"]
    storage = federation.exchange(scope="https://www.googleapis.com/auth/devstorage.read_only").body["access_token"]

    assert federation.request("POST", PATH, BODY, token=iam).status == 200
    answer = federation.request("POST", PATH, BODY, token=storage)
    assert answer.body["error"]["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
