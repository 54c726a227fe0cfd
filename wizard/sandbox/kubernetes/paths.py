"""What a request is about, read from its method and path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from . import kinds
from .kinds import ALL, NAMESPACE, STORED, Kind
from .requester import Wish
from .status import method_not_allowed, no_such_path

_READ_AND_CHANGE = {"GET": "get", "PUT": "update", "PATCH": "patch"}
_SCALED = ("deployments", "replicasets", "replicationcontrollers", "statefulsets")
_OF_RESOURCES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("namespaces", "finalize"): {"PUT": "update"},
    ("pods", "eviction"): {"POST": "create"},
    ("pods", "log"): {"GET": "get"},
    ("serviceaccounts", "token"): {"POST": "create"},
    **{(plural, "scale"): _READ_AND_CHANGE for plural in _SCALED},
}
"""The methods of subresources, and the verbs that these are."""

_INTO = {"GET": "get", "POST": "create"}
_PROXY = {**_READ_AND_CHANGE, "POST": "create", "DELETE": "delete"}
_ELSEWHERE: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("nodes", "proxy"): _PROXY,
    ("pods", "attach"): _INTO,
    ("pods", "binding"): {"POST": "create"},
    ("pods", "ephemeralcontainers"): _READ_AND_CHANGE,
    ("pods", "exec"): _INTO,
    ("pods", "portforward"): _INTO,
    ("pods", "proxy"): _PROXY,
    ("pods", "resize"): _READ_AND_CHANGE,
    ("services", "proxy"): _PROXY,
}
"""What API servers have and the sandbox does not."""

_ONE = re.compile(r"metadata\.name==?([^,=!]+)")
TRUE = ("1", "true", "True")


@dataclass(frozen=True)
class Target:
    """A kind, and of it one object (`name`) or all; the namespace is empty for all namespaces, and where none is."""

    verb: str
    kind: Kind
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    selected: str = ""
    """The one name that a list or a watch is about, by its field selector."""

    def wish(self) -> Wish:
        """The action that access control authorizes."""
        resource = f"{self.kind.plural}/{self.subresource}" if self.subresource else self.kind.plural
        # GKE's roles know a namespace by being in it, as Kubernetes' own do.
        namespace = self.name if self.kind is NAMESPACE else self.namespace
        return Wish(self.verb, self.kind.group, resource, namespace, self.name or self.selected)


def subresources(kind: Kind) -> Mapping[str, Mapping[str, str]]:
    """The subresources of a kind, with their methods and the verbs that these are."""
    of_kind = {**_OF_RESOURCES, **_ELSEWHERE}
    found = {name: verbs for (plural, name), verbs in of_kind.items() if plural == kind.plural}
    return {**found, "status": _READ_AND_CHANGE} if "status" in kind.fields and kind.verbs != ("create",) else found


def is_elsewhere(wanted: Target) -> bool:
    """Whether API servers can do this and the sandbox cannot."""
    if wanted.subresource:
        return (wanted.kind.plural, wanted.subresource) in _ELSEWHERE
    return wanted.verb not in wanted.kind.verbs


def target(method: str, path: str, query: Mapping[str, str]) -> Target:
    """The target of a request. Raises ApiError 404 for unknown paths, 405 for methods that they do not take."""
    parts = path.strip("/").split("/")
    group = "" if parts[0] == "api" else parts[1] if parts[0] == "apis" and len(parts) > 1 else None
    rest = parts[2:] if group == "" else parts[3:]
    if group is None or not rest or "" in parts:
        raise no_such_path()
    kind, namespace, name, subresource = _resource(group, parts[1 if group == "" else 2], rest)
    if subresource:
        verb = subresources(kind).get(subresource, {}).get(method)
        if verb is None:
            raise method_not_allowed() if subresource in subresources(kind) else no_such_path()
        return Target(verb, kind, namespace, name, subresource)
    one = _ONE.fullmatch(query.get("fieldSelector", ""))
    return Target(_verb(method, kind, namespace, name, query), kind, namespace, name, selected=one[1] if one else "")


def _resource(group: str, version: str, rest: list[str]) -> tuple[Kind, str, str, str]:
    """Kind, namespace, name and subresource."""
    namespace = ""
    if rest[0] == NAMESPACE.plural and len(rest) > 2 and rest[2] not in subresources(NAMESPACE):
        namespace, rest = rest[1], rest[2:]
    kind = kinds.find(group, version, rest[0])
    if kind is None or (len(rest) > 3 and rest[2] != "proxy") or (namespace and not kind.namespaced):
        raise no_such_path()
    name, subresource = [*rest[1:], "", ""][:2]
    if name and kind.namespaced and not namespace:
        raise no_such_path()
    return kind, namespace, name, subresource


def _verb(method: str, kind: Kind, namespace: str, name: str, query: Mapping[str, str]) -> str:
    if name:
        verb = {"GET": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}.get(method)
    elif method == "GET":
        verb = "watch" if query.get("watch") in TRUE else "list"
    else:
        verb = {"POST": "create", "DELETE": "deletecollection"}.get(method)
    is_known = verb in kind.verbs or (verb in ALL and kind in STORED)
    if not is_known or (not name and method != "GET" and kind.namespaced and not namespace):
        raise method_not_allowed()
    assert verb is not None
    return verb
