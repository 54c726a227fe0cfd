"""Cluster: which one, and which of its node pools run the workloads."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on

from screens.bridge import Bridge
from screens.form import FormPage
from screens.messages import Listed
from screens.modes.gke import reading
from screens.modes.gke.messages import ClustersSeen
from screens.modes.gke.node_pools import NodePoolsField
from screens.session import Session
from screens.widgets.field import Field, field_for
from wizard.setup.question import Choice, Found

if TYPE_CHECKING:
    from wizard.modes.gke.clusters import ClusterSeen
    from wizard.setup.question import Question

_OF_CLUSTERS = ("gke.cluster", "gke.location", "gke.node_pools")
"""Questions whose defaults follow from the clusters of the project."""


class GkeClusterPage(FormPage):
    """The clusters are read live; of the chosen one each node pool is shown as it is."""

    page_id: ClassVar[str] = "gke-cluster"
    title: ClassVar[str] = "Cluster"

    def __init__(self, session: Session, bridge: Bridge) -> None:
        """Nothing was read yet."""
        super().__init__(session, bridge)
        self.clusters: tuple[ClusterSeen, ...] = ()

    def make_field(self, question: Question) -> Field:
        """Node pools have a control of their own."""
        make = NodePoolsField if question.kind == "several" else field_for
        return make(question, self.answers)

    def read_list(self, name: str) -> None:
        """The clusters tell more than their names."""
        if name == "clusters":
            self._take(())
            reading.read_clusters(self.bridge, self)
        else:
            super().read_list(name)

    @on(ClustersSeen)
    def _seen(self, event: ClustersSeen) -> None:
        event.stop()
        if event.project == self.answers.text("google.project"):
            self._take(event.clusters)
            note = "" if event.clusters else f"{event.project} has no cluster"
            self.post_message(Listed("clusters", [_choice(each) for each in event.clusters], note))
            self.post_message(self.Changed())

    def _take(self, clusters: tuple[ClusterSeen, ...]) -> None:
        self.clusters = clusters
        self._derive()

    def _derive(self) -> None:
        """What follows from the clusters, for as long as it is not answered."""
        detected, project = self.answers.detected, self.answers.text("google.project")
        for path in _OF_CLUSTERS:
            detected.pop(path, None)
        if len(self.clusters) == 1:
            detected["gke.cluster"] = Found(self.clusters[0].name, f"the only cluster of {project}")
        named = [each for each in self.clusters if each.name == self.answers.text("gke.cluster")]
        if len(named) == 1:
            detected["gke.location"] = Found(named[0].location, "where the cluster is")
        if (cluster := self.chosen) and not cluster.autopilot:
            names = tuple(each.name for each in cluster.node_pools)
            detected["gke.node_pools"] = Found(names, "all of them, as pods may land on any")

    @property
    def chosen(self) -> ClusterSeen | None:
        """The cluster that the answers name, if it was read."""
        name, location = self.answers.text("gke.cluster"), self.answers.text("gke.location")
        return next((each for each in self.clusters if (each.name, each.location) == (name, location)), None)

    def answered(self, path: str) -> None:
        """Another cluster has other node pools, and is somewhere else."""
        if path == "gke.cluster":
            self.answers.clear("gke.location")
        if path in ("gke.cluster", "gke.location"):
            self.answers.clear("gke.node_pools")
            self._derive()
            self.refreshed()

    def refreshed(self) -> None:
        """The node pools are those of the cluster that is chosen now."""
        super().refreshed()
        for pools in self.query(NodePoolsField):
            pools.see(self.chosen)
            pools.display = bool(self.answers.text("gke.cluster"))
        self.field("gke.location").display = self.chosen is None or len(self._namesakes) > 1

    @property
    def _namesakes(self) -> list[ClusterSeen]:
        return [each for each in self.clusters if each.name == self.answers.text("gke.cluster")]


def _choice(cluster: ClusterSeen) -> Choice:
    """What a list says of a cluster."""
    count = len(cluster.node_pools)
    pools = "" if cluster.autopilot else f", {count} node pool{'' if count == 1 else 's'}"
    on_or_off = "workload pool on" if cluster.pool else "workload pool off"
    state = "" if cluster.status == "RUNNING" else f", {cluster.status}"
    return Choice(cluster.name, cluster.location, f"{cluster.kind}{pools}, {on_or_off}{state}")


PAGE = GkeClusterPage
