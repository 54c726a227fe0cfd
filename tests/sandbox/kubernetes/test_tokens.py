"""Tokens of Kubernetes service accounts: what is in them, how long they are good, and who takes them."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from tests.sandbox.kubernetes.world import POOL, Kube
from wizard.sandbox.kubernetes.signing_key import SigningKey

ISSUER = "https://container.googleapis.com/v1/projects/acme-payments/locations/asia-northeast1/clusters/payments"
SCORER = "/api/v1/namespaces/anti-fraud/serviceaccounts/scorer"
SELF = "/apis/authentication.k8s.io/v1/selfsubjectreviews"


def part(token: str, index: int) -> Any:
    """One part of a JWT."""
    return json.loads(raw(token.split(".")[index]))


def raw(text: str) -> bytes:
    """Base64 for URLs, without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


async def request(kube: Kube, **spec: Any) -> Any:
    """The answer to a TokenRequest."""
    return await kube.ok("POST", f"{SCORER}/token", {"spec": spec})


async def test_a_token_says_whose_it_is_and_for_whom(kube: Kube) -> None:
    answer = await request(kube, audiences=[POOL], expirationSeconds=1200)
    token = answer["status"]["token"]
    account = await kube.ok("GET", SCORER)
    claims = part(token, 1)
    assert claims["exp"] - claims["iat"] == 1200
    assert claims["nbf"] == claims["iat"]
    assert {name: claims[name] for name in ("aud", "iss", "sub", "kubernetes.io")} == {
        "aud": [POOL],
        "iss": ISSUER,
        "sub": "system:serviceaccount:anti-fraud:scorer",
        "kubernetes.io": {
            "namespace": "anti-fraud",
            "serviceaccount": {"name": "scorer", "uid": account["metadata"]["uid"]},
        },
    }


async def test_the_published_key_verifies_it(kube: Kube) -> None:
    token = (await request(kube))["status"]["token"]
    document = await kube.ok("GET", "/.well-known/openid-configuration")
    assert (document["issuer"], document["jwks_uri"]) == (ISSUER, f"{ISSUER}/jwks")
    [key] = (await kube.ok("GET", "/openid/v1/jwks"))["keys"]
    assert part(token, 0) == {"alg": "RS256", "kid": key["kid"]}
    modulus, exponent = (int.from_bytes(raw(key[name]), "big") for name in ("n", "e"))
    head, _, signature = token.rpartition(".")
    public = RSAPublicNumbers(exponent, modulus).public_key()
    public.verify(raw(signature), head.encode(), PKCS1v15(), SHA256())


@pytest.mark.parametrize(("seconds", "status"), [(599, 422), (600, 201), ((1 << 32) + 1, 422), ("x", 400), (True, 400)])
async def test_a_token_lasts_ten_minutes_at_least(kube: Kube, seconds: Any, status: int) -> None:
    reply = await kube("POST", f"{SCORER}/token", {"spec": {"expirationSeconds": seconds}})
    assert reply.status == status


async def test_a_token_of_nobody_is_not_given(kube: Kube) -> None:
    url = "/api/v1/namespaces/anti-fraud/serviceaccounts/ghost/token"
    assert await kube.refused("POST", url, {}) == (404, "NotFound", 'serviceaccounts "ghost" not found')


async def test_the_api_server_takes_tokens_that_are_for_it(kube: Kube) -> None:
    for spec, status in (({}, 201), ({"audiences": [ISSUER, POOL]}, 201), ({"audiences": [POOL]}, 401)):
        token = (await request(kube, **spec))["status"]["token"]
        assert (await kube("POST", SELF, {}, token=token)).status == status


async def test_a_token_ends_with_its_account(kube: Kube) -> None:
    token = (await request(kube))["status"]["token"]
    await kube.ok("DELETE", SCORER)
    await kube.ok("POST", SCORER.rpartition("/")[0], {"metadata": {"name": "scorer"}})
    assert (await kube("POST", SELF, {}, token=token)).status == 401


async def test_a_token_bound_to_a_pod_ends_with_it(kube: Kube) -> None:
    pods = "/api/v1/namespaces/anti-fraud/pods"
    pod = (await kube.ok("GET", pods))["items"][0]["metadata"]["name"]
    bound = {"kind": "Pod", "apiVersion": "v1", "name": pod}
    token = (await request(kube, boundObjectRef=bound))["status"]["token"]
    assert part(token, 1)["kubernetes.io"]["pod"]["name"] == pod
    assert (await kube("POST", SELF, {}, token=token)).status == 201
    await kube.ok("DELETE", f"{pods}/{pod}")
    assert (await kube("POST", SELF, {}, token=token)).status == 401
    missing = {"spec": {"boundObjectRef": bound}}
    assert (await kube.refused("POST", f"{SCORER}/token", missing))[:2] == (404, "NotFound")


def test_only_the_keys_own_signature_is_taken() -> None:
    key, other = SigningKey(), SigningKey()
    token = key.sign({"sub": "me"})
    assert key.claims(token) == {"sub": "me"}
    head, claims, signature = token.split(".")
    forged = base64.urlsafe_b64encode(b'{"sub":"you"}').decode().rstrip("=")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": key.id}).encode()).decode().rstrip("=")
    for wrong in (f"{head}.{forged}.{signature}", f"{none}.{claims}.", f"{head}.{claims}.", "a.b", "", "ä.ö.ü"):
        with pytest.raises(ValueError):
            key.claims(wrong)
    with pytest.raises(ValueError, match="not signed with this key"):
        other.claims(token)
