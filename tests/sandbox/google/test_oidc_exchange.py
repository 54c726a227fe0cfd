"""A token of an OIDC issuer becomes a federated one, if a key of the issuer signed it for the provider, for now."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

from tests.sandbox.google.federation import POOL, PROJECT, Federation, refused
from wizard.sandbox.kubernetes.signing_key import SigningKey
from wizard.sandbox.model.clusters import Cluster, issuer

ISSUER = "https://issuer.acme.example"
AUDIENCE = f"//iam.googleapis.com/{POOL}/providers/ci-system"
JWT = "urn:ietf:params:oauth:token-type:jwt"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
UNREACHABLE = "Error connecting to the given credential's issuer."


@pytest.fixture(scope="module")
def key() -> SigningKey:
    """The key of the issuer."""
    return SigningKey()


@pytest.fixture(scope="module")
def other_key() -> SigningKey:
    """A key of somebody else."""
    return SigningKey()


def provide(federation: Federation, *, jwks: Any = None, audiences: Any = None, **changes: Any) -> None:
    """The pool with an OIDC provider."""
    oidc: dict[str, Any] = {"issuerUri": ISSUER}
    if jwks is not None:
        oidc["jwksJson"] = jwks if isinstance(jwks, str) else json.dumps(jwks)
    if audiences:
        oidc["allowedAudiences"] = audiences
    mapping = {"google.subject": "assertion.sub", "attribute.team": "assertion.context.team"}
    document = {"oidc": oidc, "attributeMapping": mapping, **changes}
    pools = f"iam/v1/projects/{PROJECT}/locations/global/workloadIdentityPools"
    federation.ok("POST", f"{pools}?workloadIdentityPoolId=aws-prod", {})
    federation.ok("POST", f"iam/v1/{POOL}/providers?workloadIdentityPoolProviderId=ci-system", document)


def claims(federation: Federation, **changes: Any) -> dict[str, Any]:
    """What a good token says, but for the changes."""
    now = int(federation.now.timestamp())
    own = {"iss": ISSUER, "sub": "job-7", "aud": AUDIENCE, "iat": now - 10, "exp": now + 600}
    return {**own, "context": {"team": "data"}, **changes}


def exchange(federation: Federation, token: str, kind: str = JWT) -> Any:
    return federation.exchange(audience=AUDIENCE, subject_token=token, subject_token_type=kind)


@pytest.mark.parametrize("kind", [JWT, ID_TOKEN])
@pytest.mark.parametrize("audience", [AUDIENCE, f"https:{AUDIENCE}", ["other", AUDIENCE]])
def test_a_token_that_an_uploaded_key_signed_is_exchanged(
    no_pools: Federation, key: SigningKey, kind: str, audience: Any
) -> None:
    provide(no_pools, jwks=key.jwks())
    answer = exchange(no_pools, key.sign(claims(no_pools, aud=audience)), kind)
    assert answer.status == 200, answer
    caller = no_pools.world.tokens.find(answer.body["access_token"])
    assert caller is not None
    assert caller.identity is not None
    assert caller.member == f"principal://iam.googleapis.com/{POOL}/subject/job-7"
    assert caller.identity.attributes == {"team": "data"}


def test_an_elliptic_curve_key_signs_too(no_pools: Federation) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    numbers = private.public_key().public_numbers()
    x, y = (_base64(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
    provide(no_pools, jwks={"keys": [{"kty": "EC", "crv": "P-256", "kid": "one", "x": x, "y": y}]})
    head = f"{_json({'alg': 'ES256', 'kid': 'one'})}.{_json(claims(no_pools))}"
    r, s = utils.decode_dss_signature(private.sign(head.encode(), ec.ECDSA(SHA256())))
    signature = _base64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    assert exchange(no_pools, f"{head}.{signature}").status == 200
    refused(exchange(no_pools, f"{head}.{signature[:-8]}AAAAAAAA"), "invalid_grant")


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _json(document: Any) -> str:
    return _base64(json.dumps(document).encode())


def test_the_providers_own_audiences_take_the_place_of_its_name(no_pools: Federation, key: SigningKey) -> None:
    provide(no_pools, jwks=key.jwks(), audiences=["sts.acme.example"])
    assert exchange(no_pools, key.sign(claims(no_pools, aud="sts.acme.example"))).status == 200
    text = f"The audience in ID Token [{AUDIENCE}] does not match the expected audience."
    refused(exchange(no_pools, key.sign(claims(no_pools))), "invalid_grant", text)


def test_a_token_of_another_key_is_refused(no_pools: Federation, key: SigningKey, other_key: SigningKey) -> None:
    provide(no_pools, jwks=key.jwks())
    refused(exchange(no_pools, other_key.sign(claims(no_pools))), "invalid_grant")
    head, _, signature = key.sign(claims(no_pools)).rpartition(".")
    changed = head.partition(".")[0] + "." + _json(claims(no_pools, sub="admin"))
    refused(exchange(no_pools, f"{changed}.{signature}"), "invalid_grant")


@pytest.mark.parametrize("token", ["no-jwt", "a.b.c", "..", "e30.e30.e30", "é.é.é"])
def test_what_is_no_token_is_refused(no_pools: Federation, key: SigningKey, token: str) -> None:
    provide(no_pools, jwks=key.jwks())
    assert exchange(no_pools, token).status == 400


def test_an_unsigned_token_is_refused(no_pools: Federation, key: SigningKey) -> None:
    provide(no_pools, jwks=key.jwks())
    refused(exchange(no_pools, f"{_json({'alg': 'none'})}.{_json(claims(no_pools))}."), "invalid_grant")


def test_a_token_that_has_expired_is_stale(no_pools: Federation, key: SigningKey) -> None:
    provide(no_pools, jwks=key.jwks())
    now = int(no_pools.now.timestamp())
    stale = key.sign(claims(no_pools, iat=now - 700, exp=now))
    refused(exchange(no_pools, stale), "invalid_grant", f"ID Token issued at {now - 700} is stale to sign-in.")


@pytest.mark.parametrize("changes", [{"exp": None}, {"iat": None}, {"iat": 2**40, "exp": 2**41}])
def test_a_token_must_say_when_it_is_good(no_pools: Federation, key: SigningKey, changes: Any) -> None:
    provide(no_pools, jwks=key.jwks())
    refused(exchange(no_pools, key.sign(claims(no_pools, **changes))), "invalid_grant")


def test_an_issuer_that_cannot_be_reached_is_googles_sentence(no_pools: Federation, key: SigningKey) -> None:
    provide(no_pools)
    refused(exchange(no_pools, key.sign(claims(no_pools))), "invalid_grant", UNREACHABLE)


@pytest.mark.parametrize("jwks", ["no json", "{}", '{"keys": []}', "[]"])
def test_uploaded_keys_that_are_none_are_as_an_issuer_out_of_reach(
    no_pools: Federation, key: SigningKey, jwks: str
) -> None:
    provide(no_pools, jwks=jwks)
    refused(exchange(no_pools, key.sign(claims(no_pools))), "invalid_grant", UNREACHABLE)


def test_a_token_of_another_issuer_is_as_an_issuer_out_of_reach(no_pools: Federation, key: SigningKey) -> None:
    provide(no_pools, jwks=key.jwks())
    other = key.sign(claims(no_pools, iss="https://other.acme.example"))
    refused(exchange(no_pools, other), "invalid_grant", UNREACHABLE)


def test_the_condition_admits_or_rejects(no_pools: Federation, key: SigningKey) -> None:
    provide(no_pools, jwks=key.jwks(), attributeCondition="attribute.team == 'data'")
    assert exchange(no_pools, key.sign(claims(no_pools))).status == 200
    rejected = exchange(no_pools, key.sign(claims(no_pools, context={"team": "other"})))
    refused(rejected, "unauthorized_client", "The given credential is rejected by the attribute condition.")


def test_a_cluster_of_the_sandbox_is_an_issuer_within_reach(no_pools: Federation, key: SigningKey) -> None:
    cluster = Cluster(no_pools.project, "payments", "asia-northeast1", no_pools.now)
    cluster.keys = key
    no_pools.world.clusters.add(cluster)
    provide(no_pools, oidc={"issuerUri": issuer(cluster)})
    ours = claims(no_pools, iss=issuer(cluster), sub="system:serviceaccount:shop:loader")
    assert exchange(no_pools, key.sign(ours)).status == 200
    cluster.keys = None
    refused(exchange(no_pools, key.sign(ours)), "invalid_grant", UNREACHABLE)


@pytest.mark.parametrize(
    ("source", "kind", "word"),
    [
        ({"saml": {"idpMetadataXml": "<EntityDescriptor/>"}}, "saml2", "SAML"),
        ({"x509": {"trustStore": {"trustAnchors": []}}}, "mtls", "X.509"),
    ],
)
def test_other_kinds_of_provider_are_stored_only(no_pools: Federation, source: Any, kind: str, word: str) -> None:
    pools = f"iam/v1/projects/{PROJECT}/locations/global/workloadIdentityPools"
    no_pools.ok("POST", f"{pools}?workloadIdentityPoolId=aws-prod", {})
    document = {**source, "attributeMapping": {"google.subject": "assertion.subject"}}
    no_pools.ok("POST", f"iam/v1/{POOL}/providers?workloadIdentityPoolProviderId=ci-system", document)
    answer = exchange(no_pools, "anything", f"urn:ietf:params:oauth:token-type:{kind}")
    assert answer.status == 501
    assert f"the sandbox has no token exchange for {word} providers" in answer.body["error"]["message"]
    refused(exchange(no_pools, "anything"), "invalid_request")
