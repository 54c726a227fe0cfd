"""The programs of pods that really run, as child processes with what their cluster gives them.

No image is pulled: a pod runs the probe that its command carries, or the command that the user gave for all workloads.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from wizard.sandbox.model.clusters import Cluster
from wizard.sandbox.network import Place, Service

from . import carried_probe, metadata_server, volumes
from .container_environment import environment
from .identities import Ask, Identity, NodeIdentity, PodIdentity
from .kinds import Object
from .metadata_server import MetadataServer
from .network_policies import reaches_metadata_server
from .nodes import Node
from .state import KubernetesState

EC2_METADATA = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
"""The variable with which AWS SDKs find the metadata service of an instance elsewhere; AWS does not set it."""


class PodPrograms:
    """Runs the programs of one cluster's pods in places of the network."""

    def __init__(self, state: KubernetesState, ask: Ask) -> None:
        self._state = state
        self._ask = ask

    def of(self, container: Object) -> list[str] | None:
        """The command to run for a container; None if nothing can run here.

        The pods that a cluster came with do not run the user's command: there can be hundreds.
        """
        carried = carried_probe.arguments(container)
        if carried is not None:
            return carried
        is_new = self._state.age == timedelta()
        return list(self._state.world.command) or None if is_new else None

    async def run(
        self, pod: Object, node: Node, command: list[str], write: Callable[[bytes], None], started: Callable[[], None]
    ) -> int:
        """Run the program of a pod on its node, and call `started` when it begins; the exit code.

        Raises MissingError if something that the first container needs does not exist.
        """
        container = pod["spec"]["containers"][0]
        with volumes.mounted(self._state, pod, container) as mounted:
            own = environment(self._state, pod, container)
            async with self._state.world.network.place(self._metadata_server(pod, node)) as place, _renewed(mounted):
                started()
                variables = {name: mounted.renamed(value) for name, value in own.items()}
                found = _variables(self._state.cluster, pod, place)
                code = await place.run(command, {**found, **variables}, write)
        return 128 - code if code < 0 else code

    def _metadata_server(self, pod: Object, node: Node) -> Service:
        """The server that the pod finds at 169.254.169.254: that of GKE, of its node, or of its EC2 instance."""
        host_network = pod["spec"].get("hostNetwork", False)
        can_reach = host_network or reaches_metadata_server(self._state, pod)
        instance, of_instance = self._state.cluster.node_instance, self._state.world.instance_metadata
        if instance and of_instance is not None and can_reach:
            return of_instance(instance, 0 if host_network else 1)
        gke = node.gke_metadata and not host_network
        identity: Identity = NodeIdentity(self._state, node.account)
        if gke:
            identity = PodIdentity(self._state, pod, self._ask)
        zone = node.labels["topology.kubernetes.io/zone"]
        server = MetadataServer(self._state.cluster, node.name, zone, identity, gke)
        elsewhere = bool(self._state.cluster.own_issuer)  # there is no metadata server of Google on EKS
        reachable = not elsewhere and can_reach
        after = self._state.metadata_after if gke else 0.0
        serve = partial(metadata_server.serving, server=server, reachable=reachable, after=after)
        return Service(metadata_server.ADDRESS, serve, (metadata_server.NAME,))


@asynccontextmanager
async def _renewed(mounted: volumes.Mounted) -> AsyncIterator[None]:
    """Renew the tokens of a pod while its program runs, as the kubelet does."""

    async def renew(pause: float) -> None:
        while True:
            await asyncio.sleep(pause)
            mounted.write_tokens()

    renewing = asyncio.create_task(renew(mounted.renewal)) if mounted.renewal is not None else None
    try:
        yield
    finally:
        if renewing is not None:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)


def _variables(cluster: Cluster, pod: Object, place: Place) -> dict[str, str]:
    """The variables of a pod's program. Where the metadata server is not at its own address, they name it."""
    variables = {**place.variables, "HOSTNAME": pod["metadata"]["name"]}
    if place.isolated:
        return variables
    if cluster.node_instance:
        return {**variables, EC2_METADATA: f"http://{place.address}"}
    return {**variables, **dict.fromkeys(("GCE_METADATA_HOST", "GCE_METADATA_IP", "GCE_METADATA_ROOT"), place.address)}
