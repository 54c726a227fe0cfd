"""A forward proxy on loopback: it ends each connection itself, with a certificate of its own for any host.

A request that is not CONNECT is served as it is. After CONNECT comes TLS, with HTTP/1.1 or, from gRPC clients, HTTP/2;
or plain HTTP, which some clients send through CONNECT to port 80.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast
from weakref import WeakSet

from wizard.sandbox.authority import Authority

from .hosts import matches

LARGEST_HEAD = 16 * 1024
"""Bytes of a CONNECT request."""

BEGINNING_SECONDS = 2.0
"""How long the first word of a request may take once it has begun."""

LINGER_SECONDS = 1.0
"""How long a refused client may take to hear so."""

PROTOCOLS = ("http/1.1", "h2")
"""In the order of preference: only a client that speaks nothing but HTTP/2 gets it, and that is one of gRPC."""

_CHUNK = 64 * 1024
_TLS = b"\x16"
_WORD = b"CONNECT "
_CONNECT = re.compile(rb"CONNECT (?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]{1,254})):([0-9]{1,5}) HTTP/1\.[01]\r\n")
_LONGEST_LABEL = 63
_PORTS = 65_535

ProtocolFactory = Callable[[], asyncio.BaseProtocol]


class BadTunnelError(Exception):
    """A CONNECT request that names no host and port; `status` is how it is answered, such as `400 Bad Request`."""

    def __init__(self, status: str = "400 Bad Request") -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True)
class Destination:
    """A server of the sandbox that answers at an address of its own, with its own certificate."""

    server: ProtocolFactory
    context: ssl.SSLContext


class Tunnel:
    """Serves a port of this machine, and the sockets of workloads that have networks of their own.

    `front` answers HTTP/1.1 for every host. `grpc` is the port where gRPC is served without TLS.
    `addresses` are those that have servers of their own. What is for a host in `pass_through` leaves this machine.
    """

    def __init__(
        self, front: ProtocolFactory, grpc: int, authority: Authority, private: Path, pass_through: tuple[str, ...]
    ) -> None:
        self._front, self._grpc, self._pass_through = front, grpc, pass_through
        self.addresses: dict[str, Destination] = {}
        self.context = lru_cache(1024)(lambda host: authority.context([host], private, PROTOCOLS))
        self._listener: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._connections: WeakSet[asyncio.Transport] = WeakSet()

    def start(self, port: int) -> int:
        """Listen on 127.0.0.1; port 0 takes a free one. Returns the port. Raises OSError."""
        self._listener = socket.create_server(("127.0.0.1", port), backlog=1024)
        self._listener.setblocking(False)
        self._spawn(self._accept(self._listener))
        return int(self._listener.getsockname()[1])

    @asynccontextmanager
    async def serving(self, listener: socket.socket) -> AsyncIterator[None]:
        """Serve one more socket, which is bound, until the context ends; the socket is not closed."""
        listener.listen(1024)
        listener.setblocking(False)
        accepting = self._spawn(self._accept(listener))
        try:
            yield
        finally:
            accepting.cancel()
            await asyncio.gather(accepting, return_exceptions=True)

    async def close(self) -> None:
        """Stop listening, and end every connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for connection in self._connections:
            connection.abort()
        await asyncio.sleep(0)  # what was aborted is closed in the next turn
        if self._listener is not None:
            self._listener.close()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            client, _ = await loop.sock_accept(listener)
            client.setblocking(False)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._spawn(self._serve(client))

    async def _serve(self, client: socket.socket) -> None:
        try:
            await self._lead(client)
        except BadTunnelError as error:
            await _refuse(client, error.status)
        except OSError:  # the client has gone, does not trust the certificate, or sent no request
            client.close()
        except asyncio.CancelledError:
            client.close()
            raise

    async def _lead(self, client: socket.socket) -> None:
        """Lead a connection to its server, which owns the socket from there on."""
        loop = asyncio.get_running_loop()
        target = await _connect_target(client)
        if target is None:
            await self._connect(self._front, client)
            return
        host, port = target
        if matches(host, self._pass_through):
            await self._pass(client, host, port)
            return
        await loop.sock_sendall(client, b"HTTP/1.1 200 Connection established\r\n\r\n")
        if await _peek(client, 1) != _TLS:
            await self._connect(self._front, client)
            return
        own = self.addresses.get(host)
        if own is not None:
            await self._connect(own.server, client, own.context)
        else:
            await self._connect(lambda: _Chooser(self), client, self.context(host))

    async def _connect(
        self, server: ProtocolFactory, client: socket.socket, context: ssl.SSLContext | None = None
    ) -> None:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_accepted_socket(server, client, ssl=context)
        self._connections.add(transport)

    async def _pass(self, client: socket.socket, host: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        try:
            outside = await asyncio.open_connection(host, port)
        except OSError:
            await loop.sock_sendall(client, b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            client.close()
            return
        await loop.sock_sendall(client, b"HTTP/1.1 200 Connection established\r\n\r\n")
        await _relay(await asyncio.open_connection(sock=client), outside)

    def chosen(self, transport: asyncio.Transport) -> None:
        """Hand a connection whose TLS handshake is done to the server of the protocol that was agreed on."""
        if transport.get_extra_info("ssl_object").selected_alpn_protocol() == "h2":
            self._spawn(self._to_grpc(_streams(transport)))
            return
        server = cast(asyncio.Protocol, self._front())
        transport.set_protocol(server)
        server.connection_made(transport)

    async def _to_grpc(self, client: Streams) -> None:
        with suppress(OSError):
            await _relay(client, await asyncio.open_connection("127.0.0.1", self._grpc))


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Chooser(asyncio.Protocol):
    """Waits for the end of a TLS handshake."""

    def __init__(self, tunnel: Tunnel) -> None:
        self._tunnel = tunnel

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._tunnel.chosen(cast(asyncio.Transport, transport))


async def _connect_target(client: socket.socket) -> tuple[str, int] | None:
    """Take a CONNECT request off the socket: its host and port. None for another request, which stays there.

    Raises BadTunnelError, or OSError when the client has gone.
    """
    if await _first_word(client) != _WORD:
        return None
    head, end = b"", -1
    while end < 0:
        if len(head) >= LARGEST_HEAD:
            raise BadTunnelError("431 Request Header Fields Too Large")
        seen = await _peek(client, LARGEST_HEAD)
        if not seen:
            raise ConnectionError("not a whole request")
        end = (head + seen).find(b"\r\n\r\n")
        head += client.recv(len(seen) if end < 0 else end + 4 - len(head))  # what follows the head is not ours
    named = _CONNECT.match(head)
    if named is None:
        raise BadTunnelError
    host, port = (named[1] or named[2]).decode("ascii").lower().rstrip("."), int(named[3])
    if port > _PORTS or not all(0 < len(label) <= _LONGEST_LABEL for label in host.split(".")):
        raise BadTunnelError
    return host, port


async def _first_word(client: socket.socket) -> bytes:
    """The first word of a request, which stays on the socket; less of it if that tells it from CONNECT."""
    deadline = asyncio.get_running_loop().time() + BEGINNING_SECONDS
    while True:
        seen = await _peek(client, len(_WORD))
        if not seen:
            raise ConnectionError("not a request")
        if seen == _WORD or not _WORD.startswith(seen):
            return seen
        if asyncio.get_running_loop().time() > deadline:
            raise ConnectionError("not a whole word")
        await asyncio.sleep(0.01)  # what was peeked at stays readable, so that nothing tells of more


async def _refuse(client: socket.socket, status: str) -> None:
    """Answer with that status and close. What the client still sends is read: it could not hear the answer else."""
    loop = asyncio.get_running_loop()
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            head = f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            await loop.sock_sendall(client, head.encode())
            client.shutdown(socket.SHUT_WR)
            while await loop.sock_recv(client, _CHUNK):
                pass
    client.close()


async def _peek(client: socket.socket, size: int) -> bytes:
    """The first bytes that the client has sent, which stay on the socket; none when it has closed."""
    loop = asyncio.get_running_loop()
    readable: asyncio.Future[None] = loop.create_future()
    loop.add_reader(client, _settle, readable)
    try:
        await readable
    finally:
        loop.remove_reader(client)
    return client.recv(size, socket.MSG_PEEK)


def _settle(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)


def _streams(transport: asyncio.Transport) -> Streams:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    transport.set_protocol(protocol)
    protocol.connection_made(transport)
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


async def _relay(one: Streams, other: Streams) -> None:
    """Copy both ways until either side closes."""
    copying = [asyncio.ensure_future(_copy(one[0], other[1])), asyncio.ensure_future(_copy(other[0], one[1]))]
    try:
        await asyncio.wait(copying)
    finally:
        for task in copying:
            task.cancel()
        one[1].close()
        other[1].close()


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await source.read(_CHUNK):
            sink.write(chunk)
            await sink.drain()
    with suppress(OSError, RuntimeError):
        if sink.can_write_eof():
            sink.write_eof()
        else:
            sink.close()
