"""A Kubernetes service account's token becomes a federated one, if the cluster signed it for its pool, for now."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.google.gke import (
    AUDIENCE,
    AUTOPILOT,
    ISSUER,
    POOL,
    POOL_NAME,
    PROJECT,
    SCORER,
    UID,
    WORLD,
    Gke,
    Keys,
)
from wizard.sandbox.google.errors import OAuthError
from wizard.sandbox.google.exchange import ACCESS_TOKEN, GRANT_TYPE, OIDC_TOKENS, ExchangeRequest
from wizard.sandbox.google.gke_exchange import exchange_gke
from wizard.sandbox.model.clusters import make_workload_pool

RESOURCE_MANAGER = f"cloudresourcemanager/v1/projects/{PROJECT}"
EMAIL = f"scorer@{PROJECT}.iam.gserviceaccount.com"
ACCOUNT = f"iam/v1/projects/{PROJECT}/serviceAccounts/{EMAIL}"
IMPERSONATION = f"iamcredentials/v1/projects/-/serviceAccounts/{EMAIL}:generateAccessToken"
SCOPE = {"scope": ["https://www.googleapis.com/auth/cloud-platform"]}
SPANNER = {"permissions": ["spanner.databases.select"]}
SET = f"principalSet://iam.googleapis.com/{POOL_NAME}"
INVALID_TARGET = (
    'The target service indicated by the "audience" parameters is invalid. This might either be because the pool or '
    "provider is disabled or deleted or because it doesn't exist."
)


@pytest.fixture
async def joined(gke: Gke, keys: Keys) -> Gke:
    """The world with Workload Identity on in its Standard cluster, which has a key."""
    gke.payments.keys = keys
    await gke.switch_on()
    return gke


async def test_the_tokens_subject_is_the_identity_in_the_pool(joined: Gke, keys: Keys) -> None:
    answer = await joined.exchange(keys.sign(joined.claims()))

    assert {**answer.body, "access_token": ""} == {
        "access_token": "",
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "token_type": "Bearer",
        "expires_in": 3600,
    }
    caller = joined.world.tokens.find(answer.body["access_token"])
    assert caller is not None
    assert caller.identity is not None
    assert caller.member == SCORER
    assert caller.identity.attributes == {"kubernetes.cluster": ISSUER, "kubernetes.serviceaccount.uid": UID}


@pytest.mark.parametrize(
    "member",
    [
        SCORER,
        SCORER.replace("subject/ns/anti-fraud/sa/scorer", f"kubernetes.serviceaccount.uid/{UID}"),
        f"{SET}/namespace/anti-fraud",
        f"{SET}/kubernetes.cluster/{ISSUER}",
        f"serviceAccount:{POOL}[anti-fraud/scorer]",
    ],
)
async def test_every_form_of_member_gives_direct_access(joined: Gke, keys: Keys, member: str) -> None:
    token = (await joined.exchange(keys.sign(joined.claims()))).body["access_token"]
    assert await joined.ok("POST", f"{RESOURCE_MANAGER}:testIamPermissions", SPANNER, token) == {}

    await joined.grant(RESOURCE_MANAGER, "roles/spanner.databaseUser", member)
    assert await joined.ok("POST", f"{RESOURCE_MANAGER}:testIamPermissions", SPANNER, token) == SPANNER


@pytest.mark.parametrize(
    "member",
    [
        SCORER.replace("anti-fraud", "checkout"),
        f"{SET}/namespace/checkout",
        f"{SET}/kubernetes.cluster/{ISSUER}-2",
        f"serviceAccount:{POOL}[anti-fraud/default]",
    ],
)
async def test_a_member_that_names_another_gives_nothing(joined: Gke, keys: Keys, member: str) -> None:
    await joined.grant(RESOURCE_MANAGER, "roles/spanner.databaseUser", member)
    token = (await joined.exchange(keys.sign(joined.claims()))).body["access_token"]
    assert await joined.ok("POST", f"{RESOURCE_MANAGER}:testIamPermissions", SPANNER, token) == {}


@pytest.mark.parametrize("member", [SCORER, f"serviceAccount:{POOL}[anti-fraud/scorer]"])
async def test_it_impersonates_the_service_account_that_lets_it(joined: Gke, keys: Keys, member: str) -> None:
    token = (await joined.exchange(keys.sign(joined.claims()))).body["access_token"]
    refused = await joined.refused("POST", IMPERSONATION, SCOPE, token)
    assert refused[2] == "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist)."

    await joined.grant(ACCOUNT, "roles/iam.workloadIdentityUser", member)
    assert await joined.ok("POST", IMPERSONATION, SCOPE, token)


async def test_the_same_names_in_another_cluster_are_the_same_identity(keys: Keys) -> None:
    gke = Gke(WORLD + AUTOPILOT)
    other = gke.world.clusters.find(PROJECT, "asia-northeast1", "automatic")
    other.keys = keys
    issuer = ISSUER.replace("clusters/payments", "clusters/automatic")
    answer = await gke.exchange(keys.sign(gke.claims(iss=issuer)), audience=f"identitynamespace:{POOL}:{issuer}")

    caller = gke.world.tokens.find(answer.body["access_token"])
    assert caller is not None
    assert caller.member == SCORER


async def test_a_cluster_that_has_not_joined_is_no_target(gke: Gke, keys: Keys) -> None:
    gke.payments.keys = keys
    answer = await gke.exchange(keys.sign(gke.claims()))
    assert answer.body == {"error": "invalid_target", "error_description": INVALID_TARGET}


@pytest.mark.parametrize(
    ("audience", "error"),
    [
        (AUDIENCE.replace("clusters/payments", "clusters/none"), "invalid_target"),
        (AUDIENCE.replace(POOL, "acme-elsewhere.svc.id.goog"), "invalid_target"),
        (AUDIENCE.replace("/v1/", "/v1beta1/"), "invalid_request"),
        (f"identitynamespace:{POOL}", "invalid_request"),
    ],
)
async def test_a_wrong_audience_is_refused(joined: Gke, keys: Keys, audience: str, error: str) -> None:
    answer = await joined.exchange(keys.sign(joined.claims()), audience=audience)
    assert (answer.status, answer.body["error"]) == (400, error)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"aud": ["sts.googleapis.com"]}, "The audience in ID Token [sts.googleapis.com] does not match the expected "),
        ({"aud": None}, "The audience in ID Token "),
        ({"exp": 1713264341, "iat": 1713260741}, "ID Token issued at 1713260741 is stale to sign-in."),
        ({"iss": ISSUER + "-2"}, ""),
        ({"exp": None}, ""),
        ({"iat": 10**12, "exp": 10**12 + 1}, ""),
        ({"sub": "system:node:one"}, ""),
        ({"sub": None}, ""),
    ],
)
async def test_a_token_for_another_place_or_time_is_refused(
    joined: Gke, keys: Keys, changes: dict[str, Any], text: str
) -> None:
    answer = await joined.exchange(keys.sign(joined.claims(**changes)))
    assert (answer.status, answer.body["error"]) == (400, "invalid_grant")
    assert answer.body["error_description"].startswith(text)


async def test_a_token_that_another_key_signed_is_refused(joined: Gke) -> None:
    answer = await joined.exchange(Keys().sign(joined.claims()))
    assert (answer.status, answer.body["error"]) == (400, "invalid_grant")


async def test_another_kind_of_token_is_refused(joined: Gke, keys: Keys) -> None:
    aws = "urn:ietf:params:aws:token-type:aws4_request"
    answer = await joined.exchange(keys.sign(joined.claims()), subject_token_type=aws)
    assert (answer.status, answer.body["error"]) == (400, "invalid_request")


async def test_tokens_stop_with_the_pool_that_they_are_of(joined: Gke, keys: Keys) -> None:
    token = (await joined.exchange(keys.sign(joined.claims()))).body["access_token"]
    joined.payments.project.pools[POOL].fields["disabled"] = True

    assert (await joined.answer("POST", f"{RESOURCE_MANAGER}:testIamPermissions", SPANNER, token)).status == 401
    assert (await joined.exchange(keys.sign(joined.claims()))).body["error"] == "invalid_target"


class Whatever:
    """Keys that verify anything, as if the cluster had signed it."""

    def __init__(self, claims: dict[str, Any]) -> None:
        self._claims = claims

    def claims(self, _token: str, /) -> dict[str, Any]:
        """The claims that it was made with."""
        return self._claims


VALUE = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.none() | st.text(max_size=8))
CLAIM = st.sampled_from(["aud", "exp", "iat", "iss", "sub", "kubernetes.io"])
ANY = Gke()
ANY.payments.workload_pool = POOL
make_workload_pool(ANY.payments.project)


@given(changes=st.dictionaries(CLAIM, VALUE | st.dictionaries(st.just("serviceaccount"), VALUE)))
def test_whatever_the_claims_are_there_is_a_decision(changes: dict[str, Any]) -> None:
    ANY.payments.keys = Whatever(ANY.claims(**changes))
    asked = ExchangeRequest(GRANT_TYPE, AUDIENCE, "openid", ACCESS_TOKEN, OIDC_TOKENS[0], "token")
    try:
        caller = exchange_gke(ANY.world, asked)
    except OAuthError as refusal:
        assert refusal.status == 400
    else:
        assert caller.member == SCORER
