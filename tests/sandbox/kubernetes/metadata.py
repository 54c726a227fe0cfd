"""A pod's metadata server, asked from here."""

import asyncio
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from tests.sandbox.kubernetes.world import Kube
from wizard.sandbox.kubernetes import metadata_server
from wizard.sandbox.kubernetes.identities import NodeIdentity, PodIdentity
from wizard.sandbox.kubernetes.metadata_server import MetadataServer
from wizard.sandbox.network import loopback_site

Fetch = Callable[..., Awaitable[tuple[int, str]]]
FLAVOR = {"Metadata-Flavor": "Google"}


@asynccontextmanager
async def address_of(kube: Kube, account: str | None, reachable: bool = True, after: float = 0) -> AsyncIterator[str]:
    """HOST:PORT of the metadata server of a pod of that service account; None: of the node."""
    metadata = {"name": "one-off", "namespace": "anti-fraud", "uid": "7d7f1a1c-0000-4000-8000-000000000001"}
    pod = {"metadata": metadata, "spec": {"serviceAccountName": account}}
    state = kube.api.state
    identity = (
        PodIdentity(state, pod, kube.gateway.answer)
        if account is not None
        else NodeIdentity(state, kube.cluster.node_account(kube.cluster.node_pools["default-pool"]))
    )
    server = MetadataServer(kube.cluster, "gke-node-1", "asia-northeast1-a", identity, account is not None)
    with loopback_site() as site:
        async with metadata_server.serving(site, server, reachable, after):
            yield site.address


@asynccontextmanager
async def metadata_of(kube: Kube, account: str | None) -> AsyncIterator[Fetch]:
    """A function that gets a page below computeMetadata/v1: status and text."""
    async with address_of(kube, account) as address:

        async def fetch(page: str, headers: Mapping[str, str] = FLAVOR) -> tuple[int, str]:
            return await asyncio.to_thread(get, f"http://{address}/computeMetadata/v1/{page}", headers)

        yield fetch


def get(url: str, headers: Mapping[str, str]) -> tuple[int, str]:
    """One GET, whatever its status."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, headers=dict(headers)), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
