"""Workload identity pools and providers: shapes as recorded from the API, and its rules."""

import asyncio
import re
from typing import Any

import pytest

from tests.sandbox.google.federation import ACCOUNT, AUDIENCE, NUMBER, POOL, PROJECT, Federation
from wizard.sandbox.google.calls import Request
from wizard.sandbox.model.world import Settings

POOLS = f"iam/v1/projects/{PROJECT}/locations/global/workloadIdentityPools"
PROVIDERS = f"{POOLS}/aws-prod/providers"
PROVIDER = f"{POOL}/providers/aws-{ACCOUNT}"
AWS = {"aws": {"accountId": ACCOUNT}}


def test_a_pool_is_created_with_the_projects_id_and_answered_with_its_number(no_pools: Federation) -> None:
    started = no_pools.ok("POST", f"{POOLS}?workloadIdentityPoolId=aws-prod", {"displayName": "AWS", "disabled": False})

    assert list(started) == ["name"]
    assert re.fullmatch(rf"{POOL}/operations/[a-z0-9]{{32}}", started["name"])
    assert no_pools.ok("GET", f"iam/v1/{started['name']}") == {"name": started["name"], "done": True}
    assert no_pools.ok("GET", f"{POOLS}/aws-prod") == {"name": POOL, "displayName": "AWS", "state": "ACTIVE"}


def test_a_provider_is_shown_in_iams_order_of_keys(no_pools: Federation) -> None:
    mapping = {"google.subject": "assertion.arn", "attribute.account": "assertion.account"}
    no_pools.provide(attributeMapping=mapping, attributeCondition=f"assertion.account=='{ACCOUNT}'", description="d")

    shown = no_pools.ok("GET", f"iam/v1/{PROVIDER}")

    assert list(shown) == ["name", "description", "state", "attributeMapping", "attributeCondition", "aws"]
    assert shown["name"] == PROVIDER
    assert shown["attributeMapping"] == mapping


def test_an_oidc_provider_goes_through_the_recorded_life(no_pools: Federation) -> None:
    no_pools.ok("POST", f"{POOLS}?workloadIdentityPoolId=sample", {})
    path = f"{POOLS}/sample/providers/sample-provider"
    body: dict[str, Any] = {
        "attributeMapping": {"google.subject": "assertion.sub"},
        "name": path.removeprefix("iam/v1/"),
        "oidc": {"allowedAudiences": ["sample-audience"], "issuerUri": "https://example.com/"},
    }
    no_pools.ok("POST", f"{POOLS}/sample/providers?workloadIdentityPoolProviderId=sample-provider", body)
    body["oidc"] = {"allowedAudiences": ["sample-audience", "new"], "issuerUri": "https://new-example.com/"}
    no_pools.ok("PATCH", f"{path}?updateMask=oidc.allowedAudiences%2Coidc.issuer_uri", body)

    shown = no_pools.ok("GET", path)

    assert list(shown) == ["name", "state", "attributeMapping", "oidc"]
    assert shown["oidc"] == {"allowedAudiences": ["sample-audience", "new"], "issuerUri": "https://new-example.com/"}


@pytest.mark.parametrize("source", [{"saml": {"idpMetadataXml": "<xml/>"}}, {"x509": {"trustStore": {}}}])
def test_providers_of_other_types_are_stored(no_pools: Federation, source: dict[str, Any]) -> None:
    no_pools.ok("POST", f"{POOLS}?workloadIdentityPoolId=sample", {})
    path = f"{POOLS}/sample/providers"
    mapping = {"google.subject": "assertion.subject"}
    no_pools.ok("POST", f"{path}?workloadIdentityPoolProviderId=another", {**source, "attributeMapping": mapping})
    assert no_pools.ok("GET", f"{path}/another").items() >= source.items()


def test_a_pool_of_a_trust_domain_takes_no_providers(no_pools: Federation) -> None:
    no_pools.ok("POST", f"{POOLS}?workloadIdentityPoolId=sample", {"mode": "TRUST_DOMAIN"})
    refusal = no_pools.request("POST", f"{POOLS}/sample/providers?workloadIdentityPoolProviderId=another", AWS)
    assert refusal.status == 400


