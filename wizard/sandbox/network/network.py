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

    `isolated` tells whether it is a network of its own. `address` is where the workload finds the service: the
    link-local address if it is, else HOST:PORT; empty without a service. `variables` are those of every program there.
    """

    isolated: bool
    address: str
    variables: Mapping[str, str]
    run: Run


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
    async def place(self, service: Service | None) -> AsyncIterator[Place]:
        """A place for one workload, with a service or without one; at the end of the context nothing of it is left."""
        async with AsyncExitStack() as stack:
            # A folder of its own, so that no program finds credentials of the person at the keyboard.
            folder = tempfile.TemporaryDirectory(prefix="wif-wizard-", ignore_cleanup_errors=True)
            home = stack.enter_context(folder)
            try:
                made = await self._isolated(stack, service)
            except namespace.NotAllowedError as refusal:
                self.refusal = str(refusal)
                made = await self._shared(stack, service)
            yield replace(made, variables={**made.variables, "HOME": home})

    async def _isolated(self, stack: AsyncExitStack, service: Service | None) -> Place:
        if not self.isolate:
            raise namespace.NotAllowedError("switched off")
        if self.refusal is not None:
            raise namespace.NotAllowedError(self.refusal)
        addresses = [] if self.proxy is None else [("127.0.0.1", self.proxy.port)]
        names = {}
        if service is not None:
            addresses.append((service.address, HTTP))
            names = dict.fromkeys(service.names, service.address)
        space = await stack.enter_async_context(namespace.entered(addresses, names))
        sites = list(space.sites)
        if self.proxy is not None:
            await stack.enter_async_context(self.proxy.serve(sites.pop(0).listener))
        if service is None:
            return Place(True, "", self._variables(()), space.run)
        await stack.enter_async_context(service.serve(sites[0]))
        return Place(True, sites[0].address, self._variables((service.address, *service.names)), space.run)

    async def _shared(self, stack: AsyncExitStack, service: Service | None) -> Place:
        if service is None:
            return Place(False, "", self._variables(()), child.run)
        site = stack.enter_context(loopback_site())
        await stack.enter_async_context(service.serve(site))
        return Place(False, site.address, self._variables(()), child.run)

    def _variables(self, direct: Sequence[str]) -> dict[str, str]:
        """The variables of every program, with hosts that it reaches without the proxy."""
        variables = {name: os.environ[name] for name in KEPT if name in os.environ}
        if self.proxy is not None:
            variables |= self.proxy.variables
            for name in ("NO_PROXY", "no_proxy"):
                variables[name] = ",".join((variables[name], *direct))
        return variables
