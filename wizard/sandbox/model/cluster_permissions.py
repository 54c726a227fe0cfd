"""IAM's permissions for what is inside of clusters. Source: IAM permissions reference, `container.*`."""

VERBS = {
    "create": "create",
    "delete": "delete",
    "deletecollection": "delete",
    "get": "get",
    "list": "list",
    "patch": "update",
    "update": "update",
    "watch": "list",
}
"""A verb of the Kubernetes API to the last part of the permission."""

SUBRESOURCES = {
    ("pods/attach", "create"): "container.pods.attach",
    ("pods/ephemeralcontainers", "patch"): "container.pods.update",
    ("pods/eviction", "create"): "container.pods.evict",
    ("pods/exec", "create"): "container.pods.exec",
    ("pods/log", "get"): "container.pods.getLogs",
    ("pods/portforward", "create"): "container.pods.portForward",
    ("serviceaccounts/token", "create"): "container.serviceAccounts.createToken",
    ("subjectaccessreviews", "create"): "container.subjectAccessReviews.create",
    ("localsubjectaccessreviews", "create"): "container.localSubjectAccessReviews.create",
}
_PARTS = {"scale": "Scale", "status": "Status"}
"""Subresources that are read and updated like their objects, as the permissions spell them."""

RESOURCES = (
    *("namespaces", "serviceAccounts", "pods", "events", "nodes", "deployments", "replicaSets", "statefulSets"),
    *("daemonSets", "jobs", "cronJobs", "networkPolicies", "secrets", "configMaps", "services", "resourceQuotas"),
    *("limitRanges", "replicationControllers", "podDisruptionBudgets", "validatingAdmissionPolicies"),
    *("validatingAdmissionPolicyBindings", "runtimeClasses", "priorityClasses"),
    *("roles", "clusterRoles", "roleBindings", "clusterRoleBindings", "controllerRevisions"),
)
"""The kinds of object that the sandbox's clusters store, as the permissions spell them."""

_OTHERS = "thirdPartyObjects"
_SPELLINGS = {name.lower(): name for name in RESOURCES}


_ROLES = ("roles", "clusterRoles")
_GRANTING = (*_ROLES, "roleBindings", "clusterRoleBindings")
"""The kinds by which a cluster grants permissions: to change them is for administrators."""


def permission(resource: str, verb: str) -> str:
    """The permission to do that with a resource, named by its plural (with its subresource, as in pods/log).

    Kinds that the sandbox does not know count as third-party objects.
    """
    special = SUBRESOURCES.get((resource, verb)) or SUBRESOURCES.get((resource, "create"))
    if special:
        return special
    plural, _, part = resource.partition("/")
    return f"container.{_SPELLINGS.get(plural, _OTHERS)}.{VERBS.get(verb, verb)}{_PARTS.get(part, '')}"


_EACH = sorted(set(VERBS.values()))
_CHANGES = [verb for verb in _EACH if verb not in ("get", "list")]

CLUSTER_ADMIN = (
    *(f"container.{name}.{verb}" for name in _GRANTING for verb in _CHANGES),
    *(f"container.{name}.{verb}" for name in _ROLES for verb in ("bind", "escalate")),
)
"""The permissions that only an administrator of the cluster has: to grant others."""

EVERYTHING_INSIDE = (
    *(f"container.{name}.{verb}" for name in (*RESOURCES, _OTHERS) for verb in _EACH),
    *(f"container.{name}.{verb}" for name in _ROLES for verb in ("bind", "escalate")),
    *(f"container.{name}.{verb}{part}" for name in RESOURCES for verb in ("get", "update") for part in _PARTS.values()),
    *SUBRESOURCES.values(),
)
"""Every permission that the sandbox's clusters ask for."""

INSIDE_CLUSTERS = tuple(each for each in EVERYTHING_INSIDE if each not in CLUSTER_ADMIN)
"""The permissions of who works inside of clusters, without those to grant others."""
