"""The gateway as an HTTP server, which answers programs on this machine and no browser."""

from aiohttp import web

from wizard.sandbox.loopback import LARGEST_BODY, only_this_machine

from .calls import Request
from .gateway import Gateway


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
