"""What the token service demands of the claims of an ID token, whoever signed it.

The texts are Google's where they are published or reported; a refusal whose text is not known has a neutral one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeGuard

from .errors import OAuthError

LEEWAY = 60
"""Seconds that the clock of an issuer may be ahead."""


def check_audience(claims: Mapping[str, Any], expected: Collection[str]) -> None:
    """Refuse a token that is meant for none of the expected audiences (OAuthError)."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if not any(each in expected for each in audiences):
        named = ", ".join(str(each) for each in audiences)
        raise OAuthError("invalid_grant", f"The audience in ID Token [{named}] does not match the expected audience.")


def check_time(claims: Mapping[str, Any], now: float) -> None:
    """Refuse a token that does not say when it is good, or is not good at `now`, in seconds (OAuthError)."""
    issued, expires = claims.get("iat"), claims.get("exp")
    if not _is_time(issued) or not _is_time(expires) or issued > now + LEEWAY:
        raise OAuthError("invalid_grant", "The subject token does not say when it is good.")
    if expires <= now:
        raise OAuthError("invalid_grant", f"ID Token issued at {int(issued)} is stale to sign-in.")


def _is_time(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
