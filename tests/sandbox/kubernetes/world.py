"""A GKE cluster in this process: its Kubernetes API without a transport, and the Google APIs that it needs."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from wizard.sandbox.authority import Authority
from wizard.sandbox.google.apis import MOUNTS
from wizard.sandbox.google.gateway import Gateway
from wizard.sandbox.kubernetes.api import KubernetesApi
from wizard.sandbox.kubernetes.carried_probe import probe_text
from wizard.sandbox.kubernetes.exchange import Asked, Reply
from wizard.sandbox.kubernetes.server import OpenDoor, serve
from wizard.sandbox.model.callers import CLOUD_PLATFORM, Caller
from wizard.sandbox.model.clusters import Cluster
from wizard.sandbox.model.policy import Binding
from wizard.sandbox.model.world import Settings, World
from wizard.sandbox.scenario import parse
from wizard.sandbox.seeding import operator_token, seed

OPERATOR = "user:operator@acme.example"
NODES = "gke-nodes@acme-payments.iam.gserviceaccount.com"
SCORER = "scorer@acme-payments.iam.gserviceaccount.com"
POOL = "acme-payments.svc.id.goog"
PRINCIPAL = f"principal://iam.googleapis.com/projects/210987654321/locations/global/workloadIdentityPools/{POOL}"
METADATA_SERVER = {"iam.gke.io/gke-metadata-server-enabled": "true"}
PATIENCE = 20.0

SCENARIO = f"""
title: a cluster that is in the project's workload identity pool, with one node pool that is not ready for it
google:
  operator: {OPERATOR}
  projects:
  - id: acme-payments
    number: "210987654321"
    name: Acme Payments
    services:
    - cloudresourcemanager.googleapis.com
    - container.googleapis.com
    - iam.googleapis.com
    - iamcredentials.googleapis.com
    - sts.googleapis.com
    policy:
    - {{role: roles/owner, members: ["{OPERATOR}"]}}
    - {{role: roles/container.clusterViewer, members: ["user:reader@acme.example"]}}
    - {{role: roles/container.developer, members: ["user:developer@acme.example"]}}
    service_accounts:
    - id: gke-nodes
    - id: scorer
    clusters:
    - name: payments
      location: asia-northeast1
      workload_pool: {POOL}
      node_pools:
      - {{name: default-pool, mode: GKE_METADATA, nodes: 2, service_account: "{NODES}"}}
      - {{name: old-pool, nodes: 1, service_account: "{NODES}"}}
      kubernetes:
        namespaces:
        - name: anti-fraud
          service_accounts:
          - name: scorer
          - name: modeler
            annotations: {{iam.gke.io/gcp-service-account: "{SCORER}"}}
          deployments:
          - {{name: scorer, replicas: 2, node_pool: default-pool}}
        - name: ending
          terminating: true
"""


@dataclass
class Kube:
    """One cluster, and the operator's token by default."""

    world: World
    cluster: Cluster
    api: KubernetesApi
    operator: str
    gateway: Gateway

    async def __call__(
        self,
        method: str,
        url: str,
        body: Any = None,
        *,
        token: str | None = None,
        media: str = "application/json",
        accept: str = "application/json",
    ) -> Reply:
        """Send one request; a body of bytes goes as it is."""
        parts = urlsplit(url)
        given = self.operator if token is None else token
        headers = {"content-type": media, "accept": accept, "authorization": f"Bearer {given}", "user-agent": "test/1"}
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return await self.api.answer(Asked(method, parts.path, dict(parse_qsl(parts.query)), headers, data))

    async def ok(self, method: str, url: str, body: Any = None, **how: Any) -> Any:
        """Send a request that must be answered well: the answer's object."""
        reply = await self(method, url, body, **how)
        assert reply.status < 300, reply.body
        return reply.body

    async def refused(self, method: str, url: str, body: Any = None, **how: Any) -> tuple[int, str, str]:
        """Send a request that must be refused: status, reason and message."""
        reply = await self(method, url, body, **how)
        assert reply.body is not None and reply.body["kind"] == "Status"
        assert reply.body["code"] == reply.status >= 400
        return reply.status, reply.body["reason"], reply.body["message"]

    def token(self, member: str) -> str:
        """A token for a user."""
        caller = Caller("user", member, None, (CLOUD_PLATFORM,), self.world.clock())
        return self.world.tokens.issue(caller, 3600)[0]

    def grant(self, role: str, *members: str, account: str | None = None) -> None:
        """Add a grant to the project's policy, or to a service account's."""
        found = self.world.projects.account(account) if account else None
        store = found.policy if found is not None else self.cluster.project.policy
        store.set((*store.bindings, Binding(role, members)), None, self.world.clock(), 0)


def _door(private: Path) -> OpenDoor:
    async def open_door(runner: web.AppRunner, authority: Authority, names: tuple[str, ...]) -> str:
        context = authority.context(("127.0.0.1", *names), private)
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        return f"127.0.0.1:{runner.addresses[-1][1]}"

    return open_door


async def start(stack: AsyncExitStack, private: Path, text: str = SCENARIO, command: Sequence[str] = ()) -> Kube:
    """Serve the first cluster of a scenario until the stack is closed; new pods run the command, if there is one."""
    world = World(Settings(steady=True))
    world.command = command
    google = parse("world", text).google
    seed(world, google)
    gateway = Gateway(world, MOUNTS)
    [cluster, *_] = world.clusters
    api = await serve(stack, world, cluster, gateway.answer, _door(private))
    return Kube(world, cluster, api, operator_token(world, google), gateway)


@dataclass
class OneOff:
    """A pod that carries a program; by default the probe in its GKE form."""

    kube: Kube
    name: str = "one-off"
    namespace: str = "anti-fraud"
    account: str = "scorer"
    request: Mapping[str, Any] = field(default_factory=lambda: {"form": "gke"})
    selector: Mapping[str, str] = field(default_factory=lambda: dict(METADATA_SERVER))
    spec: Mapping[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"/api/v1/namespaces/{self.namespace}/pods/{self.name}"

    def manifest(self) -> dict[str, Any]:
        """The pod."""
        command = ["python3", "-I", "-u", "-c", probe_text(), json.dumps(dict(self.request))]
        spec = {
            "restartPolicy": "Never",
            "serviceAccountName": self.account,
            "nodeSelector": dict(self.selector),
            "containers": [{"name": "probe", "image": "python:3.12-slim", "command": command}],
            **self.spec,
        }
        return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": self.name}, "spec": spec}

    async def create(self) -> Any:
        """Start it."""
        return await self.kube.ok("POST", self.url.rpartition("/")[0], self.manifest())

    async def until(self, *phases: str) -> Any:
        """Wait until it is in one of these phases: the pod."""
        async with asyncio.timeout(PATIENCE):
            while True:
                pod = await self.kube.ok("GET", self.url)
                if pod["status"]["phase"] in phases:
                    return pod
                await asyncio.sleep(0.01)

    async def log(self, query: str = "") -> str:
        """What it has printed."""
        reply = await self.kube("GET", f"{self.url}/log{query}")
        assert reply.stream is not None, reply.body
        return b"".join([chunk async for chunk in reply.stream]).decode()

    async def hops(self) -> dict[str, Any]:
        """Run it to its end: the last line of each hop of its probe."""
        await self.create()
        await self.until("Succeeded", "Failed")
        return {line["hop"]: line for line in map(json.loads, (await self.log()).splitlines())}
