"""How the sandbox runs its HTTP servers: what is not proper HTTP is refused, and nothing is printed about it."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from .loopback import WebHandler

_LOG = logging.getLogger("wizard.sandbox.http")
_CLIENTS_FAULT = (HttpProcessingError, web.RequestPayloadError, ConnectionError)
_MALFORMED = "*malformed"
"""The path of a request that could not be made from what came; no request has it."""


class Runner(web.AppRunner):
    """Runs an application; raises, returns and takes what aiohttp's own runner does."""

    def __init__(self, app: web.Application, **options: Any) -> None:
        app.middlewares.insert(0, _refuse_malformed)
        super().__init__(app, access_log=None, logger=_LOG, **options)

    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        server.request_factory = _made_by(server.request_factory)
        return server


def _made_by(make: Any) -> Any:
    """What makes requests; one whose URL has a host that cannot be read is made with another, and marked.

    aiohttp itself would neither answer it nor end the connection.
    """

    def make_request(message: Any, payload: Any, protocol: Any, writer: AbstractStreamWriter, task: Any) -> Any:
        try:
            return make(message, payload, protocol, writer, task)
        except ValueError:
            return make(message._replace(url=URL("/"), path=_MALFORMED), payload, protocol, writer, task)

    return make_request


@web.middleware
async def _refuse_malformed(request: web.Request, handler: WebHandler) -> web.StreamResponse:
    """Answer 400 to a request whose host or body cannot be read."""
    try:
        _ = request.url.host, request.path, urlsplit(f"//{request.headers.get('Host', '')}").port
        await request.read()
    except (ValueError, web.RequestPayloadError):
        return web.Response(status=400, text="400: Bad Request")
    if request.raw_path == _MALFORMED:
        return web.Response(status=400, text="400: Bad Request")
    return await handler(request)


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether a record is about a failure of the sandbox, and not of a client."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, _CLIENTS_FAULT)


_LOG.addFilter(_is_ours)