def test_deleted_pools_keep_their_id_for_thirty_days_and_can_come_back(federation: Federation) -> None:
    federation.ok("DELETE", f"{POOLS}/aws-prod")

    shown = federation.ok("GET", f"{POOLS}/aws-prod")
    assert shown == {"name": POOL, "state": "DELETED", "expireTime": "2026-02-01T03:04:05Z"}
    assert federation.ok("GET", POOLS) == {}
    assert federation.ok("GET", f"{POOLS}?showDeleted=True") == {"workloadIdentityPools": [shown]}
    again = federation.request("POST", f"{POOLS}?workloadIdentityPoolId=aws-prod", {})
    assert (again.status, again.body["error"]["message"]) == (409, "Requested entity already exists")
    federation.ok("POST", f"{POOLS}/aws-prod:undelete", {})
    assert federation.ok("GET", f"{POOLS}/aws-prod")["state"] == "ACTIVE"
    assert federation.ok("GET", PROVIDERS)["workloadIdentityPoolProviders"][0]["name"] == PROVIDER

    federation.ok("DELETE", f"{POOLS}/aws-prod")
    federation.pass_time(days=30)
    assert federation.request("GET", f"{POOLS}/aws-prod").status == 404
    federation.ok("POST", f"{POOLS}?workloadIdentityPoolId=aws-prod", {})


def test_deleted_providers_keep_their_id_for_thirty_days_and_can_come_back(federation: Federation) -> None:
    federation.ok("DELETE", f"iam/v1/{PROVIDER}")

    assert federation.ok("GET", f"iam/v1/{PROVIDER}")["state"] == "DELETED"
    assert federation.ok("GET", f"{PROVIDERS}?showDeleted=False") == {}
    again = federation.request("POST", f"{PROVIDERS}?workloadIdentityPoolProviderId=aws-{ACCOUNT}", AWS)
    assert (again.status, again.body["error"]["status"]) == (409, "ALREADY_EXISTS")
    federation.ok("POST", f"iam/v1/{PROVIDER}:undelete", {})
    assert federation.ok("GET", f"iam/v1/{PROVIDER}")["state"] == "ACTIVE"

    federation.ok("DELETE", f"iam/v1/{PROVIDER}")
    federation.pass_time(days=31)
    assert federation.request("GET", f"iam/v1/{PROVIDER}").status == 404


@pytest.mark.parametrize("name", [f"iam/v1/{POOL}", f"iam/v1/{PROVIDER}"], ids=["pool", "provider"])
def test_what_is_deleted_is_not_changed_and_what_is_not_is_not_undeleted(federation: Federation, name: str) -> None:
    assert federation.request("POST", f"{name}:undelete", {}).status == 400
    federation.ok("DELETE", name)

    for method, path in (("PATCH", f"{name}?updateMask=disabled"), ("DELETE", name)):
        refusal = federation.request(method, path, {"disabled": True} if method == "PATCH" else None)
        assert (refusal.status, refusal.body["error"]["status"]) == (400, "FAILED_PRECONDITION")


def test_no_provider_goes_into_a_deleted_pool(federation: Federation) -> None:
    federation.ok("DELETE", f"{POOLS}/aws-prod")

    assert federation.request("POST", f"{PROVIDERS}?workloadIdentityPoolProviderId=another", AWS).status == 400


def test_a_patch_sets_what_its_mask_names_and_clears_what_the_body_lacks(federation: Federation) -> None:
    federation.ok(
        "PATCH", f"{POOLS}/aws-prod?updateMask=displayName,description", {"displayName": "a", "description": "b"}
    )
    federation.ok(
        "PATCH", f"{POOLS}/aws-prod?updateMask=description,disabled", {"displayName": "ignored", "disabled": True}
    )
    federation.ok("PATCH", f"iam/v1/{PROVIDER}?updateMask=aws.accountId", {"aws": {"accountId": "444455556666"}})

    pool = federation.ok("GET", f"{POOLS}/aws-prod")
    assert pool == {"name": POOL, "displayName": "a", "state": "ACTIVE", "disabled": True}
    assert federation.ok("GET", f"iam/v1/{PROVIDER}")["aws"] == {"accountId": "444455556666"}


def test_lists_come_a_page_at_a_time(no_pools: Federation) -> None:
    for index in range(5):
        no_pools.ok("POST", f"{POOLS}?workloadIdentityPoolId=pool-{index}", {})

    names, token = [], ""
    while True:
        page = no_pools.ok("GET", f"{POOLS}?pageSize=2&pageToken={token}")
        names += [pool["name"].rpartition("/")[2] for pool in page["workloadIdentityPools"]]
        token = page.get("nextPageToken", "")
        if not token:
            break

    assert names == [f"pool-{index}" for index in range(5)]
    assert len(no_pools.ok("GET", f"{POOLS}?pageSize=5000")["workloadIdentityPools"]) == 5
    for bad in ("pageSize=-1", "pageSize=x", "pageToken=x", "pageToken=bm9uZQ=="):
        assert no_pools.request("GET", f"{POOLS}?{bad}").status == 400


