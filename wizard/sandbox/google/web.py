"""The gateway over HTTP/1.1."""

from aiohttp import web

from .calls import Request
from .gateway import Gateway


async def respond(gateway: Gateway, api: str, path: str, request: web.Request) -> web.StreamResponse:
    """Answer a request to an API, such as `iam`; `path` is decoded and starts after the host or the prefix."""
    query = {key: request.query.getall(key) for key in request.query}
    headers = {key.lower(): value for key, value in request.headers.items()}
    answer = await gateway.answer(api, Request(request.method, path, query, headers, await request.read()))
    return web.json_response(answer.body, status=answer.status)
