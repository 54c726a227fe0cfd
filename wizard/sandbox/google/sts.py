"""Security Token Service v1: token exchange and introspection."""

from __future__ import annotations

from typing import Any

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.callers import Caller

from .calls import Call, Route
from .errors import OAuthError
from .exchange import ACCESS_TOKEN, SERVICE, ExchangeRequest, exchange
from .gke_exchange import exchange_gke, is_about_gke

__all__ = ["ROUTES", "SERVICE"]

LIFETIME = 3600
"""Seconds that a federated token is good for."""


def token(call: Call) -> JSON:
    """POST /v1/token: a federated access token for an external credential, which is Google's answer to RFC 8693.

    Takes a form, as all clients send it, or JSON. A bearer token is refused; the basic authentication of an OAuth
    client, which gcloud sends, is not.
    """
    if _scheme(call) not in ("", "basic"):
        raise OAuthError("invalid_client", "This method takes no Authorization header.", 401)
    request = ExchangeRequest.of(_fields(call))
    caller = (exchange_gke if is_about_gke(request) else exchange)(call.world, request)
    access_token, _ = call.world.tokens.issue(caller, LIFETIME)
    call.caller = caller
    return {
        "access_token": access_token,
        "issued_token_type": ACCESS_TOKEN,
        "token_type": "Bearer",
        "expires_in": LIFETIME,
    }


def introspect(call: Call) -> JSON:
    """POST /v1/introspect: who a federated token stands for (RFC 7662); needs an OAuth client's basic authentication.

    Only tokens of this service are known here.
    """
    if _scheme(call) != "basic":
        raise OAuthError("invalid_client", "Client authentication is needed.", 401)
    fields = _fields(call)
    if fields.get("token_type_hint", ACCESS_TOKEN) != ACCESS_TOKEN:
        raise OAuthError("unsupported_token_type", "Unsupported token_type_hint.")
    caller = call.world.tokens.find(str(fields.get("token", "")))
    if caller is None or caller.kind != "federated" or not call.world.projects.alive(caller):
        return {"active": False}
    return {"active": True, **_claims(caller)}


def _claims(caller: Caller) -> dict[str, JSON]:
    expires = int(caller.expires.timestamp())
    return {
        "scope": " ".join(caller.scopes),
        "iss": "https://sts.googleapis.com/",
        "sub": caller.identity.subject if caller.identity is not None else "",
        "username": caller.member,
        "iat": expires - LIFETIME,
        "exp": expires,
    }


def _scheme(call: Call) -> str:
    return call.headers.get("authorization", "").partition(" ")[0].lower()


def _fields(call: Call) -> dict[str, Any]:
    return call.document() if call.body is not None else dict(call.form)


ROUTES = [
    # An exchange changes nothing in the project, so it counts as a read.
    Route("POST", "/v1/token", token, "read", authenticated=False),
    Route("POST", "/v1/introspect", introspect, "read", authenticated=False),
]
