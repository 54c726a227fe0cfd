"""Which mappings and conditions of providers IAM stores, and the policy of a pool."""

import pytest

from tests.sandbox.google.federation import PROJECT, Federation

POOLS = f"iam/v1/projects/{PROJECT}/locations/global/workloadIdentityPools"


@pytest.mark.parametrize("expression", ["true", "assertion.sub", "1", "['a']", "{'a': 1}"])
def test_a_mapped_expression_may_be_of_any_type(no_pools: Federation, expression: str) -> None:
    no_pools.ok("POST", f"{POOLS}?workloadIdentityPoolId=sample", {})
    path = f"{POOLS}/sample/providers"
    body = {"attributeMapping": {"google.subject": expression}, "oidc": {"issuerUri": "https://example.com/"}}
    no_pools.ok("POST", f"{path}?workloadIdentityPoolProviderId=sample-provider", body)
    shown = no_pools.ok("GET", f"{path}/sample-provider")
    assert shown["attributeMapping"] == {"google.subject": expression}


@pytest.mark.parametrize("expression", ["", "assertion.", "nothing", "assertion.sub +", "'a' + 1", "a" * 2049])
def test_a_mapped_expression_that_is_not_cel_is_refused(no_pools: Federation, expression: str) -> None:
    no_pools.ok("POST", f"{POOLS}?workloadIdentityPoolId=sample", {})
    body = {"attributeMapping": {"google.subject": expression}, "oidc": {"issuerUri": "https://example.com/"}}
    answer = no_pools.request("POST", f"{POOLS}/sample/providers?workloadIdentityPoolProviderId=sample-one", body)
    assert (answer.status, answer.body["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_a_subject_that_is_no_text_is_refused_by_the_token_service(no_pools: Federation) -> None:
    no_pools.provide(attributeMapping={"google.subject": "true"})
    answer = no_pools.exchange()
    assert (answer.status, answer.body["error"]) == (400, "invalid_request")


GITHUB = {"issuerUri": "https://token.actions.githubusercontent.com"}


@pytest.mark.parametrize("condition", ["", "true", "'assertion.sub' == 'assertion.sub'", "'a' != \"google.subject\""])
def test_an_issuer_that_everybody_shares_needs_a_condition_that_names_a_claim(
    no_pools: Federation, condition: str
) -> None:
    no_pools.ok("POST", f"{POOLS}?workloadIdentityPoolId=sample", {})
    path = f"{POOLS}/sample/providers?workloadIdentityPoolProviderId=github"
    body = {"oidc": GITHUB, "attributeMapping": {"google.subject": "assertion.sub"}, "attributeCondition": condition}
    text = "The attribute condition must reference one of the provider's claims."
    assert no_pools.request("POST", path, body).body["error"]["message"] == text
    no_pools.ok("POST", path, {**body, "attributeCondition": "assertion.repository_owner == 'acme'"})
    answer = no_pools.request("PATCH", f"{POOLS}/sample/providers/github?updateMask=attributeCondition", {})
    assert answer.body["error"]["message"] == text


def test_a_pool_has_a_policy_of_its_own(no_pools: Federation) -> None:
    no_pools.ok("POST", f"{POOLS}?workloadIdentityPoolId=sample", {})
    assert no_pools.ok("POST", f"{POOLS}/sample:getIamPolicy") == {"etag": "ACAB"}
    binding = {"role": "roles/iam.workloadIdentityPoolAdmin", "members": ["user:a@acme.example"]}
    set_again = no_pools.ok("POST", f"{POOLS}/sample:setIamPolicy", {"policy": {"bindings": [binding]}})
    assert set_again["bindings"] == [binding]
    ask = {"permissions": ["iam.workloadIdentityPools.update", "iam.workloadIdentityPools.create"]}
    token = no_pools.login("user:a@acme.example")
    assert no_pools.ok("POST", f"{POOLS}/sample:testIamPermissions", ask, token=token) == ask
