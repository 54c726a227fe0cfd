"""Who calls: identities, and the opaque access tokens that stand for them."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from wizard.federation.principals import FederatedIdentity

CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform"


@dataclass(frozen=True)
class Caller:
    """An authenticated identity: `member` is how a policy names it, such as `user:operator@acme.example`.

    `identity` is set for federated callers only. `scopes` and `expires` belong to the token it came with.
    """

    kind: Literal["user", "serviceAccount", "federated"]
    member: str
    identity: FederatedIdentity | None
    scopes: tuple[str, ...]
    expires: datetime

    @property
    def email(self) -> str:
        """The email address of a user or service account; empty for a federated identity."""
        return "" if self.kind == "federated" else self.member.partition(":")[2]


class Tokens:
    """The access tokens that were issued. They are random, kept in memory, and never logged."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._callers: dict[str, Caller] = {}
        self._refreshing: dict[str, Caller] = {}

    def issue(self, caller: Caller, lifetime: float) -> tuple[str, datetime]:
        """Issue a token for the caller, valid for `lifetime` seconds: (token, expiry)."""
        token = "ya29." + secrets.token_urlsafe(48)
        expires = self._clock() + timedelta(seconds=lifetime)
        self._callers[token] = replace(caller, expires=expires)
        return token, expires

    def allow_refresh(self, caller: Caller) -> str:
        """A refresh token, which gives access tokens for the caller."""
        token = "1//" + secrets.token_urlsafe(48)
        self._refreshing[token] = caller
        return token

    def refreshed(self, refresh_token: str) -> Caller | None:
        """The caller that a refresh token is for, unless it is unknown."""
        return self._refreshing.get(refresh_token)

    def find(self, token: str) -> Caller | None:
        """The caller that the token stands for, unless it is unknown or has expired."""
        caller = self._callers.get(token)
        if caller is None or caller.expires <= self._clock():
            return None
        return caller
