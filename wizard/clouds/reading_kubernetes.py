"""The session with a cluster that shares its reads. Only setups with a cluster load it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, TypeVar

from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import ALL, Kubernetes
from wizard.clouds.shared_reads import SharedReads

T = TypeVar("T")


class ReadingKubernetes(Kubernetes):
    """Asks for a list of objects instead of each, if several of a kind were announced."""

    def __init__(self, kubernetes: Kubernetes, reads: SharedReads) -> None:
        self.cluster = kubernetes.cluster
        self._kubernetes, self._reads = kubernetes, reads
        self._announced: dict[type[Any], set[tuple[str | None, str]]] = defaultdict(set)

    @property
    def access(self) -> Any:
        return self._kubernetes.access

    def has_announced_account(self, namespace: str) -> bool:
        from lightkube.resources.core_v1 import ServiceAccount

        wanted = self._announced[ServiceAccount]
        # Several are read by list, at the same time as the namespaces.
        return len(wanted) == 1 and all(
            place == namespace and self.get_or_none(ServiceAccount, name, place) is not None for place, name in wanted
        )

    def get(self, kind: type[T], name: str, namespace: str | None = None) -> T:
        key = (self.cluster, "get", kind, namespace, name)
        return self._reads.once(key, lambda: self._kubernetes.get(kind, name, namespace))

    def get_or_none(self, kind: type[T], name: str, namespace: str | None = None) -> T | None:
        listed = self._listed(kind, namespace)
        if listed is not None:
            return listed.get((namespace, name))
        return super().get_or_none(kind, name, namespace)

    def list_objects(
        self,
        kind: type[T],
        namespace: str | None = None,
        labels: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> list[T]:
        def key(of: Mapping[str, str] | None) -> tuple[Any, ...]:
            return (self.cluster, "list", kind, namespace, json.dumps([of, fields]))

        everything: list[Any] | None = self._reads.known(key(None)) if labels else None
        if labels and everything is not None:
            return [each for each in everything if labels.items() <= (each.metadata.labels or {}).items()]
        return self._reads.once(key(labels), lambda: self._kubernetes.list_objects(kind, namespace, labels, fields))

    def namespaced_kinds(self) -> list[type[Any]]:
        return self._reads.once((self.cluster, "namespaced kinds"), self._kubernetes.namespaced_kinds)

    def allowed(self, verb: str, resource: str, namespace: str | None = None, group: str = "") -> bool:
        key = (self.cluster, "allowed", verb, resource, namespace, group)
        if namespace is not None and self._spans_namespaces and self.allowed(verb, resource, None, group):
            return True
        return self._reads.once(key, lambda: self._kubernetes.allowed(verb, resource, namespace, group))

    @property
    def _spans_namespaces(self) -> bool:
        """Whether what was announced is in several namespaces, so that one question can answer for all of them."""
        return len({place for wanted in self._announced.values() for place, _ in wanted if place}) > 1

    def _call(self, verb: str, kind: type[Any], name: str, namespace: str | None, call: Any) -> Any:
        """Make any other call, which may be a write."""
        self._reads.drop()
        return self._kubernetes._call(verb, kind, name, namespace, call)

    def _listed(self, kind: type[T], namespace: str | None) -> dict[tuple[str | None, str], T] | None:
        """Return the objects of a list that answers for the namespace; None if each has to be asked for."""
        wanted = self._announced[kind]
        namespaces = {place for place, _ in wanted}
        if len(namespaces) > 1:
            everywhere = self._by_name(kind, ALL)
            if everywhere is not None:
                return everywhere
        if len([place for place, _ in wanted if place == namespace]) > 1:
            return self._by_name(kind, namespace)
        return None

    def _by_name(self, kind: type[T], namespace: str | None) -> dict[tuple[str | None, str], T] | None:
        """Return a list by namespace and name; None if the operator does not have permission to list."""
        key = (self.cluster, "by name", kind, namespace)
        return self._reads.once(key, lambda: self._read_by_name(kind, namespace))

    def _read_by_name(self, kind: type[T], namespace: str | None) -> dict[tuple[str | None, str], T] | None:
        try:
            listed: list[Any] = self.list_objects(kind, namespace)
        except CloudError as error:
            if error.status == 403:
                return None
            raise
        return {(each.metadata.namespace, each.metadata.name): each for each in listed}
