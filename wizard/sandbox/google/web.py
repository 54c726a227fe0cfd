"""The gateway over HTTP/1.1."""

import json
from functools import partial

from aiohttp import web

from .calls import Request
from .gateway import Gateway
from .parameters import is_off


async def respond(gateway: Gateway, api: str, path: str, request: web.Request) -> web.StreamResponse:
    """Answer a request to an API, such as `iam`; `path` is decoded and starts after the host or the prefix."""
    query = {key: request.query.getall(key) for key in request.query}
    headers = {key.lower(): value for key, value in request.headers.items()}
    answer = await gateway.answer(api, Request(request.method, path, query, headers, await request.read()))
    indent = None if is_off(query, "prettyPrint") else 2
    return web.json_response(answer.body, status=answer.status, dumps=partial(json.dumps, indent=indent))