@pytest.mark.parametrize("pool_id", ["", "abc", "a" * 33, "Capital", "under_score", "gcp-mine", "ümlaut"])
def test_pool_and_provider_ids_have_rules(federation: Federation, pool_id: str) -> None:
    for path in (f"{POOLS}?workloadIdentityPoolId={pool_id}", f"{PROVIDERS}?workloadIdentityPoolProviderId={pool_id}"):
        refusal = federation.request("POST", path, AWS if "Provider" in path else {})
        assert (refusal.status, refusal.body["error"]["status"]) == (400, "INVALID_ARGUMENT")


LONG_NAME = "display name must be less than or equal to 32 characters"
BAD_KEY = (
    "Invalid mapped attribute key: assertion.aud. Custom mapped attributes must be in format "
    "'attribute.{custom_attribute}'"
)


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({**AWS, "displayName": "x" * 33}, LONG_NAME),
        ({**AWS, "description": "x" * 257}, ""),
        ({**AWS, "disabled": "yes"}, ""),
        ({**AWS, "colour": "blue"}, ""),
        ({}, ""),
        ({"aws": {}}, ""),
        ({"aws": {"accountId": "1111-2222-3333"}}, ""),
        ({**AWS, "oidc": {"issuerUri": "https://example.com"}}, ""),
        ({"oidc": {"issuerUri": "https://example.com"}}, ""),
        ({"oidc": {"issuerUri": "http://example.com"}, "attributeMapping": {"google.subject": "assertion.sub"}}, ""),
        ({**AWS, "attributeMapping": {"assertion.aud": "assertion.arn"}}, BAD_KEY),
        ({**AWS, "attributeMapping": {"google.subject": "assertion.arn", "attribute.Upper": "assertion.arn"}}, ""),
        ({**AWS, "attributeMapping": {"attribute.account": "assertion.account"}}, ""),
        ({**AWS, "attributeMapping": {"google.subject": 7}}, ""),
        ({**AWS, "attributeMapping": {"google.subject": "assertion.arn +"}}, ""),
        ({**AWS, "attributeMapping": {"google.subject": "'" + "x" * 2048 + "'"}}, ""),
        ({**AWS, "attributeCondition": "assertion.account"}, None),
        ({**AWS, "attributeCondition": "assertion.account ="}, ""),
        ({**AWS, "attributeCondition": "true || '" + "x" * 4096 + "' == ''"}, ""),
        (
            {**AWS, "attributeMapping": {"google.subject": "'x'", **{f"attribute.a{n}": "'x'" for n in range(51)}}},
            "",
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_providers_have_rules(federation: Federation, document: dict[str, Any], text: str | None) -> None:
    refusal = federation.request("POST", f"{PROVIDERS}?workloadIdentityPoolProviderId=another", document)

    if text is None:  # its type is known only when it is evaluated
        assert refusal.status == 200
        return
    assert (refusal.status, refusal.body["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert refusal.body["error"]["message"] == (text or refusal.body["error"]["message"])
    assert federation.request("GET", f"{PROVIDERS}/another").status == 404


@pytest.mark.parametrize(
    ("mask", "document"),
    [
        ("", {"disabled": True}),
        ("state", {"state": "DELETED"}),
        ("aws,oidc", {"oidc": {"issuerUri": "https://example.com"}}),
        ("oidc", {"oidc": {"issuerUri": "https://example.com"}}),
        ("aws", {}),
        ("attributeMapping", {"attributeMapping": {"google.subject": "nonsense("}}),
        ("displayName", {"displayName": "x" * 33}),
    ],
)
def test_a_patch_that_breaks_a_rule_changes_nothing(
    federation: Federation, mask: str, document: dict[str, Any]
) -> None:
    before = federation.ok("GET", f"iam/v1/{PROVIDER}")

    assert federation.request("PATCH", f"iam/v1/{PROVIDER}?updateMask={mask}", document).status == 400
    assert federation.ok("GET", f"iam/v1/{PROVIDER}") == before


def test_the_mode_of_a_pool_is_immutable(no_pools: Federation) -> None:
    no_pools.ok("POST", f"{POOLS}?workloadIdentityPoolId=aws-prod", {"mode": "FEDERATION_ONLY"})

    refusal = no_pools.request("PATCH", f"{POOLS}/aws-prod?updateMask=mode", {"mode": "TRUST_DOMAIN"})

    assert (refusal.status, refusal.body["error"]["message"]) == (400, "Attempted to update an immutable field.")


def test_whoever_lacks_the_permission_is_told_which_one(federation: Federation) -> None:
    stranger = federation.login("user:stranger@acme.example")

    refusal = federation.request("POST", f"{POOLS}?workloadIdentityPoolId=more", {}, token=stranger)

    assert refusal.status == 403
    assert refusal.body["error"]["message"] == (
        "Permission 'iam.workloadIdentityPools.create' denied on resource "
        f"'//iam.googleapis.com/projects/{PROJECT}/locations/global' (or it may not exist)."
    )
    for method, path, permission in (
        ("GET", POOLS, "iam.workloadIdentityPools.list"),
        ("GET", f"{POOLS}/aws-prod", "iam.workloadIdentityPools.get"),
        ("PATCH", f"{POOLS}/aws-prod?updateMask=disabled", "iam.workloadIdentityPools.update"),
        ("DELETE", f"{POOLS}/nowhere", "iam.workloadIdentityPools.delete"),
        ("POST", f"{POOLS}/aws-prod:undelete", "iam.workloadIdentityPools.undelete"),
        ("POST", PROVIDERS, "iam.workloadIdentityPoolProviders.create"),
        ("GET", PROVIDERS, "iam.workloadIdentityPoolProviders.list"),
        ("GET", f"iam/v1/{PROVIDER}", "iam.workloadIdentityPoolProviders.get"),
        ("PATCH", f"iam/v1/{PROVIDER}?updateMask=disabled", "iam.workloadIdentityPoolProviders.update"),
        ("DELETE", f"iam/v1/{PROVIDER}", "iam.workloadIdentityPoolProviders.delete"),
        ("POST", f"iam/v1/{PROVIDER}:undelete", "iam.workloadIdentityPoolProviders.undelete"),
    ):
        refusal = federation.request(method, path, token=stranger)
        assert refusal.status == 403
        assert refusal.body["error"]["details"][0]["metadata"]["permission"] == permission


def test_an_administrator_of_pools_needs_no_other_role(no_pools: Federation) -> None:
    no_pools.grant("roles/iam.workloadIdentityPoolAdmin", "user:admin@acme.example")
    admin = no_pools.login("user:admin@acme.example")

    no_pools.ok("POST", f"{POOLS}?workloadIdentityPoolId=aws-prod", {}, token=admin)
    no_pools.ok("POST", f"{PROVIDERS}?workloadIdentityPoolProviderId=aws-{ACCOUNT}", AWS, token=admin)
    no_pools.ok("PATCH", f"{PROVIDERS}/aws-{ACCOUNT}?updateMask=disabled", {"disabled": True}, token=admin)
    no_pools.ok("DELETE", f"{POOLS}/aws-prod", token=admin)
    no_pools.ok("POST", f"{POOLS}/aws-prod:undelete", {}, token=admin)


def test_while_the_pool_is_being_made_it_can_be_read_but_takes_no_provider() -> None:
    no_pools = Federation(settings=Settings(operation=0.05))
    head = {"authorization": f"Bearer {no_pools.operator}", "content-type": "application/json"}

    async def life() -> tuple[list[Any], int]:
        async def ask(method: str, path: str, body: bytes = b"", **query: str) -> Any:
            listed = {key: [value] for key, value in query.items()}
            return await no_pools.gateway.answer("iam", Request(method, f"/v1/{path}", listed, head, body))

        parent = POOL.rpartition("/")[0]
        started = await ask("POST", parent, b"{}", workloadIdentityPoolId="aws-prod")
        assert (await ask("GET", POOL)).body["state"] == "ACTIVE"
        create = f'{{"aws": {{"accountId": "{ACCOUNT}"}}}}'.encode()
        early = await ask("POST", f"{POOL}/providers", create, workloadIdentityPoolProviderId="early")
        polls = [(await ask("GET", started.body["name"])).body]
        while "done" not in polls[-1]:
            await asyncio.sleep(0)
            polls.append((await ask("GET", started.body["name"])).body)
        late = await ask("POST", f"{POOL}/providers", create, workloadIdentityPoolProviderId="late")
        assert late.status == 200
        return [polls[0], polls[-1]], early.status

    (first, last), early = asyncio.run(life())
    assert early == 404
    assert list(first) == ["name"]
    assert last == {"name": first["name"], "done": True}


@pytest.mark.parametrize(
    "path",
    [
        f"{POOLS}/nowhere",
        f"{PROVIDERS}/nowhere",
        f"{POOLS}/nowhere/providers",
        f"{POOLS}/aws-prod/operations/none",
        f"iam/v1/{PROVIDER}/operations/none",
    ],
)
def test_what_is_not_there_is_not_found(federation: Federation, path: str) -> None:
    assert federation.request("GET", path).status == 404


def test_pools_are_global(no_pools: Federation) -> None:
    assert (
        no_pools.request("GET", f"iam/v1/projects/{NUMBER}/locations/europe-west1/workloadIdentityPools").status == 400
    )


def test_the_audience_of_these_tests_is_the_providers_full_name() -> None:
    assert f"//iam.googleapis.com/{PROVIDER}" == AUDIENCE
