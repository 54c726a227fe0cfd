"""Introspection of federated tokens, as gcloud asks for it."""

from urllib.parse import urlencode

from tests.sandbox.google.federation import BASIC, POOL, ROLE, TASK, Federation, refused
from wizard.sandbox.google.gateway import Answer

POOL_PATH = f"iam/v1/{POOL}"


def introspect(federation: Federation, token: str, **headers: str) -> Answer:
    """Ask about a token as gcloud does."""
    body = urlencode({"token": token, "token_type_hint": "urn:ietf:params:oauth:token-type:access_token"}).encode()
    return federation.request("POST", "sts/v1/introspect", body, token=None, **(headers or {"authorization": BASIC}))


def test_introspection_names_the_principal(federation: Federation) -> None:
    token = federation.federated()

    answer = introspect(federation, token).body

    assert answer["active"] is True
    assert answer["username"] == f"principal://iam.googleapis.com/{POOL}/subject/{ROLE}/{TASK}"
    assert answer["exp"] - answer["iat"] == 3600


def test_introspection_says_inactive_of_any_other_token(federation: Federation) -> None:
    token = federation.federated()

    assert introspect(federation, "unknown").body == {"active": False}
    assert introspect(federation, federation.operator).body == {"active": False}
    federation.ok("PATCH", f"{POOL_PATH}?updateMask=disabled", {"disabled": True})
    assert introspect(federation, token).body == {"active": False}


def test_introspection_wants_to_know_the_client(federation: Federation) -> None:
    refused(introspect(federation, "x", accept="*/*"), "invalid_client", status=401)
    body = urlencode({"token": "x", "token_type_hint": "refresh_token"}).encode()
    answer = federation.request("POST", "sts/v1/introspect", body, token=None, authorization=BASIC)
    refused(answer, "unsupported_token_type")
