"""Reading what the pages about GKE show: clusters, what runs in them, and whom service accounts act as."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.message import Message
from textual.widget import Widget
from textual.worker import Worker

from screens.bridge import Bridge
from screens.modes.gke.messages import ActingSeen, ClustersSeen, RunningSeen

if TYPE_CHECKING:
    from wizard.federation.gke import ClusterName


def cluster_of(bridge: Bridge) -> ClusterName | None:
    """The cluster that the answers name; None for as long as they do not."""
    from wizard.federation.gke import ClusterName

    answers = bridge.session.answers
    names = [answers.text(path) for path in ("google.project", "gke.location", "gke.cluster")]
    return ClusterName(*names) if all(names) else None


def read_clusters(bridge: Bridge, page: Widget) -> Worker[None]:
    """Read the clusters of the project: ClustersSeen, or Failed(doing="list clusters")."""
    project = bridge.session.answers.text("google.project")

    def work(post: Callable[[Message], None]) -> None:
        from wizard.modes.gke import clusters

        post(ClustersSeen(project, clusters.clusters(bridge.session.clouds(), project)))

    return bridge.start(page, "list clusters", work)


def read_running(bridge: Bridge, page: Widget, cluster: ClusterName) -> Worker[None]:
    """Read what runs in a cluster: RunningSeen, or Failed(doing="list workloads")."""

    def work(post: Callable[[Message], None]) -> None:
        from wizard.modes.gke import running

        post(RunningSeen(cluster, running.running(bridge.session.clouds(), cluster)))

    return bridge.start(page, "list workloads", work)


def read_acting(
    bridge: Bridge, page: Widget, cluster: ClusterName, accounts: Sequence[tuple[str, str]]
) -> Worker[None]:
    """Read whom Kubernetes service accounts (namespace and name) act as now: ActingSeen."""

    def work(post: Callable[[Message], None]) -> None:
        from wizard.modes.gke import acting

        post(ActingSeen(acting.acting(bridge.session.clouds(), cluster, accounts)))

    return bridge.start(page, "read annotations", work)
