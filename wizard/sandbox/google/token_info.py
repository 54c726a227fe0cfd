"""Google's OAuth 2.0 endpoints: what an access token is good for, and another one for a refresh token."""

from __future__ import annotations

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.callers import Caller

from .calls import Call, Route
from .errors import OAuthError

SERVICE = "oauth2.googleapis.com"
LIFETIME = 3599
"""Seconds that an access token is good for."""

_BEARER = {"token_type": "Bearer"}


def token_info(call: Call) -> JSON:
    """tokeninfo: scope, expiry and email address, all of them strings; 400 for a token that has expired."""
    token = call.query.get("access_token") or call.form.get("access_token") or _bearer(call)
    caller = call.world.tokens.find(token)
    if caller is None or not call.world.projects.alive(caller):
        raise OAuthError("invalid_token", "Invalid Value")
    return {**_claims(caller, call.world.clock().timestamp()), **_email(caller), "access_type": "online"}


def token(call: Call) -> JSON:
    """token: an access token for a refresh token (RFC 6749, section 6)."""
    if call.form.get("grant_type") != "refresh_token":
        raise OAuthError("unsupported_grant_type", "Invalid grant_type.")
    caller = call.world.tokens.refreshed(call.form.get("refresh_token", ""))
    if caller is None:
        raise OAuthError("invalid_grant", "Bad Request")
    access_token, _ = call.world.tokens.issue(caller, LIFETIME)
    return {"access_token": access_token, "expires_in": LIFETIME, "scope": " ".join(caller.scopes), **_BEARER}


def _bearer(call: Call) -> str:
    """The token of the Authorization header, which Google's auth library for Node sends instead of a parameter."""
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _claims(caller: Caller, now: float) -> dict[str, str]:
    expires = caller.expires.timestamp()
    return {"scope": " ".join(caller.scopes), "exp": str(int(expires)), "expires_in": str(int(expires - now))}


def _email(caller: Caller) -> dict[str, str]:
    return {"email": caller.email, "email_verified": "true"} if caller.email else {}


def openid_configuration(call: Call) -> JSON:
    """.well-known/openid-configuration: where Google's OAuth 2.0 endpoints are."""
    del call
    return {
        "issuer": "https://accounts.google.com",
        "token_endpoint": "https://oauth2.googleapis.com/token",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
    }


ACCOUNTS = "accounts.google.com"
ACCOUNTS_ROUTES = [
    Route("GET", "/.well-known/openid-configuration", openid_configuration, "read", authenticated=False),
    Route("POST", "/o/oauth2/token", token, "read", authenticated=False),
]

ROUTES = [
    Route("POST", "/token", token, "read", authenticated=False),
    Route("GET", "/tokeninfo", token_info, "read", authenticated=False),
    Route("POST", "/tokeninfo", token_info, "read", authenticated=False),
]
