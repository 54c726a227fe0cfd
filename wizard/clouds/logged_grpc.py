"""A gRPC channel with a line in the call log for each call."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import grpc

from wizard.clouds import calls


class _Logged(grpc.UnaryUnaryClientInterceptor):  # type: ignore[misc]  # grpc ships no type information
    def __init__(self, host: str) -> None:
        self._host = host

    def intercept_unary_unary(self, continuation: Callable[[Any, Any], Any], details: Any, request: Any) -> Any:
        """Make a call, wait for its answer, and log it."""
        started = time.monotonic()
        answer = continuation(details, request)
        method = details.method.decode() if isinstance(details.method, bytes) else details.method
        calls.log("google-iam", "gRPC", f"{self._host}{method}", answer.code().name, started)
        return answer


def intercept(channel: Any, host: str) -> Any:
    """The channel, but with its calls logged."""
    return grpc.intercept_channel(channel, _Logged(host))
