"""The gateway as an HTTP server, which answers programs on this machine and no browser."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from .google.calls import Request
from .google.errors import GoogleError
from .google.gateway import Gateway

LARGEST_BODY = 8 * 1024 * 1024
"""Bytes; the token service takes options of 4 MB."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def only_this_machine(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests whose Host is not this very server.

    A web page can lead a browser here under a name of its own (DNS rebinding); no program that was given this
    server's address sends any other Host.
    """
    sockname = request.transport.get_extra_info("sockname") if request.transport is not None else None
    port = sockname[1] if sockname else None
    if request.headers.get("Host") not in (f"127.0.0.1:{port}", f"localhost:{port}"):
        error = GoogleError(403, "PERMISSION_DENIED", "This server answers only to its own address on this machine.")
        return web.json_response(error.body(), status=error.status)
    return await handler(request)


def google_app(gateway: Gateway) -> web.Application:
    """Every Google API under its prefix: /iam/..., /sts/... and so on."""

    async def handle(request: web.Request) -> web.StreamResponse:
        prefix, _, rest = request.path.lstrip("/").partition("/")
        query = {key: request.query.getall(key) for key in request.query}
        headers = {key.lower(): value for key, value in request.headers.items()}
        answer = await gateway.answer(prefix, Request(request.method, f"/{rest}", query, headers, await request.read()))
        return web.json_response(answer.body, status=answer.status)

    app = web.Application(middlewares=[only_this_machine], client_max_size=LARGEST_BODY)
    app.router.add_route("*", "/{tail:.*}", handle)
    return app
