"""A proxy on loopback in front of a sandbox: it cuts off, or replaces, the answers to one kind of call."""

import http.client
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SECRETS = re.compile(
    rb'"(?:access_token|accessToken|token|Token|SecretAccessKey|SessionToken)":\s*"([^"]{16,})"'
    rb"|<(?:SecretAccessKey|SessionToken)>([^<]{16,})<"
)
"""The secrets in an answer, whatever cloud gave it."""

KEYS = re.compile(r"<(AccessKeyId|SecretAccessKey|SessionToken)>([^<]+)<")
ORDER = ("AccessKeyId", "SecretAccessKey", "SessionToken")
SCOPE = re.compile(r"AWS4-HMAC-SHA256 Credential=(?P<id>[^/]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/")
SIGNED = ("content-type", "x-amz-target", "x-amz-date", "x-amz-content-sha256")
DROPPED = ("host", "accept-encoding", "connection", "content-length")

PARTS = 20
"""The number of places at which an answer is cut."""


@dataclass
class Cut:
    """Which answers are changed (a pattern for `METHOD path body`), and how."""

    call: str = ""
    change: Callable[[bytes], bytes] = lambda body: body
    hits: int = 0
    secrets: set[bytes] = field(default_factory=set)

    keys: dict[str, Credentials] = field(default_factory=dict)
    """AWS keys by their ids, to sign again what goes on to another host."""

    def learn(self, body: bytes) -> None:
        """Remember the secrets in an answer, and the AWS keys."""
        self.secrets.update(filter(None, (part for found in SECRETS.findall(body) for part in found)))
        found = dict(KEYS.findall(body.decode("utf-8", "replace")))
        if len(found) == 3:
            self.keys[found["AccessKeyId"]] = Credentials(*(found[name] for name in ORDER))

    def signed(self, method: str, host: str, request: BaseHTTPRequestHandler, body: bytes) -> dict[str, str]:
        """The headers of a request for the host behind the proxy."""
        headers = {name: value for name, value in request.headers.items() if name.lower() not in DROPPED}
        scope = SCOPE.match(headers.get("Authorization", ""))
        if scope is None:
            return {**headers, "Host": host}
        kept = {name: value for name, value in headers.items() if name.lower() in SIGNED}
        again = AWSRequest(method, f"http://{host}{request.path}", data=body, headers=kept)
        SigV4Auth(self.keys[scope["id"]], scope["service"], scope["region"]).add_auth(again)
        return dict(again.headers.items())

    def at(self, call: str, part: int) -> None:
        """Cut the answers to this call after `part` of PARTS."""
        self.call, self.change, self.hits = call, lambda body: body[: len(body) * part // PARTS], 0


@contextmanager
def cutting(upstream: str, cut: Cut) -> Iterator[str]:
    """Serve the proxy; yields its URL, without a slash at the end."""
    host = urlsplit(upstream).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            connection = http.client.HTTPConnection(host, timeout=60)
            connection.request(self.command, self.path, sent, cut.signed(self.command, host, self, sent))
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            cut.learn(body)
            if cut.call and re.search(cut.call, f"{self.command} {self.path} {sent[:2000].decode('latin-1')}"):
                cut.hits += 1
                body = cut.change(body)
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers.get("Content-Type", "text/plain"))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = forward  # noqa: N815 (http.server's names)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
