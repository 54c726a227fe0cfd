"""Faults that strike below HTTP: the connection ends, or something else than the answer arrives."""

import asyncio
from contextlib import suppress
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from .faults import Broken, current

_PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to the network.</body></html>"


@web.middleware
async def breaking(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let faults strike below HTTP. The handlers inside have called `strike`."""
    current.set(None)
    try:
        response = await handler(request)
    except Broken:
        return _reset(request)
    fault = current.get()
    if fault is None:
        return response
    if fault.retry_after is not None:
        response.headers["Retry-After"] = str(fault.retry_after)
    if fault.effect == "reset after":
        return _reset(request)
    if fault.effect == "html":
        return web.Response(text=_PAGE, content_type="text/html")
    if fault.effect in ("cut", "slow") and isinstance(response, web.Response):
        return await _trickled(request, response, whole=fault.effect == "slow")
    return response


def _reset(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=502)


async def _trickled(request: web.Request, response: web.Response, *, whole: bool) -> web.StreamResponse:
    """Send an answer byte by byte over a second; or half of it, and end the connection."""
    body: Any = response.body or b""
    sent = web.StreamResponse(status=response.status, headers={"Content-Type": response.content_type})
    sent.content_length = len(body)
    await sent.prepare(request)
    with suppress(ConnectionResetError):
        if not whole:
            await sent.write(body[: len(body) // 2])
            return _reset(request)
        for part in range(0, len(body), max(1, len(body) // 20)):
            await sent.write(body[part : part + max(1, len(body) // 20)])
            await asyncio.sleep(0.05)
        await sent.write_eof()
    return sent
