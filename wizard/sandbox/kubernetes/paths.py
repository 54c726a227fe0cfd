"""What a request is about, read from its method and path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from . import kinds
from .kinds import NAMESPACE, Kind
from .requester import Wish
from .status import method_not_allowed, no_such_path

SUBRESOURCES = {("pods", "log"): "GET", ("serviceaccounts", "token"): "POST"}
TRUE = ("1", "true", "True")


@dataclass(frozen=True)
class Target:
    """A kind, and of it one object (`name`) or all; the namespace is empty for all namespaces, and where none is."""

    verb: str
    kind: Kind
    namespace: str = ""
    name: str = ""
    subresource: str = ""

    def wish(self) -> Wish:
        """The action that access control authorizes."""
        resource = f"{self.kind.plural}/{self.subresource}" if self.subresource else self.kind.plural
        # GKE's roles know a namespace by being in it, as Kubernetes' own do.
        namespace = self.name if self.kind is NAMESPACE else self.namespace
        return Wish(self.verb, self.kind.group, resource, namespace, self.name)


def target(method: str, path: str, query: Mapping[str, str]) -> Target:
    """The target of a request. Raises ApiError 404 for unknown paths, 405 for methods that they do not take."""
    parts = path.strip("/").split("/")
    group = "" if parts[0] == "api" else parts[1] if parts[0] == "apis" and len(parts) > 1 else None
    rest = parts[2:] if group == "" else parts[3:]
    if group is None or not rest or "" in parts:
        raise no_such_path()
    kind, namespace, name, subresource = _resource(group, parts[1 if group == "" else 2], rest)
    if subresource:
        if SUBRESOURCES.get((kind.plural, subresource)) != method:
            raise method_not_allowed() if (kind.plural, subresource) in SUBRESOURCES else no_such_path()
        return Target("get" if method == "GET" else "create", kind, namespace, name, subresource)
    return Target(_verb(method, kind, namespace, name, query), kind, namespace, name)


def _resource(group: str, version: str, rest: list[str]) -> tuple[Kind, str, str, str]:
    """Kind, namespace, name and subresource."""
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2:
        namespace, rest = rest[1], rest[2:]
    kind = kinds.find(group, version, rest[0])
    if kind is None or len(rest) > 3 or (namespace and not kind.namespaced):
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
    if verb not in kind.verbs or (not name and method != "GET" and kind.namespaced and not namespace):
        raise method_not_allowed()
    return verb
