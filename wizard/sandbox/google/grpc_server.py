"""The gRPC server of Google's APIs. It calls the handlers of REST.

Its messages are loaded at the first call, or when warmed.
"""

from collections.abc import Awaitable, Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import grpc

from .errors import GoogleError
from .gateway import Gateway

if TYPE_CHECKING:
    from .grpc_messages import Method

SERVICE = "google.iam.admin.v1.IAM"
PREFIX = "iam"


@cache
def methods() -> "dict[str, Method]":
    """The table of methods; loading the messages takes a third of a second."""
    from .grpc_messages import METHODS  # slow to import: the ports are open before

    return dict(METHODS)


def warm() -> None:
    """Load the messages."""
    methods()


class IamHandler(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc ships no type information
    """Routes the service's methods to the gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def service(self, handler_call_details: Any) -> Any:
        """The handler for one call, or None for other services and unknown methods."""
        service, _, method = handler_call_details.method.lstrip("/").partition("/")
        if service != SERVICE or method not in methods():
            return None
        return grpc.unary_unary_rpc_method_handler(self._behaviour(methods()[method]))

    def _behaviour(self, method: "Method") -> Callable[[bytes, Any], Awaitable[bytes]]:
        async def behaviour(raw: bytes, context: Any) -> bytes:
            headers = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
            try:
                answer = await self._gateway.perform(PREFIX, method.transcode(raw, headers))
            except GoogleError as error:
                await _abort(context, error)
                raise
            return method.serialize(answer)

        return behaviour


async def _abort(context: Any, error: GoogleError) -> None:
    """End the call with the error's status, and its details where gRPC clients look for them."""
    from .grpc_messages import status

    code = grpc.StatusCode[error.reason]
    details = status(code.value[0], error.message, error.details)
    context.set_trailing_metadata((("grpc-status-details-bin", details),))
    await context.abort(code, error.message)


async def serve(gateway: Gateway) -> tuple[Any, int]:
    """Start on a free port of 127.0.0.1, without TLS. The server and its port."""
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((IamHandler(gateway),))
    bound = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    return server, bound
