"""Impersonation: a request is made as somebody else (`kubectl --as`), where the caller has the permission for it.

Source: Kubernetes documentation, "User impersonation".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .access import allowed, refusal
from .requester import EVERYBODY, Requester, Wish, account_groups
from .state import KubernetesState
from .status import bad_request

AUTHENTICATION = "authentication.k8s.io"
USER, GROUPS, UID = "impersonate-user", "impersonate-group", "impersonate-uid"
EXTRA = "impersonate-extra-"
SEPARATOR = "\n"
"""Between the values of a header that is sent more than once; no header can contain it."""

ACCOUNT = "system:serviceaccount:"
UNAUTHENTICATED = "system:unauthenticated"


def acting(state: KubernetesState, who: Requester, headers: Mapping[str, str]) -> Requester:
    """Who the request is made as. Raises ApiError 400 for headers without a user, and 403.

    What IAM grants to the impersonated is not known to the cluster: its own roles alone decide then.
    """
    user = headers.get(USER, "")
    if not user:
        if any(key in headers for key in (GROUPS, UID)) or any(key.startswith(EXTRA) for key in headers):
            raise bad_request("requested impersonation of groups, a UID or extras without impersonating a user")
        return who
    for wish in _wishes(user, headers):
        if not allowed(state, who, wish):
            raise refusal(who, wish)
    groups = tuple(filter(None, headers.get(GROUPS, "").split(SEPARATOR)))
    namespace = user.removeprefix(ACCOUNT).partition(":")[0] if user.startswith(ACCOUNT) else ""
    if namespace and not groups:
        groups = account_groups(namespace)
    if EVERYBODY not in groups and UNAUTHENTICATED not in groups:
        groups = (*groups, EVERYBODY)
    return Requester(user, headers.get(UID, ""), groups)


def _wishes(user: str, headers: Mapping[str, str]) -> Iterator[Wish]:
    """What the caller needs the permission for."""
    namespace, _, name = user.removeprefix(ACCOUNT).partition(":")
    if user.startswith(ACCOUNT) and name:
        yield Wish("impersonate", "", "serviceaccounts", namespace, name)
    else:
        yield Wish("impersonate", "", "users", "", user)
    for group in filter(None, headers.get(GROUPS, "").split(SEPARATOR)):
        yield Wish("impersonate", "", "groups", "", group)
    if uid := headers.get(UID):
        yield Wish("impersonate", AUTHENTICATION, "uids", "", uid)
    for key, values in headers.items():
        if key.startswith(EXTRA):
            for value in values.split(SEPARATOR):
                yield Wish("impersonate", AUTHENTICATION, f"userextras/{key.removeprefix(EXTRA)}", "", value)
