"""The Cluster page for GKE: the cluster, and the node pools that run the workloads."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on

from screens.bridge import Bridge
from screens.form import FormPage
from screens.messages import Listed
from screens.modes.gke import reading
from screens.modes.gke.messages import ClustersRead
from screens.modes.gke.node_pools import NodePoolsField
from screens.session import Session
from screens.widgets.field import Field, field_for
from wizard.language import _
from wizard.setup.question import Choice, Found

if TYPE_CHECKING:
    from wizard.modes.gke.clusters import ClusterSeen
    from wizard.setup.question import Question

_OF_CLUSTERS = ("gke.cluster", "gke.location", "gke.node_pools")
"""The questions whose defaults depend on the clusters of the project."""

_ALL = "all node pools, because pods can run on every node pool"
_LINUX = "all node pools with Linux nodes, because pods can run on every Linux node"


class GkeClusterPage(FormPage):
    """Reads the clusters of the project, and shows the node pools of the chosen one."""

    page_id: ClassVar[str] = "gke-cluster"
    title: ClassVar[str] = "Cluster"

    def __init__(self, session: Session, bridge: Bridge) -> None:
        """`session` and `bridge` are those of the app."""
        super().__init__(session, bridge)
        self.clusters: tuple[ClusterSeen, ...] = ()

    def create_field(self, question: Question) -> Field:
        """Return the field for a question. Node pools have a special control."""
        create = NodePoolsField if question.kind == "several" else field_for
        return create(question, self.answers)

    def read_list(self, name: str) -> None:
        """Read a list. For clusters, read their properties too."""
        if name == "clusters":
            self._set_clusters(())
            reading.read_clusters(self.bridge, self)
        else:
            super().read_list(name)

    @on(ClustersRead)
    def _on_clusters(self, event: ClustersRead) -> None:
        event.stop()
        if event.project == self.answers.text("google.project"):
            self._set_clusters(event.clusters)
            note = "" if event.clusters else _("the project {project} has no GKE cluster").format(project=event.project)
            self.post_message(Listed("clusters", [_choice(cluster) for cluster in event.clusters], note))
            self.post_message(self.Changed())

    def _set_clusters(self, clusters: tuple[ClusterSeen, ...]) -> None:
        self.clusters = clusters
        self._set_defaults()

    def _set_defaults(self) -> None:
        """Set the defaults that depend on the clusters."""
        detected, project = self.answers.detected, self.answers.text("google.project")
        for path in _OF_CLUSTERS:
            detected.pop(path, None)
        if len(self.clusters) == 1:
            detected["gke.cluster"] = Found(
                self.clusters[0].name, _("the only cluster in {project}").format(project=project)
            )
        namesakes = self._namesakes
        if len(namesakes) == 1:
            detected["gke.location"] = Found(namesakes[0].location, _("the location of the cluster"))
        if (cluster := self.chosen) and not cluster.autopilot:
            names = tuple(pool.name for pool in cluster.node_pools if not pool.windows)
            detected["gke.node_pools"] = Found(names, _(_ALL) if len(names) == len(cluster.node_pools) else _(_LINUX))

    @property
    def chosen(self) -> ClusterSeen | None:
        """The cluster that the answers name; None if it was not read."""
        location = self.answers.text("gke.location")
        return next((cluster for cluster in self._namesakes if cluster.location == location), None)

    def answered(self, path: str) -> None:
        """After a change of the cluster, remove the answers that depend on it."""
        if path == "gke.cluster":
            self.answers.clear("gke.location")
        if path in ("gke.cluster", "gke.location"):
            self.answers.clear("gke.node_pools")
            self._set_defaults()
            self.refreshed()

    def refreshed(self) -> None:
        """Show the current answers, and the node pools of the chosen cluster."""
        super().refreshed()
        for pools in self.query(NodePoolsField):
            pools.show_cluster(self.chosen)
            pools.display = bool(self.answers.text("gke.cluster"))
        self.field("gke.location").display = self.chosen is None or len(self._namesakes) > 1

    @property
    def _namesakes(self) -> list[ClusterSeen]:
        """The clusters with the chosen name."""
        return [cluster for cluster in self.clusters if cluster.name == self.answers.text("gke.cluster")]


def _choice(cluster: ClusterSeen) -> Choice:
    """Return a cluster as a choice, with its properties as the note."""
    count = len(cluster.node_pools)
    properties = [cluster.kind]
    if not cluster.autopilot:
        properties.append(_("1 node pool") if count == 1 else _("{count} node pools").format(count=count))
    properties.append(_("workload pool on") if cluster.pool else _("workload pool off"))
    if cluster.status != "RUNNING":
        properties.append(cluster.status)
    return Choice(cluster.name, cluster.location, ", ".join(properties))


PAGE = GkeClusterPage
