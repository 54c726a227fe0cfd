"""The API servers of a sandbox's clusters: each over http on loopback, and with its own certificate at its address."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

from aiohttp import web

from wizard.sandbox.authority import Authority
from wizard.sandbox.breaking import breaking
from wizard.sandbox.loopback import LARGEST_BODY, only_this_server
from wizard.sandbox.model.clusters import Cluster
from wizard.sandbox.model.world import World
from wizard.sandbox.runner import Runner

from . import contents, default_roles, kubeconfig
from .api import KubernetesApi
from .exchange import Asked, Reply
from .identities import Ask
from .impersonation import SEPARATOR
from .state import KubernetesState

NAMES = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
"""The names of every API server, besides its address."""

LIFETIME = timedelta(days=365)
"""Of a cluster's certificates."""

OpenDoor = Callable[[web.AppRunner, Authority, tuple[str, ...]], Awaitable[str]]
"""Lets the clients of an API server with these names reach it over TLS; returns its address: HOST, or HOST:PORT."""


_closing: set[asyncio.Task[None]] = set()
"""The tasks that close clusters; the event loop itself does not keep them."""


async def serve_all(
    stack: AsyncExitStack, world: World, ask: Ask, private: Path, token: str, open_door: OpenDoor
) -> dict[str, str]:
    """Serve every cluster; returns the variables that point clients at them, with the operator's token, if any.

    WIF_WIZARD_SANDBOX_KUBERNETES is the first one's address without TLS, for clients that send a token there.
    """
    clusters = list(world.clusters)
    for cluster in clusters:
        await serve(stack, world, cluster, ask, open_door)
    if not clusters:
        return {}
    plain = {"WIF_WIZARD_SANDBOX_KUBERNETES": clusters[0].kubernetes.http}
    # A cluster with a private endpoint cannot be reached from a machine like this one.
    public = [cluster for cluster in clusters if not cluster.private_endpoint]
    return {**kubeconfig.variables(public, private, token), **plain}


async def serve(stack: AsyncExitStack, world: World, cluster: Cluster, ask: Ask, open_door: OpenDoor) -> KubernetesApi:
    """Serve a cluster until it or the stack is closed; its endpoint, CA, keys and state are filled in."""
    own = await stack.enter_async_context(AsyncExitStack())
    cluster.close = partial(_close, own)
    said = cluster.contents
    state = KubernetesState(world, cluster, denied=list(said.get("denied", [])))
    state.metadata_after = float(said.get("metadata_after", 0.0))
    api = KubernetesApi(state, ask)
    own.push_async_callback(api.pods.close)
    state.age = world.clock() - cluster.created
    default_roles.install(state)
    contents.fill(api.objects, said)
    state.age = timedelta()
    runner = Runner(_app(api, cluster), shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    own.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    state.http = f"http://127.0.0.1:{runner.addresses[0][1]}"
    authority = Authority(str(uuid4()), world.clock(), LIFETIME)
    cluster.endpoint = await open_door(runner, authority, NAMES)
    cluster.ca = base64.b64encode(authority.pem).decode()
    cluster.keys, cluster.kubernetes = state.keys, state
    return api


def _close(own: AsyncExitStack) -> None:
    task = asyncio.get_running_loop().create_task(own.aclose())
    _closing.add(task)
    task.add_done_callback(_closing.discard)


def _app(api: KubernetesApi, cluster: Cluster) -> web.Application:
    async def handle(request: web.Request) -> web.StreamResponse:
        headers = {key.lower(): SEPARATOR.join(request.headers.getall(key)) for key in request.headers}
        asked = Asked(request.method, request.path, dict(request.query), headers, await request.read())
        reply = await api.answer(asked)
        return await _stream(request, reply) if reply.stream is not None else _plain(reply)

    for_it = only_this_server(lambda host: host == cluster.endpoint)
    app = web.Application(middlewares=[for_it, breaking], client_max_size=LARGEST_BODY)
    app.router.add_route("*", "/{tail:.*}", handle)
    return app


def _plain(reply: Reply) -> web.Response:
    response = web.Response(status=reply.status, body=json.dumps(reply.body).encode(), content_type=reply.media)
    for warning in reply.warnings:
        response.headers.add("Warning", f"299 - {json.dumps(warning)}")
    return response


async def _stream(request: web.Request, reply: Reply) -> web.StreamResponse:
    assert reply.stream is not None
    response = web.StreamResponse(status=reply.status, headers={"Content-Type": reply.media})
    await response.prepare(request)
    with suppress(ConnectionResetError):  # a watcher has seen enough
        async for chunk in reply.stream:
            await response.write(chunk)
        await response.write_eof()
    return response
