"""Bytes to a server, and what comes back within five seconds."""

import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wizard.sandbox.process import Sandbox

PATIENCE = 5.0
"""Seconds that an answer may take."""


@dataclass(frozen=True)
class Answer:
    """What came back: status 0 for a connection that was closed without an answer, -1 for none in time."""

    status: int
    body: bytes = b""
    media: str = ""
    code: str = ""
    """What AWS says in the header X-Amzn-ErrorType."""


def request(
    method: str, target: str, host: str, body: bytes = b"", headers: Mapping[str, str] | None = None, size: int = -1
) -> bytes:
    """An HTTP/1.1 request. `target` is sent as it is, and `size` is the Content-Length if it is not the body's."""
    length = str(size if size >= 0 else len(body))
    own = {"Host": host, "Connection": "close", "Content-Length": length, **(headers or {})}
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in own.items()), "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + body


def connected(port: int) -> socket.socket:
    """A connection to a port of this machine."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def send(port: int, data: bytes, *, ends: bool = False) -> Answer:
    """What a server on a port of this machine answers to these bytes; `ends` says that no more will come."""
    with connected(port) as connection:
        return ask(connection, data, ends=ends)


def ask(connection: socket.socket, data: bytes, *, ends: bool = False) -> Answer:
    """What is answered to these bytes on a connection that is open."""
    with suppress(BrokenPipeError, ConnectionResetError):  # it may have heard enough
        connection.sendall(data)
        if ends:
            connection.shutdown(socket.SHUT_WR)
    response = HTTPResponse(connection, method=data[:7].partition(b" ")[0].decode("latin-1"))
    try:
        response.begin()
        body = response.read(4 * 2**20)
    except TimeoutError:
        return Answer(-1)
    except (HTTPException, ConnectionError):
        return Answer(0)
    finally:
        response.close()
    return Answer(
        response.status, body, response.headers.get_content_type(), response.headers.get("x-amzn-errortype", "")
    )


def through_tls(sandbox: Sandbox, host: str, protocols: list[str]) -> ssl.SSLSocket:
    """A connection to a host of a cloud, through the proxy, with TLS."""
    connection = connected(proxy_port(sandbox))
    connection.sendall(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
    assert connection.recv(1024).startswith(b"HTTP/1.1 200 ")
    context = ssl.create_default_context(cafile=sandbox.variables["SSL_CERT_FILE"])
    context.set_alpn_protocols(protocols)
    return context.wrap_socket(connection, server_hostname=host)


def drained(connection: socket.socket, seconds: float = PATIENCE) -> bytes | None:
    """All that comes until the server closes; None if it does not in time."""
    received = b""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        connection.settimeout(left)
        try:
            chunk = connection.recv(64 * 1024)
        except TimeoutError:
            break
        except OSError:
            return received
        if not chunk:
            return received
        received += chunk
    return None


def proxy_port(sandbox: Sandbox) -> int:
    """The port of a sandbox's proxy."""
    port = urlsplit(sandbox.variables["HTTPS_PROXY"]).port
    assert port is not None
    return port


def token(sandbox: Sandbox) -> str:
    """The access token of its operator."""
    return Path(sandbox.variables["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"]).read_text()


def authorized(sandbox: Sandbox, **more: Any) -> dict[str, str]:
    """Headers of a JSON request of its operator."""
    return {"Authorization": f"Bearer {token(sandbox)}", "Content-Type": "application/json", **more}
