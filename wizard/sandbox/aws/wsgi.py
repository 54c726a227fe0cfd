"""Calling a WSGI application with a message, without a server between (PEP 3333)."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from .messages import Message, Reply

_OWN = ("content-length", "server", "date", "connection")


def environ(message: Message) -> dict[str, Any]:
    """The WSGI environment of a request."""
    url = urlsplit(message.url)
    variables = {
        "REQUEST_METHOD": message.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url.path or "/").decode("latin-1"),
        "RAW_URI": f"{url.path or '/'}?{url.query}" if url.query else url.path or "/",
        "QUERY_STRING": url.query,
        "CONTENT_TYPE": message.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(message.body)),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(message.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in message.headers.items():
        if name not in ("content-type", "content-length", "host"):
            variables["HTTP_" + name.upper().replace("-", "_")] = value
    return variables


def call(application: Callable[..., Iterable[bytes]], message: Message) -> Reply:
    """The application's complete answer to a request."""
    answered: list[Any] = []
    chunks = application(environ(message), lambda *answer: answered.extend(answer))
    try:
        body = b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    headers = {name: value for name, value in answered[1] if name.lower() not in _OWN}
    return Reply(int(answered[0].split()[0]), body, headers)
