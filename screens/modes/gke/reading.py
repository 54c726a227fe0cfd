"""Reads the data of the GKE pages: clusters, running workloads, and the current identities of service accounts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.message import Message
from textual.widget import Widget
from textual.worker import Worker

from screens.bridge import Bridge
from screens.modes.gke.messages import ClustersRead, IdentitiesRead, RunningRead

if TYPE_CHECKING:
    from wizard.federation.gke import ClusterName


def cluster_of(bridge: Bridge) -> ClusterName | None:
    """Return the cluster that the answers name; None if they do not name one yet."""
    from wizard.federation.gke import ClusterName

    answers = bridge.session.answers
    names = [answers.text(path) for path in ("google.project", "gke.location", "gke.cluster")]
    return ClusterName(*names) if all(names) else None


def read_clusters(bridge: Bridge, page: Widget) -> Worker[None]:
    """Read the clusters of the project. Posts ClustersRead, or Failed(doing="list clusters")."""
    project = bridge.session.answers.text("google.project")

    def work(post: Callable[[Message], None]) -> None:
        from wizard.modes.gke import clusters

        post(ClustersRead(project, clusters.clusters(bridge.session.clouds(), project)))

    return bridge.start(page, "list clusters", work)


def read_running(bridge: Bridge, page: Widget, cluster: ClusterName) -> Worker[None]:
    """Read the workloads that run in a cluster. Posts RunningRead, or Failed(doing="list workloads")."""

    def work(post: Callable[[Message], None]) -> None:
        from wizard.modes.gke import running

        post(RunningRead(cluster, running.running(bridge.session.clouds(), cluster)))

    return bridge.start(page, "list workloads", work)


def read_identities(
    bridge: Bridge, page: Widget, cluster: ClusterName, accounts: Sequence[tuple[str, str]]
) -> Worker[None]:
    """Read the current identities of Kubernetes service accounts (namespace and name). Posts IdentitiesRead."""

    def work(post: Callable[[Message], None]) -> None:
        from wizard.modes.gke import acting

        post(IdentitiesRead(acting.acting(bridge.session.clouds(), cluster, accounts)))

    return bridge.start(page, "read annotations", work)
