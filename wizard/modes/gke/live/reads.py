"""What a live test reads of the clusters of a project: each thing once, however many workloads are tested."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wizard.clouds import clusters
from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import ALL, Kubernetes
from wizard.clouds.session import Clouds
from wizard.clouds.shared_reads import ScopedReads, SharedReads
from wizard.engine.readers import Readers
from wizard.federation.gke import ClusterName

Json = dict[str, Any]

AT_ONCE = 8
"""How many calls, one-off pods and child processes a test has at once."""

_FEW = 3
"""Up to how many objects are read by name; more are read with one list."""


class ClusterReads:
    """Reads of one cluster, and of the others in its project, shared by the tests of all workloads in it.

    `accounts` are the namespaces and names of the Kubernetes service accounts that are tested. Tests of several setups
    announce theirs, so that one list answers for all of them.
    """

    def __init__(self, clouds: Clouds, cluster: ClusterName, accounts: Sequence[tuple[str, str]]) -> None:
        self.clouds = clouds
        self.name = cluster
        self.shared = ScopedReads(clouds.facts or SharedReads(), ("cluster", cluster))
        self._accounts = [*dict.fromkeys([*accounts, *_announced(clouds, cluster)])]
        self._namespaces = {namespace for namespace, _ in self._accounts}
        self._no_answer: CloudError | None = None
        """Why the cluster does not answer, so that not every list is waited for."""

    @property
    def kubernetes(self) -> Kubernetes:
        """The cluster's Kubernetes API, with the operator's credentials."""
        return self.clouds.kubernetes(self.name)

    def cluster(self) -> Json:
        """Return the cluster as the Container API does. Raises CloudError."""
        return self.shared.once("cluster", lambda: clusters.read(self.clouds.google, self.name))

    def clusters(self) -> list[Json]:
        """Return all clusters of the project. Raises CloudError."""
        path = f"/v1/projects/{self.name.project}/locations/-/clusters"
        answer = self.shared.once("clusters", lambda: self.clouds.google.call("container", "GET", path))
        return list(answer.get("clusters", ()))

    def namespace(self, name: str) -> Json:
        """Return a namespace. Raises CloudError, with status 404 if it does not exist."""
        from lightkube.resources.core_v1 import Namespace

        if len(self._namespaces) > _FEW:
            listed = self._listed(Namespace, None)
            for item in listed or ():
                if item["metadata"]["name"] == name:
                    return item
        read = self.shared.once(("namespace", name), lambda: self.kubernetes.get(Namespace, name))
        return read.to_dict()

    def account(self, namespace: str, name: str) -> Json:
        """Return a Kubernetes service account. Raises CloudError, with status 404 if it does not exist."""
        from lightkube.resources.core_v1 import ServiceAccount

        if len(self._accounts) > _FEW:
            for item in self._listed(ServiceAccount, self._scope()) or ():
                if (item["metadata"]["namespace"], item["metadata"]["name"]) == (namespace, name):
                    return item
        return self.kubernetes.get(ServiceAccount, name, namespace).to_dict()

    def accounts_of(self, other: ClusterName) -> set[tuple[str, str]]:
        """Return those of the tested service accounts that another cluster has too. Raises CloudError."""
        from lightkube.resources.core_v1 import ServiceAccount

        kubernetes = self.clouds.kubernetes(other)
        if len(self._accounts) > _FEW:
            listed = [item.metadata for item in kubernetes.list_objects(ServiceAccount, self._scope())]
            return {(str(metadata.namespace), str(metadata.name)) for metadata in listed if metadata}
        return {key for key in self._accounts if kubernetes.get_or_none(ServiceAccount, key[1], key[0])}

    def objects(self, kind: Any, namespace: str) -> list[Json]:
        """Return the objects of a kind in a namespace that is tested. Raises CloudError."""
        everywhere = self._listed(kind, ALL) if len(self._namespaces) > 1 else None
        if everywhere is None:
            return self._list(kind, namespace)
        return [item for item in everywhere if item["metadata"]["namespace"] == namespace]

    def clusterwide(self, kind: Any) -> list[Json]:
        """Return the objects of a kind that is in no namespace. Raises CloudError."""
        return self._list(kind, None)

    def nodes(self) -> list[Json]:
        """Return the nodes of the cluster. Raises CloudError."""
        from lightkube.resources.core_v1 import Node

        return self._list(Node, None)

    def read_ahead(self, kinds: Sequence[Any], namespace: str) -> None:
        """Read objects of several kinds at the same time. Errors are raised when the objects are asked for."""
        place = namespace if len(self._namespaces) == 1 else ALL
        names = tuple(kind.__name__ for kind in kinds)
        self.shared.once(("ahead", names, place), lambda: self._read_ahead(kinds, namespace))

    def _read_ahead(self, kinds: Sequence[Any], namespace: str) -> None:
        def read(kind: Any) -> None:
            try:
                self.objects(kind, namespace)
            except CloudError:
                return  # raised again for whoever asks

        with Readers(max_workers=AT_ONCE) as readers:
            list(readers.map(read, kinds))

    def _scope(self) -> str:
        return ALL if len(self._namespaces) > 1 else next(iter(self._namespaces))

    def _listed(self, kind: Any, namespace: str | None) -> list[Json] | None:
        """Return the listed objects; None if listing them so is not allowed."""
        try:
            return self._list(kind, namespace)
        except CloudError as error:
            if error.status == 403:
                return None
            raise

    def _list(self, kind: Any, namespace: str | None) -> list[Json]:
        def read() -> list[Json]:
            if self._no_answer:
                raise self._no_answer
            try:
                return [item.to_dict() for item in self.kubernetes.list_objects(kind, namespace)]
            except CloudError as error:
                if error.status is None:
                    self._no_answer = error
                raise

        return self.shared.once(("list", kind.__name__, namespace), read)


def _announced(clouds: Clouds, cluster: ClusterName) -> list[tuple[str, str]]:
    """Return the service accounts that the tests of several setups announced; none for a single setup."""
    if clouds.facts is None:
        return []
    from lightkube.resources.core_v1 import ServiceAccount

    return [(namespace, name) for namespace, name in clouds.kubernetes(cluster).announced(ServiceAccount) if namespace]
