"""The gRPC server of Google's APIs. It calls the handlers of REST.

Messages are loaded at the first call of a service, or when warmed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import grpc

from wizard.sandbox.faults import Broken, breaks_answer

from .errors import GoogleError, lacking
from .gateway import Gateway

if TYPE_CHECKING:
    from .grpc_services import Method


@dataclass(frozen=True)
class Service:
    """One service: the prefix of its REST API, and the class of Google's client libraries that calls it."""

    api: str
    package: str
    client: str

    def methods(self) -> dict[str, Method]:
        """The methods by name; loading their messages takes up to half a second."""
        from .grpc_services import methods  # slow to import: the ports are open before

        return methods(self.package, self.client)


IAM = Service("iam", "google.cloud.iam_admin_v1", "IAMClient")
_RESOURCE_MANAGER = ("cloudresourcemanager", "google.cloud.resourcemanager_v3")

SERVICES = {
    "google.iam.admin.v1.IAM": IAM,
    "google.container.v1.ClusterManager": Service("container", "google.cloud.container_v1", "ClusterManagerClient"),
    "google.container.v1beta1.ClusterManager": Service(
        "container", "google.cloud.container_v1beta1", "ClusterManagerClient"
    ),
    "google.cloud.resourcemanager.v3.Projects": Service(*_RESOURCE_MANAGER, "ProjectsClient"),
    "google.cloud.resourcemanager.v3.Folders": Service(*_RESOURCE_MANAGER, "FoldersClient"),
    "google.cloud.resourcemanager.v3.Organizations": Service(*_RESOURCE_MANAGER, "OrganizationsClient"),
    # Of the APIs that are served here, only Resource Manager has operations of this common kind.
    "google.longrunning.Operations": Service(*_RESOURCE_MANAGER, "ProjectsClient"),
}
"""The services that are served, by name."""


_RESET = "recvmsg:Connection reset by peer"
"""How gRPC says that a connection has ended."""


def warm() -> None:
    """Load the messages of the service that the wizard calls."""
    IAM.methods()


class GoogleHandler(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc ships no type information
    """Routes every method of every service: to the gateway, or to a refusal of what the sandbox lacks."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def service(self, handler_call_details: Any) -> Any:
        """The handler for one call."""
        path = handler_call_details.method
        name, _, method = path.lstrip("/").partition("/")
        if name in SERVICES:
            return grpc.unary_unary_rpc_method_handler(self._behaviour(name, method))
        # On the wire a single message is a stream of one: this refuses calls of any kind.
        return grpc.stream_stream_rpc_method_handler(self._refusal(name, method))

    def _behaviour(self, name: str, method: str) -> Callable[[bytes, Any], Awaitable[bytes]]:
        async def behaviour(raw: bytes, context: Any) -> bytes:
            try:
                answer = await self._answer(name, method, raw, context)
            except GoogleError as error:
                await _abort(context, error)
                raise
            except Broken:
                await context.abort(grpc.StatusCode.UNAVAILABLE, _RESET)
                raise
            if breaks_answer():
                await context.abort(grpc.StatusCode.UNAVAILABLE, _RESET)
            return answer

        return behaviour

    async def _answer(self, name: str, method: str, raw: bytes, context: Any) -> bytes:
        """The serialized answer. Raises GoogleError."""
        served = SERVICES[name]
        called = (await asyncio.to_thread(served.methods)).get(method)
        if called is None:
            raise self._lacking(name, method)
        headers = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
        request = called.transcode(raw, headers)
        try:
            answer = await self._gateway.perform(served.api, request)
        except GoogleError as error:
            # What REST lacks is named as a gRPC client knows it.
            missing = lacking(f"{request.method} {request.path} of {served.api}.googleapis.com")
            raise lacking(f"{name}/{method}") if error.message == missing.message else error from error
        return called.serialize(answer)

    def _refusal(self, name: str, method: str) -> Callable[[Any, Any], Awaitable[None]]:
        async def refusal(_: Any, context: Any) -> None:
            await _abort(context, self._lacking(name, method))

        return refusal

    def _lacking(self, name: str, method: str) -> GoogleError:
        """The refusal of what the sandbox lacks, which is logged here, since no API is asked."""
        log = self._gateway.world.log
        log.write(caller="", service=name, method="POST", path=f"/{name}/{method}", status=501, kind="read")
        return lacking(f"{name}/{method}")


async def _abort(context: Any, error: GoogleError) -> None:
    """End the call with the error's status, and its details where gRPC clients look for them."""
    code = grpc.StatusCode[error.reason]
    if error.details:
        from .grpc_services import status

        details = status(code.value[0], error.message, error.details)
        context.set_trailing_metadata((("grpc-status-details-bin", details),))
    await context.abort(code, error.message)


async def serve(gateway: Gateway) -> tuple[Any, int]:
    """Start on a free port of 127.0.0.1, without TLS. The server and its port."""
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((GoogleHandler(gateway),))
    bound = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    return server, bound
