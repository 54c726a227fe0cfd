"""What the pages about GKE hear of what is read for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from wizard.clouds.errors import CloudError
    from wizard.federation.gke import ClusterName
    from wizard.modes.gke.chosen import ActsAs
    from wizard.modes.gke.clusters import ClusterSeen
    from wizard.modes.gke.running import Running


class ClustersSeen(Message):
    """The clusters of a project were read."""

    def __init__(self, project: str, clusters: Sequence[ClusterSeen]) -> None:
        super().__init__()
        self.project = project
        self.clusters = tuple(clusters)


class RunningSeen(Message):
    """What runs in a cluster was read."""

    def __init__(self, cluster: ClusterName, running: Running) -> None:
        super().__init__()
        self.cluster = cluster
        self.running = running


class ActingSeen(Message):
    """Whom Kubernetes service accounts (namespace and name) act as now was read, or could not be."""

    def __init__(self, found: Mapping[tuple[str, str], ActsAs | CloudError | None]) -> None:
        super().__init__()
        self.found = found
