"""Authentication and authorization: IAM or the cluster's own roles may allow a Google identity; only roles the rest.

A cluster of EKS knows no Google identity, and lets callers of AWS in.

Source: GKE documentation, "Authorize actions in clusters using role-based access control": either may allow. A
scenario can let a cluster refuse what both allow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from wizard.sandbox.model.cluster_permissions import CLUSTER_ADMIN, EVERYTHING_INSIDE, permission
from wizard.sandbox.model.policy import Access

from . import aws_login, rbac
from .requester import EVERYBODY, Requester, Wish, account_groups
from .service_account_tokens import account_of
from .state import KubernetesState
from .status import ApiError, unauthorized


def authenticate(state: KubernetesState, authorization: str) -> Requester:
    """Who the Authorization header's bearer token stands for. Raises ApiError 401: nobody is anonymous here."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise unauthorized()
    if state.cluster.own_issuer and (signer := aws_login.requester_of(state, token.strip())):
        return signer
    caller = None if state.cluster.own_issuer else state.world.tokens.find(token.strip())
    if caller is not None and state.world.projects.alive(caller):
        return Requester(caller.email or caller.member, "", (EVERYBODY,), caller)
    account = account_of(state, token.strip())
    if account is None:
        raise unauthorized()
    name, namespace = account["metadata"]["name"], account["metadata"]["namespace"]
    groups = (*account_groups(namespace), EVERYBODY)
    return Requester(f"system:serviceaccount:{namespace}:{name}", account["metadata"]["uid"], groups)


def allowed(state: KubernetesState, who: Requester, wish: Wish) -> bool:
    """Whether the requester has the permission now."""
    if any(_denies(rule, wish) for rule in state.denied):
        return False
    return _granted_by_iam(state, who, wish) or rbac.allows(state, who, wish)


def denied_somewhere(state: KubernetesState, wish: Wish) -> bool:
    """Whether the scenario denies it in some namespace: then a review about all namespaces is answered with no."""
    rules = [rule for rule in state.denied if rule.get("namespaces")]
    return any(_denies(rule, replace(wish, namespace=rule["namespaces"][0])) for rule in rules)


def require(state: KubernetesState, who: Requester, wish: Wish) -> None:
    """Refuse unless `allowed` (ApiError 403)."""
    if not allowed(state, who, wish):
        raise refusal(who, wish)


def refusal(who: Requester, wish: Wish) -> ApiError:
    """403 in the words of Kubernetes, and for a Google identity in those of GKE after them."""
    user = f'User "{who.username}" cannot {wish.verb}'
    if wish.path:
        return ApiError(403, "Forbidden", f'forbidden: {user} path "{wish.path}"', {})
    qualified = f"{wish.resource.partition('/')[0]}.{wish.group}" if wish.group else wish.resource.partition("/")[0]
    named = f'{qualified} "{wish.name}"' if wish.name else qualified
    where = f'in the namespace "{wish.namespace}"' if wish.namespace else "at the cluster scope"
    reason = needed(who, wish)
    message = f'{named} is forbidden: {user} resource "{wish.resource}" in API group "{wish.group}" {where}'
    details = {"kind": wish.resource.partition("/")[0], "group": wish.group, "name": wish.name}
    return ApiError(
        403,
        "Forbidden",
        f"{message}: {reason}" if reason else message,
        {key: value for key, value in details.items() if value},
    )


def needed(who: Requester, wish: Wish) -> str:
    """Which IAM permission would allow it, in GKE's words; nothing for who has no identity in Google Cloud."""
    if who.google is None or wish.path or wish.verb == "impersonate":
        return ""
    return f'requires one of ["{permission(wish.resource, wish.verb)}"] permission(s).'


def _granted_by_iam(state: KubernetesState, who: Requester, wish: Wish) -> bool:
    """Whether IAM grants a wish to a Google identity.

    No permission of IAM is about impersonation, or about what is no resource: both come with those of an administrator
    of the cluster, who could grant them to themselves.
    """
    if who.google is None:
        return False
    if wish.path or wish.verb == "impersonate":
        return all(_has(state, who, each) for each in CLUSTER_ADMIN)
    if "*" in (wish.verb, wish.resource):
        return all(_has(state, who, each) for each in EVERYTHING_INSIDE)
    return _has(state, who, permission(wish.resource, wish.verb))


def _has(state: KubernetesState, who: Requester, wanted: str) -> bool:
    assert who.google is not None
    attributes = {"name": f"//container.googleapis.com/{state.cluster.path}", "service": "container.googleapis.com"}
    contains = state.world.projects.custom_roles.contains
    question = Access(who.google, wanted, state.world.clock(), attributes, contains)
    return state.world.projects.grants(state.cluster.project, question)


def _denies(rule: Mapping[str, Any], wish: Wish) -> bool:
    pairs = (("verbs", wish.verb), ("resources", wish.resource), ("namespaces", wish.namespace))
    return all(name not in rule or value in rule[name] for name, value in pairs)
