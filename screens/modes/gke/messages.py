"""The messages with the data that was read for the GKE pages."""

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


class ClustersRead(Message):
    """The clusters of a project were read."""

    def __init__(self, project: str, clusters: Sequence[ClusterSeen]) -> None:
        super().__init__()
        self.project = project
        self.clusters = tuple(clusters)


class RunningRead(Message):
    """The workloads that run in a cluster were read."""

    def __init__(self, cluster: ClusterName, running: Running) -> None:
        super().__init__()
        self.cluster = cluster
        self.running = running


class IdentitiesRead(Message):
    """The current identities of service accounts were read. The keys are namespace and name; values can be errors."""

    def __init__(self, identities: Mapping[tuple[str, str], ActsAs | CloudError | None]) -> None:
        super().__init__()
        self.identities = identities
