"""The roles and bindings that every cluster has. Source: Kubernetes documentation, "Default roles and role bindings".

Of the resources of `admin`, `edit` and `view`, those stand here that the sandbox has, and their subresources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .kinds import CLUSTER_ROLE, CLUSTER_ROLE_BINDING, Kind, Object
from .rbac import ANY, GROUP
from .requester import ACCOUNTS, EVERYBODY
from .state import KubernetesState, head

READ = ("get", "list", "watch")
WRITE = ("create", "delete", "deletecollection", "patch", "update")

_CORE = (
    *("configmaps", "persistentvolumeclaims", "pods", "replicationcontrollers", "replicationcontrollers/scale"),
    *("serviceaccounts", "services"),
)
_CORE_READ_ONLY = (
    *("bindings", "events", "limitranges", "namespaces", "namespaces/status", "pods/log", "pods/status"),
    *("replicationcontrollers/status", "resourcequotas", "resourcequotas/status", "services/status"),
)
_INTO_PODS = ("pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "services/proxy")
_APPS = (
    *("daemonsets", "deployments", "deployments/rollback", "deployments/scale", "replicasets", "replicasets/scale"),
    *("statefulsets", "statefulsets/scale"),
)
_OTHERS: Mapping[str, Sequence[str]] = {
    "apps": _APPS,
    "autoscaling": ("horizontalpodautoscalers",),
    "batch": ("cronjobs", "jobs"),
    "networking.k8s.io": ("ingresses", "networkpolicies"),
    "policy": ("poddisruptionbudgets",),
}
_STATUSES: Mapping[str, Sequence[str]] = {
    "apps": ("controllerrevisions", "daemonsets/status", "deployments/status", "replicasets/status"),
    "batch": ("cronjobs/status", "jobs/status"),
    "policy": ("poddisruptionbudgets/status",),
}
_DISCOVERY = ("/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz")
_VERSION = ("/version", "/version/")
_REVIEWS = ("selfsubjectaccessreviews", "selfsubjectrulesreviews")


def rule(verbs: Sequence[str], group: str, *resources: str) -> Object:
    """A rule about resources of one API group."""
    return {"verbs": list(verbs), "apiGroups": [group], "resources": list(resources)}


def _urls(*paths: str) -> Object:
    return {"verbs": ["get"], "nonResourceURLs": list(paths)}


_VIEW = [
    rule(READ, "", *_CORE, *_CORE_READ_ONLY),
    *(rule(READ, group, *resources) for group, resources in _OTHERS.items()),
    *(rule(READ, group, *resources) for group, resources in _STATUSES.items()),
]
_EDIT = [
    rule(READ, "", *_INTO_PODS, "secrets"),
    rule(["impersonate"], "", "serviceaccounts"),
    rule(WRITE, "", *_CORE, "events", *_INTO_PODS, "secrets"),
    rule(["create"], "", "pods/eviction", "serviceaccounts/token"),
    *(rule(WRITE, group, *resources) for group, resources in _OTHERS.items()),
]
_ADMIN = [
    rule(["create"], "authorization.k8s.io", "localsubjectaccessreviews"),
    rule([*READ, *WRITE], GROUP, "roles", "rolebindings"),
]
_ROLES: Mapping[str, Sequence[Object]] = {
    "cluster-admin": [rule([ANY], ANY, ANY), {"verbs": [ANY], "nonResourceURLs": [ANY]}],
    "admin": [*_ADMIN, *_EDIT, *_VIEW],
    "edit": [*_EDIT, *_VIEW],
    "view": _VIEW,
    "system:basic-user": [
        rule(["create"], "authorization.k8s.io", *_REVIEWS),
        rule(["create"], "authentication.k8s.io", "selfsubjectreviews"),
    ],
    "system:discovery": [_urls(*_DISCOVERY, *_VERSION)],
    "system:public-info-viewer": [_urls("/healthz", "/livez", "/readyz", *_VERSION)],
    "system:service-account-issuer-discovery": [_urls("/.well-known/openid-configuration", "/openid/v1/jwks")],
}
_GATHERED = {"admin": "aggregate-to-admin", "edit": "aggregate-to-edit", "view": "aggregate-to-view"}
"""The roles that gather others, and the label of those."""

_BINDINGS: Mapping[str, str] = {
    "cluster-admin": "system:masters",
    "system:basic-user": EVERYBODY,
    "system:discovery": EVERYBODY,
    "system:public-info-viewer": EVERYBODY,
    "system:service-account-issuer-discovery": ACCOUNTS,
}
"""Roles that are bound, and the groups that have them."""


def install(state: KubernetesState) -> None:
    """Store the roles and bindings that every cluster has."""
    for kind, item in _defaults(state):
        state.store.put(kind, item)


def _defaults(state: KubernetesState) -> Iterator[tuple[Kind, Object]]:
    for name, rules in _ROLES.items():
        role = _head(state, CLUSTER_ROLE, name)
        if name in _GATHERED:
            label = {f"{GROUP}/{_GATHERED[name]}": "true"}
            role["aggregationRule"] = {"clusterRoleSelectors": [{"matchLabels": label}]}
        yield CLUSTER_ROLE, {**role, "rules": list(rules)}
    for name, group in _BINDINGS.items():
        subject = {"kind": "Group", "apiGroup": GROUP, "name": group}
        reference = {"apiGroup": GROUP, "kind": CLUSTER_ROLE.kind, "name": name}
        binding = _head(state, CLUSTER_ROLE_BINDING, name)
        yield CLUSTER_ROLE_BINDING, {**binding, "roleRef": reference, "subjects": [subject]}


def _head(state: KubernetesState, kind: Kind, name: str) -> Object:
    item = head(kind, name, "", state.now())
    item["metadata"]["annotations"] = {f"{GROUP}/autoupdate": "true"}
    item["metadata"]["labels"] = {"kubernetes.io/bootstrapping": "rbac-defaults"}
    return item
