"""IAM's permissions for what is inside of clusters. Source: IAM permissions reference, `container.*`."""

from wizard.sandbox.kubernetes.kinds import STORED

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

_PLURALS = {each.plural: each.iam for each in STORED}
_OTHERS = "thirdPartyObjects"


def permission(resource: str, verb: str) -> str:
    """The permission to do that with a resource, named by its plural (with its subresource, as in pods/log).

    Kinds that the sandbox does not know count as third-party objects.
    """
    special = SUBRESOURCES.get((resource, verb))
    return special or f"container.{_PLURALS.get(resource, _OTHERS)}.{VERBS.get(verb, verb)}"


INSIDE_CLUSTERS = (
    *(f"container.{name}.{verb}" for name in (*_PLURALS.values(), _OTHERS) for verb in sorted(set(VERBS.values()))),
    *SUBRESOURCES.values(),
)
"""Every permission that the sandbox's clusters ask for."""
