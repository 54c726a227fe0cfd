"""Decides whether a deny policy, an access boundary or a unified access policy keeps a principal from a permission.

Sources: https://cloud.google.com/iam/docs/deny-overview, https://cloud.google.com/iam/docs/principal-identifiers,
https://cloud.google.com/iam/docs/principal-access-boundary-policies and
https://cloud.google.com/iam/docs/pab-blocked-permissions
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from wizard.federation.principals import FederatedIdentity, members_of

Answer = bool | None
"""Yes, no, or None: what is known does not tell."""

MANAGER = "//cloudresourcemanager.googleapis.com/"
"""The start of the full resource name of a project, a folder or an organization."""

EVERYONE = "principalSet://goog/public:all"
_ACCOUNT = "principal://iam.googleapis.com/projects/-/serviceAccounts/"
_USER = "principal://goog/subject/"
_GROUPS = "principalSet://goog/group/"
_CUSTOMERS = "principalSet://goog/cloudIdentityCustomerId/"
_CONTAINERS = "principalSet:" + MANAGER
_ACCOUNTS, _AGENTS = "/type/ServiceAccount", "/type/ServiceAgent"
_KNOWN = ("principal://goog/", "principal://iam.googleapis.com/", "principalSet://iam.googleapis.com/", "deleted:")
"""The starts of identifiers that name nobody else than they say."""

_SERVICES = {"resourcemanager": "cloudresourcemanager"}
"""The services whose hosts do not begin as their permissions do."""

_BLOCKED = {
    "bigquery.datasets.*": 2,
    "bigquery.jobs.*": 2,
    "bigquery.models.*": 2,
    "bigquery.routines.*": 2,
    "bigquery.rowAccessPolicies.*": 2,
    "bigquery.tables.*": 2,
    "iam.serviceAccounts.*": 3,
}
"""Permissions that access boundaries can block, as far as known here, and the enforcement version from which on."""


@dataclass(frozen=True)
class Principal:
    """Who asks for a permission, as deny policies and unified access policies name principals."""

    name: str
    """The identifier with which a policy should name it."""
    names: frozenset[str]
    """The identifiers that include it."""
    unknown: tuple[str, ...] = ()
    """The starts of identifiers of which it is not known whether they include it."""


def federated(identity: FederatedIdentity, *, mapped: bool = True, name: str = "") -> Principal:
    """Return the principal of a federated identity. `mapped` tells whether its attributes and groups are known.

    `name` is how a policy should name it; if it is empty, by its subject.
    """
    own = {name for name in members_of(identity) if not name.startswith("serviceAccount:")}
    pool = f"principal://iam.googleapis.com/{identity.pool.name}"
    unknown = [_GROUPS, _CUSTOMERS]
    if "kubernetes.serviceaccount.uid" not in identity.attributes:
        unknown.append(f"{pool}/kubernetes.serviceaccount.uid/")
    if not mapped:
        unknown.append(f"principalSet://iam.googleapis.com/{identity.pool.name}/")
    return Principal(name or f"{pool}/subject/{identity.subject}", frozenset({*own, EVERYONE}), tuple(unknown))


def service_account(email: str, containers: Iterable[str] = ()) -> Principal:
    """Return the principal of a service account.

    `containers` are the names of its project, by number, and of the folders and organization above, if they are known.
    """
    sets = [f"{_CONTAINERS}{name}{_ACCOUNTS}" for name in containers]
    unknown = (_GROUPS, _CUSTOMERS) if sets else (_GROUPS, _CUSTOMERS, _CONTAINERS)
    return Principal(_ACCOUNT + email, frozenset({_ACCOUNT + email, EVERYONE, *sets}), unknown)


def user(email: str) -> Principal:
    """Return the principal of a Google account."""
    return Principal(_USER + email, frozenset({_USER + email, EVERYONE}), (_GROUPS, _CUSTOMERS))


def includes(identifier: str, principal: Principal) -> Answer:
    """Return whether an identifier of a policy includes a principal."""
    if identifier in principal.names:
        return True
    if identifier.startswith(principal.unknown):
        return None
    of_accounts = identifier.startswith(_CONTAINERS) and identifier.endswith((_ACCOUNTS, _AGENTS))
    return False if of_accounts or identifier.startswith(_KNOWN) else None


def covers(pattern: str, permission: str) -> bool:
    """Return whether a permission of a policy, such as bigquery.googleapis.com/jobs.*, covers bigquery.jobs.create."""
    service, _, rest = permission.partition(".")
    host, _, allowed = pattern.partition("/")
    return host == f"{_SERVICES.get(service, service)}.googleapis.com" and fnmatchcase(rest, allowed)


def denied_by(rule: Mapping[str, Any], principal: Principal, permission: str) -> Answer:
    """Return whether the `denyRule` of a deny policy denies a permission. A condition is about tags: it is unknown."""
    return _applies(
        principal,
        permission,
        (rule.get("deniedPrincipals"), rule.get("exceptionPrincipals")),
        (rule.get("deniedPermissions"), rule.get("exceptionPermissions")),
        bool((rule.get("denialCondition") or {}).get("expression")),
    )


def denied_by_access_rule(rule: Mapping[str, Any], principal: Principal, permission: str) -> Answer:
    """Return whether a rule of a unified access policy denies a permission. A condition is unknown."""
    if rule.get("effect") != "DENY":
        return False
    operation = rule.get("operation") or {}
    return _applies(
        principal,
        permission,
        (rule.get("principals"), rule.get("excludedPrincipals")),
        (operation.get("permissions"), operation.get("excludedPermissions")),
        bool(rule.get("conditions")),
    )


def _applies(
    principal: Principal, permission: str, who: Sequence[Any], what: Sequence[Any], conditional: bool
) -> Answer:
    """Return whether a rule applies. `who` has its principals, and `what` its permissions, each with the exceptions."""
    named, excepted = (_any(includes(str(each), principal) for each in names or ()) for names in who)
    covered, spared = (any(covers(str(each), permission) for each in patterns or ()) for patterns in what)
    if named is False or excepted is True or not covered or spared:
        return False
    return True if named and excepted is False and not conditional else None


def _any(answers: Iterable[Answer]) -> Answer:
    several = list(answers)
    if True in several:
        return True
    return None if None in several else False


def can_block(policy: Mapping[str, Any], permission: str) -> Answer:
    """Return whether an access boundary can block a permission, by its enforcement version.

    The version `latest`, and none, are at least 4.
    """
    version = str((policy.get("details") or {}).get("enforcementVersion", ""))
    for pattern, first in _BLOCKED.items():
        if fnmatchcase(permission, pattern):
            return int(version) >= first if version.isdigit() else True
    return None


def is_inside(policy: Mapping[str, Any], places: Iterable[str]) -> bool:
    """Return whether an access boundary includes one of the places: a project, or what contains it."""
    rules = (policy.get("details") or {}).get("rules") or ()
    allowed = [resource for rule in rules if rule.get("effect") == "ALLOW" for resource in rule.get("resources", ())]
    return any(MANAGER + place in allowed for place in places)
