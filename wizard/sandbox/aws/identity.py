"""Who calls AWS, and the keys that callers sign with."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

_UPPER = string.ascii_uppercase + string.digits


@dataclass(frozen=True)
class CallerIdentity:
    """What sts:GetCallerIdentity answers."""

    account: str
    arn: str
    userid: str


@dataclass(frozen=True)
class AccessKey:
    """A long-lived access key; the secret is kept out of its repr."""

    access_key_id: str
    secret_access_key: str = field(repr=False)


@dataclass(frozen=True)
class Key:
    """A key that can sign a call, with the identity behind it.

    `token` and `expires` are set for temporary keys; `role_arn` for those of an assumed role. `session_policies` are
    the documents that the session was limited with; None if it was not.
    """

    access_key_id: str
    secret_access_key: str = field(repr=False)
    identity: CallerIdentity
    kind: Literal["root", "user", "role"]
    token: str | None = field(default=None, repr=False)
    expires: datetime | None = None
    role_arn: str | None = None
    session_policies: tuple[str, ...] | None = None


def new_access_key() -> AccessKey:
    """A long-lived key for an IAM user, or the root user."""
    return AccessKey("AKIA" + unique_id(16), secrets.token_urlsafe(30))


def unique_id(length: int) -> str:
    """Random capitals and digits, as AWS's unique ids are made of."""
    return "".join(secrets.choice(_UPPER) for _ in range(length))


class Sessions:
    """The temporary keys that were issued; kept in memory only."""

    def __init__(self) -> None:
        self._keys: dict[str, Key] = {}

    def issue(
        self,
        identity: CallerIdentity,
        kind: Literal["root", "user", "role"],
        now: datetime,
        seconds: int,
        role_arn: str | None,
        policies: tuple[str, ...] | None = None,
    ) -> Key:
        """A new temporary key for an identity, good for so many seconds, and limited by session policies, if any."""
        key = Key(
            "ASIA" + unique_id(16),
            secrets.token_urlsafe(30),
            identity,
            kind,
            token="IQoJb3JpZ2lu" + secrets.token_urlsafe(180),
            expires=now.replace(microsecond=0) + timedelta(seconds=seconds),
            role_arn=role_arn,
            session_policies=policies,
        )
        self._keys[key.access_key_id] = key
        return key

    def find(self, access_key_id: str) -> Key | None:
        """The temporary key with that id, expired or not."""
        return self._keys.get(access_key_id)
