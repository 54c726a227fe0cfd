"""A TCP address that a workload finds, as the sockets that belong to it."""

from __future__ import annotations

import socket
from dataclasses import dataclass


@dataclass(frozen=True)
class Site:
    """`listener` is bound, and does not listen yet; `spare` is another socket of the same network, not connected."""

    listener: socket.socket
    spare: socket.socket

    @property
    def address(self) -> str:
        """As URLs name it: HOST, or HOST:PORT if the port is not 80."""
        host, port = self.listener.getsockname()
        return host if port == 80 else f"{host}:{port}"

    def drop_packets(self) -> None:
        """Let connections time out, as a network policy does, and not be refused.

        The queue of connections that nobody accepts is full: the kernel drops the packets of further attempts.
        """
        self.listener.listen(0)
        self.spare.setblocking(False)
        self.spare.connect_ex(self.listener.getsockname())

    def close(self) -> None:
        """Close both sockets; what waited to be accepted is reset."""
        self.listener.close()
        self.spare.close()
