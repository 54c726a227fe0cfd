"""Authentication and authorization: IAM decides for Google's identities, the cluster's own roles for the rest.

Source: GKE documentation, "Authorize actions in clusters using role-based access control": either may allow. The
sandbox's clusters have no roles of their own, but a scenario can let them refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from wizard.sandbox.model.callers import Caller
from wizard.sandbox.model.cluster_permissions import INSIDE_CLUSTERS, permission
from wizard.sandbox.model.policy import Access

from .kinds import Kind
from .service_account_tokens import account_of
from .state import KubernetesState
from .status import ApiError, unauthorized

EVERYBODY = "system:authenticated"


@dataclass(frozen=True)
class Requester:
    """Who sends a request, as the cluster sees them; `google` is the Google identity, if it is one."""

    username: str
    uid: str
    groups: tuple[str, ...]
    google: Caller | None = None


@dataclass(frozen=True)
class Wish:
    """One action to authorize: `resource` is a plural, with its subresource as in pods/log."""

    verb: str
    group: str
    resource: str
    namespace: str = ""
    name: str = ""


def authenticate(state: KubernetesState, authorization: str) -> Requester:
    """Who the Authorization header's bearer token stands for. Raises ApiError 401: nobody is anonymous here."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise unauthorized()
    caller = state.world.tokens.find(token.strip())
    if caller is not None and state.world.projects.alive(caller):
        return Requester(caller.email or caller.member, "", (EVERYBODY,), caller)
    account = account_of(state, token.strip())
    if account is None:
        raise unauthorized()
    name, namespace = account["metadata"]["name"], account["metadata"]["namespace"]
    groups = ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", EVERYBODY)
    return Requester(f"system:serviceaccount:{namespace}:{name}", account["metadata"]["uid"], groups)


def allowed(state: KubernetesState, who: Requester, wish: Wish) -> bool:
    """Whether the requester has the permission now."""
    if any(_denies(rule, wish) for rule in state.denied):
        return False
    if "*" in (wish.verb, wish.resource):
        return all(_granted(state, who, each) for each in INSIDE_CLUSTERS)
    return _granted(state, who, permission(wish.resource, wish.verb))


def denied_somewhere(state: KubernetesState, wish: Wish) -> bool:
    """Whether the scenario denies it in some namespace: then a review about all namespaces is answered with no."""
    rules = [rule for rule in state.denied if rule.get("namespaces")]
    return any(_denies(rule, replace(wish, namespace=rule["namespaces"][0])) for rule in rules)


def require(state: KubernetesState, who: Requester, kind: Kind, wish: Wish) -> None:
    """Refuse unless `allowed` (ApiError 403, in GKE's words)."""
    if allowed(state, who, wish):
        return
    named = f'{kind.qualified} "{wish.name}"' if wish.name else kind.qualified
    where = f'in the namespace "{wish.namespace}"' if wish.namespace else "at the cluster scope"
    message = (
        f'{named} is forbidden: User "{who.username}" cannot {wish.verb} resource "{wish.resource}" in API group '
        f'"{wish.group}" {where}: {needed(wish)}'
    )
    details = {"kind": kind.plural, "group": wish.group, "name": wish.name}
    raise ApiError(403, "Forbidden", message, {key: value for key, value in details.items() if value})


def needed(wish: Wish) -> str:
    """Which IAM permission would allow it, in GKE's words."""
    return f'requires one of ["{permission(wish.resource, wish.verb)}"] permission(s).'


def _granted(state: KubernetesState, who: Requester, wanted: str) -> bool:
    if who.google is None:
        return False
    attributes = {"name": f"//container.googleapis.com/{state.cluster.path}", "service": "container.googleapis.com"}
    contains = state.world.projects.custom_roles.contains
    question = Access(who.google, wanted, state.world.clock(), attributes, contains)
    return state.world.projects.grants(state.cluster.project, question)


def _denies(rule: Mapping[str, Any], wish: Wish) -> bool:
    pairs = (("verbs", wish.verb), ("resources", wish.resource), ("namespaces", wish.namespace))
    return all(name not in rule or value in rule[name] for name, value in pairs)
