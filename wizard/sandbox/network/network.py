"""The network of the sandbox's workloads: the way to the clouds, and what stands at link-local addresses."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from . import child, namespace
from .loopback_sites import loopback_site
from .site import Site

KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR")
"""What a workload's program has of this process's own variables."""

HTTP = 80


@dataclass(frozen=True)
class Service:
    """A server that a workload finds at a link-local address, port 80, and by `names`, if it has any.

    `serve` answers at a site as long as its context lasts.
    """

    address: str
    serve: Callable[[Site], AbstractAsyncContextManager[None]]
    names: Sequence[str] = ()


Run = Callable[[Sequence[str], Mapping[str, str], child.Write], Coroutine[Any, Any, int]]
"""Runs a command with an environment to its end, once, and writes its output; returns the exit code.

It is negative if a signal ended the program, and 127 if the program cannot be started.
"""


@dataclass(frozen=True)
class Place:
    """Where one workload's program can run.

    `isolated` tells whether it is a network of its own. `addresses` are where the workload finds the services, in their
    order: the link-local addresses if it is, else HOST:PORT. `variables` are those of every program there.
    """

    isolated: bool
    addresses: Sequence[str]
    variables: Mapping[str, str]
    run: Run

    @property
    def address(self) -> str:
        """Where the workload finds the first service; empty without one."""
        return next(iter(self.addresses), "")


@dataclass(frozen=True)
class Proxy:
    """The way to the clouds: a proxy at a port of 127.0.0.1, which can serve more listening sockets.

    `variables` lead programs there.
    """

    port: int
    serve: Callable[[socket.socket], AbstractAsyncContextManager[None]]
    variables: Mapping[str, str]


@dataclass
class Network:
    """Makes places for workloads: with `isolate`, in network namespaces of their own where the machine allows it.

    `refusal` says why it does not; None while nothing speaks against it. It is found out once.
    """

    isolate: bool = True
    proxy: Proxy | None = None
    refusal: str | None = field(default=None, init=False)

    @asynccontextmanager
    async def place(self, *services: Service) -> AsyncIterator[Place]:
        """A place for one workload, with services of different addresses; nothing of it is left after the context."""
        async with AsyncExitStack() as stack:
            # A folder of its own, so that no program finds credentials of the person at the keyboard.
            folder = tempfile.TemporaryDirectory(prefix="wif-wizard-", ignore_cleanup_errors=True)
            home = stack.enter_context(folder)
            try:
                made = await self._isolated(stack, services)
            except namespace.NotAllowedError as refusal:
                self.refusal = str(refusal)
                made = await self._shared(stack, services)
            yield replace(made, variables={**made.variables, "HOME": home})

    async def _isolated(self, stack: AsyncExitStack, services: Sequence[Service]) -> Place:
        if not self.isolate:
            raise namespace.NotAllowedError("switched off")
        if self.refusal is not None:
            raise namespace.NotAllowedError(self.refusal)
        addresses = [] if self.proxy is None else [("127.0.0.1", self.proxy.port)]
        addresses += [(service.address, HTTP) for service in services]
        names = {name: service.address for service in services for name in service.names}
        space = await stack.enter_async_context(namespace.entered(addresses, names))
        sites = list(space.sites)
        if self.proxy is not None:
            await stack.enter_async_context(self.proxy.serve(sites.pop(0).listener))
        for service, site in zip(services, sites, strict=True):
            await stack.enter_async_context(service.serve(site))
        direct = [*(service.address for service in services), *names]
        return Place(True, [site.address for site in sites], self._variables(direct), space.run)

    async def _shared(self, stack: AsyncExitStack, services: Sequence[Service]) -> Place:
        sites = [stack.enter_context(loopback_site()) for _ in services]
        for service, site in zip(services, sites, strict=True):
            await stack.enter_async_context(service.serve(site))
        return Place(False, [site.address for site in sites], self._variables(()), child.run)

    def _variables(self, direct: Sequence[str]) -> dict[str, str]:
        """The variables of every program, with hosts that it reaches without the proxy."""
        variables = {name: os.environ[name] for name in KEPT if name in os.environ}
        if self.proxy is not None:
            variables |= self.proxy.variables
            for name in ("NO_PROXY", "no_proxy"):
                variables[name] = ",".join((variables[name], *direct))
        return variables
