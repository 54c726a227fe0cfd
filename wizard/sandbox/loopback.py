"""What every server of the sandbox demands of a request: it is for this very server, and not too large."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

LARGEST_BODY = 8 * 1024 * 1024
"""Bytes; the token service accepts options of 4 MB."""

WebHandler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_REFUSAL = {
    "error": {
        "code": 403,
        "message": "This server answers only to its own address on this machine.",
        "status": "PERMISSION_DENIED",
    }
}


def only_this_server(also: Callable[[str], bool] = lambda _: False) -> Middleware:
    """A middleware that refuses requests whose Host is not this very server, and not one that `also` accepts.

    A web page can lead a browser here under a name of its own (DNS rebinding); no program that was given this
    server's address sends any other Host.
    """

    @web.middleware
    async def refusing(request: web.Request, handler: WebHandler) -> web.StreamResponse:
        if is_this_server(request) or also(request.headers.get("Host", "")):
            return await handler(request)
        return web.json_response(_REFUSAL, status=403)

    return refusing


def is_this_server(request: web.Request) -> bool:
    """Whether the request is for the address that this server listens on."""
    sockname = request.transport.get_extra_info("sockname") if request.transport is not None else None
    port = sockname[1] if sockname else None
    return request.headers.get("Host") in (f"127.0.0.1:{port}", f"localhost:{port}")
