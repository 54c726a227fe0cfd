"""A container credentials endpoint on loopback, like the one that ECS gives to a task.

Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

import hmac
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@contextmanager
def serve(credentials: dict[str, str]) -> Iterator[dict[str, str]]:
    """Serve the credentials to clients that send the token. Yield the environment variables for clients.

    The port, the path and the token are random. The server stops at the end of the block.
    """
    token, path = secrets.token_urlsafe(32), "/v2/credentials/" + secrets.token_hex(16)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(path, token, json.dumps(credentials).encode()))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://127.0.0.1:{server.server_port}{path}",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": token,
        }
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(path: str, token: str, body: bytes) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shown = self.headers.get("Authorization", "")
            known = hmac.compare_digest(shown.encode(), token.encode()) and self.path == path
            answer = body if known else b'{"code": "AccessDenied", "message": "unknown token or path"}'
            self.send_response(200 if known else 403)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Write no log, since a log line would contain the path."""

    return Handler
