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
    ("pods/log", "get"): "container.pods.getLogs",
    ("serviceaccounts/token", "create"): "container.serviceAccounts.createToken",
}

RESOURCES = (
    *("namespaces", "serviceAccounts", "pods", "events", "nodes", "deployments", "replicaSets", "statefulSets"),
    *("daemonSets", "jobs", "cronJobs", "networkPolicies", "secrets", "configMaps", "services", "resourceQuotas"),
    *("limitRanges", "replicationControllers", "podDisruptionBudgets", "validatingAdmissionPolicies"),
    *("validatingAdmissionPolicyBindings", "runtimeClasses", "priorityClasses"),
)
"""The kinds of object that the sandbox's clusters store, as the permissions spell them."""

_OTHERS = "thirdPartyObjects"
_SPELLINGS = {name.lower(): name for name in RESOURCES}


def permission(resource: str, verb: str) -> str:
    """The permission to do that with a resource, named by its plural (with its subresource, as in pods/log).

    Kinds that the sandbox does not know count as third-party objects.
    """
    special = SUBRESOURCES.get((resource, verb))
    return special or f"container.{_SPELLINGS.get(resource, _OTHERS)}.{VERBS.get(verb, verb)}"


INSIDE_CLUSTERS = (
    *(f"container.{name}.{verb}" for name in (*RESOURCES, _OTHERS) for verb in sorted(set(VERBS.values()))),
    *SUBRESOURCES.values(),
)
"""Every permission that the sandbox's clusters ask for."""
