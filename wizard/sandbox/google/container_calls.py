"""What all calls to the Container API share: where they are, what they name, and how they are refused."""

from __future__ import annotations

from functools import partial
from typing import Any, TypeVar

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.clusters import Cluster, NodePool
from wizard.sandbox.model.projects import Project

from .calls import Call
from .errors import GoogleError, concurrent_change, invalid, not_found

VERSIONS = ("v1", "v1beta1", "v1alpha1")
"""The last is answered as v1beta1 is."""

Wanted = TypeVar("Wanted")


def version(call: Call) -> str:
    """The version of the API that was called."""
    return call.path.split("/")[1]


def find_project(call: Call, permission: str) -> Project:
    """The project of the path, if the caller has the permission there (403 in the API's words)."""
    project = call.project(call.params["project"])
    call.require(permission, project, refusal=partial(_required, permission, _resource(call)))
    return project


def find_cluster(call: Call, permission: str) -> Cluster:
    """The cluster of the path, if the caller has the permission; GoogleError 403 or 404."""
    project = find_project(call, permission)
    cluster = call.world.clusters.find(project.id, call.params["location"], call.params["cluster"])
    if cluster is None:
        raise not_found(f"Not found: {place(project.id, call)}/clusters/{call.params['cluster']}.")
    return cluster


def find_node_pool(call: Call, cluster: Cluster) -> NodePool:
    """The node pool of the path; GoogleError 404."""
    pool = cluster.node_pools.get(call.params["pool"])
    if pool is None:
        raise not_found(f'Not found: node pool "{call.params["pool"]}" not found.')
    return pool


def check_etag(call: Call, entity: Cluster | NodePool) -> None:
    """Refuse a change of something that has changed since the caller read it (409)."""
    etag = call.part("update").get("etag") or call.document().get("etag")
    if etag and etag != entity.etag:
        raise concurrent_change()


def only(document: dict[str, JSON], known: Any) -> None:
    """Refuse an update of anything else, which Google can do and the sandbox cannot (GoogleError 501)."""
    addresses = ("name", "etag", "projectId", "zone", "clusterId", "nodePoolId")
    others = [key for key in document if key not in known and key not in addresses]
    if others:
        raise GoogleError(501, "UNIMPLEMENTED", f"This sandbox does not change {', '.join(others)}.")


def take(document: dict[str, JSON], key: str, kind: type[Wanted], default: Wanted) -> Wanted:
    """A field of a document, which must be of that kind (GoogleError 400 otherwise); the default where there is none.

    A whole number may be written as a string, as JSON does for those of 64 bits.
    """
    value = document.get(key)
    if value is None:
        return default
    if kind is int and isinstance(value, str) and value.isdecimal() and len(value) < 10:
        value = int(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise invalid(f"Invalid value at '{key}'.")
    return value


def take_objects(document: dict[str, JSON], key: str) -> list[dict[str, JSON]]:
    """A field that is a list of objects; GoogleError 400 otherwise."""
    found = take(document, key, list, [])
    if not all(isinstance(each, dict) for each in found):
        raise invalid(f"Invalid value at '{key}'.")
    return found


def take_texts(document: dict[str, JSON], key: str) -> dict[str, str]:
    """A field that is an object of strings; GoogleError 400 otherwise."""
    found = take(document, key, dict, {})
    if not all(isinstance(each, str) for each in found.values()):
        raise invalid(f"Invalid value at '{key}'.")
    return found


def place(project: str, call: Call) -> str:
    """The location as refusals name it: a zone if it is one."""
    location = call.params["location"]
    kind = "zones" if location.count("-") == 2 else "locations"
    return f"projects/{project}/{kind}/{location}"


def _required(permission: str, resource: str) -> GoogleError:
    """403 in the words that public threads quote."""
    return GoogleError(403, "PERMISSION_DENIED", f'Required "{permission}" permission(s) for "{resource}".')


def _resource(call: Call) -> str:
    """What a refusal names: the cluster or operation, or, of a list, the project."""
    for kind, key in (("clusters", "cluster"), ("operations", "operation")):
        if key in call.params:
            return f"{place(call.params['project'], call)}/{kind}/{call.params[key]}"
    return f"projects/{call.params['project']}"
