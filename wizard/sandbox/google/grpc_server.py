"""The gRPC server of Google's APIs. It calls the handlers of REST.

Messages are loaded at the first call of a service, or when warmed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
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


_CALLS_AT_ONCE = 64
"""How many calls are answered at once; more wait."""

_RESET = "recvmsg:Connection reset by peer"
"""How gRPC says that a connection has ended."""


def warm() -> None:
    """Load the messages of the service that the wizard calls."""
    IAM.methods()


class GoogleHandler(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc ships no type information
    """Routes every method of every service: to the gateway, or to a refusal of what the sandbox lacks."""

    def __init__(self, gateway: Gateway, loop: asyncio.AbstractEventLoop) -> None:
        self._gateway = gateway
        self._loop = loop
        """The loop of the sandbox, in which calls are answered."""

    def service(self, handler_call_details: Any) -> Any:
        """The handler for one call."""
        path = handler_call_details.method
        name, _, method = path.lstrip("/").partition("/")
        if name in SERVICES:
            return grpc.unary_unary_rpc_method_handler(self._behaviour(name, method))
        # On the wire a single message is a stream of one: this refuses calls of any kind.
        return grpc.stream_stream_rpc_method_handler(self._refusal(name, method))

    def _behaviour(self, name: str, method: str) -> Callable[[bytes, Any], bytes]:
        def behaviour(raw: bytes, context: Any) -> bytes:
            asked = asyncio.run_coroutine_threadsafe(self._answered(name, method, raw, context), self._loop)
            context.add_callback(asked.cancel)  # the client is gone
            try:
                return asked.result()
            except GoogleError as error:
                _abort(context, error)
            except (Broken, CancelledError):
                context.abort(grpc.StatusCode.UNAVAILABLE, _RESET)
            raise AssertionError("unreachable: abort raises")

        return behaviour

    async def _answered(self, name: str, method: str, raw: bytes, context: Any) -> bytes:
        """The serialized answer. Raises GoogleError, and Broken if the answer does not arrive."""
        answer = await self._answer(name, method, raw, context)
        if breaks_answer():
            raise Broken
        return answer

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

    def _refusal(self, name: str, method: str) -> Callable[[Any, Any], Iterator[bytes]]:
        def refusal(_: Any, context: Any) -> Iterator[bytes]:
            _abort(context, self._lacking(name, method))
            yield b""  # never reached: it makes the refusal a stream

        return refusal

    def _lacking(self, name: str, method: str) -> GoogleError:
        """The refusal of what the sandbox lacks, which is logged here, since no API is asked."""
        log = self._gateway.world.log
        log.write(caller="", service=name, method="POST", path=f"/{name}/{method}", status=501, kind="read")
        return lacking(f"{name}/{method}")


def _abort(context: Any, error: GoogleError) -> None:
    """End the call with the error's status, and its details where gRPC clients look for them."""
    code = grpc.StatusCode[error.reason]
    if error.details:
        from .grpc_services import status

        details = status(code.value[0], error.message, error.details)
        context.set_trailing_metadata((("grpc-status-details-bin", details),))
    context.abort(code, error.message)


class GrpcServer:
    """A server that answers in threads. The asyncio server of grpcio ends at a path that is not UTF-8."""

    def __init__(self, gateway: Gateway) -> None:
        """Start on a free port of 127.0.0.1, without TLS, for the running loop."""
        self._threads = ThreadPoolExecutor(_CALLS_AT_ONCE, "grpc")
        self._server = grpc.server(self._threads)
        self._server.add_generic_rpc_handlers((GoogleHandler(gateway, asyncio.get_running_loop()),))
        self.port: int = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    async def stop(self, grace: float | None) -> None:
        """Stop, and cancel the calls that do not end within the grace (seconds)."""
        stopped = self._server.stop(grace)
        await asyncio.to_thread(stopped.wait)
        self._threads.shutdown(wait=False, cancel_futures=True)


async def serve(gateway: Gateway) -> tuple[GrpcServer, int]:
    """Start a server. Returns it, and its port."""
    server = GrpcServer(gateway)
    return server, server.port
