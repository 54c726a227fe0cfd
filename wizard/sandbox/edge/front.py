"""What the edge answers over HTTP/1.1: every request, by the host that it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import ClientError, ClientSession, web

from wizard.sandbox.aws.lacking import refuse_lacking, service_of
from wizard.sandbox.aws.messages import message
from wizard.sandbox.aws.protocols import refusal
from wizard.sandbox.breaking import breaking
from wizard.sandbox.google import web as google
from wizard.sandbox.google.errors import lacking
from wizard.sandbox.google.gateway import Gateway
from wizard.sandbox.loopback import LARGEST_BODY, is_this_server

from .hosts import google_api, is_aws, matches

if TYPE_CHECKING:
    from wizard.sandbox.aws import AwsCloud

METADATA_PATHS = ("/latest/", "/v2/credentials/", "/v4/", "/_sandbox/")
"""What AWS's metadata services answer, for workloads that are told this address."""

_OWN_HEADERS = ("connection", "keep-alive", "proxy-authorization", "proxy-connection", "te", "transfer-encoding")
"""Headers that are between a client and its proxy."""


class Front:
    """Leads requests to the clouds of the sandbox, and lets those for `pass_through` out."""

    def __init__(self, gateway: Gateway, aws: AwsCloud | None, pass_through: tuple[str, ...]) -> None:
        self._gateway, self._aws, self._pass_through = gateway, aws, pass_through

    def app(self) -> web.Application:
        """All of it as an application."""
        app = web.Application(middlewares=[breaking], client_max_size=LARGEST_BODY)
        app.router.add_route("*", "/{tail:.*}", self._respond)
        return app

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        if is_this_server(request):  # a client that was given an endpoint: /iam/v1/..., or a metadata service
            if self._aws is not None and request.path.startswith(METADATA_PATHS):
                return await self._aws.respond(request)
            api, _, rest = request.path.lstrip("/").partition("/")
            return await google.respond(self._gateway, api, f"/{rest}", request)
        host = (request.url.host or "").lower().rstrip(".")
        if api := google_api(host, request.path):
            return await google.respond(self._gateway, api, request.path, request)
        if self._aws is not None and is_aws(host):
            return await self._aws.respond(request)
        if matches(host, self._pass_through):
            return await _passed(request)
        self._gateway.world.log.write(
            caller="", service=host, method=request.method, path=request.path, status=501, kind="read"
        )
        if is_aws(host):
            return await _without_aws(request)
        return web.json_response(lacking(host).body(), status=501)


async def _without_aws(request: web.Request) -> web.Response:
    """The same in the protocol of the service of AWS, in a sandbox without an account there."""
    received = message(request.method, str(request.url), request.headers, await request.read())
    service = service_of(received)
    reply = refusal(service, refuse_lacking(service, received))
    return web.Response(status=reply.status, body=reply.body, headers=dict(reply.headers))


async def _passed(request: web.Request) -> web.StreamResponse:
    """Send a plain HTTP request on, and its answer back."""
    headers = {name: value for name, value in request.headers.items() if name.lower() not in _OWN_HEADERS}
    try:
        async with (
            ClientSession(auto_decompress=False) as session,
            session.request(
                request.method, request.url, headers=headers, data=await request.read(), allow_redirects=False
            ) as answer,
        ):
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in _OWN_HEADERS}
            response = web.StreamResponse(status=answer.status, headers=kept)
            await response.prepare(request)
            async for chunk in answer.content.iter_any():
                await response.write(chunk)
            await response.write_eof()
            return response
    except ClientError as error:
        return web.Response(status=502, text=f"{request.url.host} does not answer: {type(error).__name__}\n")
