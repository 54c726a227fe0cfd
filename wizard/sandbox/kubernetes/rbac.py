"""What the cluster's own roles allow: Roles and ClusterRoles, and their bindings to users, groups, service accounts.

Source: Kubernetes documentation, "Using RBAC Authorization".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .kinds import BINDINGS, CLUSTER_ROLE, CLUSTER_ROLE_BINDING, ROLE, ROLE_BINDING, Object
from .requester import Requester, Wish
from .selectors import by_object, labels
from .state import KubernetesState

GROUP = "rbac.authorization.k8s.io"
ANY = "*"

Rule = Mapping[str, Any]
"""A PolicyRule, as in roles."""


def allows(state: KubernetesState, who: Requester, wish: Wish) -> bool:
    """Whether a rule of a role that is bound to the requester covers the wish."""
    return any(covers(rule, wish) for rule in rules_of(state, who, wish.namespace))


def rules_of(state: KubernetesState, who: Requester, namespace: str) -> Iterator[Rule]:
    """The rules that hold for the requester in a namespace; only those of the whole cluster if it is empty."""
    for binding in state.store.peek_all(CLUSTER_ROLE_BINDING):
        if _is_bound(binding, who):
            yield from granted(state, binding, "")
    if namespace:
        for binding in state.store.peek_all(ROLE_BINDING, namespace):
            if _is_bound(binding, who):
                yield from granted(state, binding, namespace)


def granted(state: KubernetesState, binding: Object, namespace: str) -> Sequence[Rule]:
    """The rules of the role that a binding names; none while that does not exist."""
    role = bound_role(state, binding, namespace)
    return () if role is None else rules_in(state, role)


def bound_role(state: KubernetesState, binding: Object, namespace: str) -> Object | None:
    """The role that a binding names, if it exists."""
    reference = binding["roleRef"]
    if reference["kind"] == CLUSTER_ROLE.kind:
        return state.store.peek(CLUSTER_ROLE, "", reference["name"])
    return state.store.peek(ROLE, namespace, reference["name"])


def rules_in(state: KubernetesState, role: Object) -> list[Rule]:
    """The rules of a role, and of the ClusterRoles that it gathers."""
    rules = list(role.get("rules") or ())
    for selector in (role.get("aggregationRule") or {}).get("clusterRoleSelectors") or ():
        for other in state.store.peek_all(CLUSTER_ROLE):
            if other["metadata"]["name"] != role["metadata"]["name"] and by_object(selector, labels(other)):
                rules += [rule for rule in other.get("rules") or () if rule not in rules]
    return rules


def covers(rule: Rule, wish: Wish) -> bool:
    """Whether one rule covers a wish. A wish for `*` is covered by `*` only."""
    if not _has(rule, "verbs", wish.verb):
        return False
    if wish.path:
        return any(_matches(url, wish.path) for url in rule.get("nonResourceURLs") or ())
    names = rule.get("resourceNames") or ()
    if not _has(rule, "apiGroups", wish.group) or (names and wish.name not in names):
        return False
    _, slash, subresource = wish.resource.partition("/")
    return _has(rule, "resources", wish.resource) or (bool(slash) and f"*/{subresource}" in rule["resources"])


def is_role_change(plural: str, group: str) -> bool:
    """Whether a resource is one by which permissions are granted."""
    return group == GROUP and plural in [each.plural for each in (ROLE, CLUSTER_ROLE, *BINDINGS)]


def _has(rule: Rule, key: str, value: str) -> bool:
    values = rule.get(key) or ()
    return ANY in values or value in values


def _matches(pattern: str, path: str) -> bool:
    """Whether a URL of a rule matches a path: `*` at its end stands for anything."""
    if pattern.endswith(ANY):
        return path.startswith(pattern[:-1])
    return pattern == path


def _is_bound(binding: Object, who: Requester) -> bool:
    return any(_is_subject(each, binding, who) for each in binding.get("subjects") or ())


def _is_subject(subject: Mapping[str, str], binding: Object, who: Requester) -> bool:
    match subject["kind"]:
        case "User":
            return who.username == subject["name"]
        case "Group":
            return subject["name"] in who.groups
        case "ServiceAccount":
            namespace = subject.get("namespace") or binding["metadata"].get("namespace", "")
            return who.username == f"system:serviceaccount:{namespace}:{subject['name']}"
    return False
