"""Who sends a request, and what it wants to do: the two sides of access control."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.sandbox.model.callers import Caller

EVERYBODY = "system:authenticated"
ACCOUNTS = "system:serviceaccounts"


@dataclass(frozen=True)
class Requester:
    """Who sends a request, as the cluster sees them; `google` is the Google identity, if it is one."""

    username: str
    uid: str
    groups: tuple[str, ...]
    google: Caller | None = None


@dataclass(frozen=True)
class Wish:
    """One action to authorize: `resource` is a plural, with its subresource as in pods/log.

    For what is no resource, `path` is the URL's path in place of the rest.
    """

    verb: str
    group: str
    resource: str
    namespace: str = ""
    name: str = ""
    path: str = ""


def account_groups(namespace: str) -> tuple[str, ...]:
    """The groups that every service account of a namespace is in, besides that of everybody."""
    return (ACCOUNTS, f"{ACCOUNTS}:{namespace}")
