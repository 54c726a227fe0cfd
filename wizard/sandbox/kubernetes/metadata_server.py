"""The metadata server of one pod, at the address where the pod looks for it.

Source: Compute Engine documentation, "View and query VM metadata", and GKE's, "About the GKE metadata server".
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from wizard.sandbox.loopback import only_this_server
from wizard.sandbox.model.callers import CLOUD_PLATFORM
from wizard.sandbox.model.clusters import Cluster
from wizard.sandbox.network import Site
from wizard.sandbox.runner import Runner

from .identities import Identity, MetadataError

ADDRESS = "169.254.169.254"
NAME = "metadata.google.internal"
HOSTS = (ADDRESS, NAME, f"{NAME}.")
"""How the Host header names the server in a network that has it at its own address."""

FLAVOR = {"Metadata-Flavor": "Google"}
SERVER = {"Server": "GKE Metadata Server"}
UNIVERSE = "googleapis.com"

ACCOUNTS = "instance/service-accounts"
NO_FLAVOR = 'Missing required header "Metadata-Flavor": "Google"'
GKE_ERROR = "GKE Metadata Server encountered an error: "


@dataclass(frozen=True)
class MetadataServer:
    """Answers the requests of one pod. `gke` tells GKE's own server from the node's."""

    cluster: Cluster
    node: str
    zone: str
    identity: Identity
    gke: bool

    async def answer(self, path: str, query: Any, flavored: bool) -> web.Response:
        """The answer to a GET; the path begins after the slash."""
        if path == "":
            return self._text(200, "computeMetadata/\n")
        if not flavored:
            return self._text(403, (GKE_ERROR if self.gke else "") + NO_FLAVOR)
        try:
            page = path.removeprefix("computeMetadata/v1/").rstrip("/")
            if page.startswith(ACCOUNTS):
                return await self._accounts(page.removeprefix(ACCOUNTS).strip("/"), query)
            render = PAGES.get(page)
            return self._text(404, "Not Found") if render is None else self._text(200, render(self))
        except MetadataError as error:
            return self._text(error.status, error.text)

    async def _accounts(self, page: str, query: Any) -> web.Response:
        email = self.identity.email()
        if page == "":
            return self._text(200, f"default/\n{email}/\n")
        account, _, leaf = page.partition("/")
        if account not in ("default", email):
            return self._text(404, "Not Found")
        if leaf == "token":
            scopes = [each for each in query.get("scopes", "").replace(",", " ").split() if each]
            return self._json(await self.identity.token(scopes or [CLOUD_PLATFORM]))
        if leaf == "" and query.get("recursive") == "true":
            return self._json({"aliases": ["default"], "email": email, "scopes": [CLOUD_PLATFORM]})
        leaves = {"": "aliases\nemail\nscopes\ntoken\n", "aliases": "default\n", "email": email}
        leaves["scopes"] = f"{CLOUD_PLATFORM}\n"
        return self._text(200, leaves[leaf]) if leaf in leaves else self._text(404, "Not Found")

    def _text(self, status: int, text: str) -> web.Response:
        return web.Response(status=status, text=text, content_type="application/text", headers=self._headers())

    def _json(self, document: dict[str, Any]) -> web.Response:
        return web.json_response(document, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {**FLAVOR, **(SERVER if self.gke else {"Server": "Metadata Server for VM"})}


PAGES: dict[str, Callable[[MetadataServer], str]] = {
    "instance/attributes/cluster-location": lambda server: server.cluster.location,
    "instance/attributes/cluster-name": lambda server: server.cluster.name,
    "instance/hostname": lambda server: f"{server.node}.{server.zone}.c.{server.cluster.project.id}.internal",
    "instance/name": lambda server: server.node,
    "instance/zone": lambda server: f"projects/{server.cluster.project.number}/zones/{server.zone}",
    "project/numeric-project-id": lambda server: server.cluster.project.number,
    "project/project-id": lambda server: server.cluster.project.id,
    "universe/universe-domain": lambda _: UNIVERSE,
}


@asynccontextmanager
async def serving(site: Site, server: MetadataServer, reachable: bool, after: float) -> AsyncIterator[None]:
    """Serve it. It refuses connections for `after` seconds, and lets them time out if not `reachable`."""
    runner = Runner(_app(server), shutdown_timeout=0.5)
    await runner.setup()
    opening = None
    if not reachable:
        site.drop_packets()
    elif after > 0:
        opening = asyncio.create_task(_open(runner, site, after))
    else:
        await _open(runner, site, 0)
    try:
        yield
    finally:
        if opening is not None:
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
        await runner.cleanup()


async def _open(runner: web.AppRunner, site: Site, after: float) -> None:
    await asyncio.sleep(after)
    await web.SockSite(runner, site.listener).start()


def _app(server: MetadataServer) -> web.Application:
    async def handle(request: web.Request) -> web.StreamResponse:
        if request.method != "GET":
            return web.Response(status=405)
        flavored = request.headers.get("Metadata-Flavor") == "Google"
        return await server.answer(request.path.lstrip("/"), request.query, flavored)

    app = web.Application(middlewares=[only_this_server(lambda host: host.removesuffix(":80") in HOSTS)])
    app.router.add_route("*", "/{tail:.*}", handle)
    return app
