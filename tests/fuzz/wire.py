"""What is no proper HTTP, and URLs that are none: each with whether HTTP allows an answer to it."""

import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from .sending import request
from .values import mutated_bytes

_HOSTS = ("iam.googleapis.com", "sts.amazonaws.com", "nowhere.example")


@dataclass(frozen=True)
class Sent:
    """Bytes; `whole` if they are a whole request, or cannot become one, so that an answer is due."""

    data: bytes
    whole: bool = True


def urls(port: int, headers: Mapping[str, str]) -> Iterator[Sent]:
    """Request targets of all kinds, for this server and for hosts of clouds."""
    own = f"127.0.0.1:{port}"
    paths = (
        *(
            "/%",
            "/%zz",
            "/%00",
            "/iam/v1/%00",
            "/%ff%fe",
            "/iam/v1/../../etc/passwd",
            "/../..",
            "/iam//v1///x",
            "//",
            "/.",
        ),
        *(
            "/iam/v1/projects/%2e%2e/serviceAccounts",
            "/\x7f",
            "/" + "a/" * 1500,
            "/" + "x" * 7000,
            "/iam?" + "&" * 3000,
        ),
        *(
            "/?" + "a=b&" * 1500,
            "/iam/v1/roles?pageSize=%",
            "/iam/v1/roles?%=%&==&&",
            "/iam/v1/roles#x",
            "/;x",
            "/\\..\\x",
        ),
        *("*", "x", "?", "#", "http:", "http://", "http:///", "http://[", "http://[::1", "http://:80/", "http://a:b@/"),
        *("http://iam.googleapis.com:99999/v1/roles", "http://iam.googleapis.com:x/", "http://%zz/", "http://a%00b/"),
        *(
            "http://xn--/",
            "http://" + "a." * 500 + "googleapis.com/",
            "ftp://iam.googleapis.com/",
            "http://../",
            "http://é/",
        ),
        *(
            "http://iam.googleapis.com",
            "http://iam.googleapis.com?x",
            "http://IAM.googleapis.com./v1/roles",
            "file:///etc",
        ),
        *(
            "http://sts.amazonaws.com/%zz?Action=%",
            "http://sts.amazonaws.com:x/",
            "http://sts.amazonaws.com/\udcff\udcfe",
        ),
        *(
            "/latest/meta-data/../../x",
            "/v2/credentials/%00",
            "/v4/%zz/task",
            "/_sandbox/%00",
            "/_sandbox/../x",
            "/latest/%ff",
        ),
        *(
            "/iam/\udcff\udcfe",
            "http://169.254.169.254/latest/%zz",
            "http://metadata.google.internal/%zz",
            "/container/%F4%90",
        ),
    )
    for path in paths:
        yield Sent(request("GET", path, own, headers=headers))
        yield Sent(request("POST", path, own, b"{}", headers))
    for host in ("", "%", "[", "a b", "é", "\udcff", "x" * 5000, own + "," + own, "127.0.0.1:x", "127.0.0.1:99999"):
        for path in ("/iam/v1/roles", "http://sts.amazonaws.com/", "/"):
            yield Sent(request("GET", path, host, headers=headers))
    for method in (
        "post",
        "BREW",
        "HEAD",
        "OPTIONS",
        "TRACE",
        "",
        "G\x00T",
        "GET GET",
        "P" * 5000,
        "PRI",
        "\udcff",
        "{}",
    ):
        yield Sent(request(method, "/iam/v1/roles", own, headers=headers))


def tunnels() -> Iterator[Sent]:
    """CONNECT to strange places: what is not a host and a port is refused."""
    targets = (
        *(
            "",
            ":",
            ":443",
            "x",
            "x:",
            "x:x",
            "x:99999",
            "x:443:443",
            "http://x:443",
            "[::1",
            "[::1]",
            "a b:443",
            "/",
            "*",
        ),
        *(
            "\udcff:443",
            "é.example:443",
            "x" * 300 + ":443",
            "a..b:443",
            "%00:443",
            ".:443",
            "-:443x",
            "x:-1",
            "x:0x1bb",
        ),
    )
    for target in targets:
        yield Sent(f"CONNECT {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode("utf-8", "surrogateescape"))
    yield Sent(b"CONNECT iam.googleapis.com:443\r\n\r\n")
    yield Sent(b"CONNECT iam.googleapis.com:443 HTTP/2.0\r\n\r\n")
    yield Sent(b"CONNECT iam.googleapis.com:443 HTTP/1.1\r\nX: " + b"x" * 70_000 + b"\r\n\r\n")


def frames(port: int, headers: Mapping[str, str]) -> Iterator[Sent]:
    """Heads that are too large or broken, bodies that are cut off, and lengths that are lies."""
    own = f"127.0.0.1:{port}"
    for more in (
        *(
            {"X": "x" * 9_000},
            {"X": "x" * 70_000},
            {f"X-{n}": "y" for n in range(9_000)},
            {"X\x00": "y"},
            {"X": "a\x00b"},
        ),
        *({" X": "y"}, {"": "y"}, {"X": "\udcff\udcfe"}, {"X Y": "z"}, {"Expect": "100-continue"}, {"Expect": "x"}),
        *({"Authorization": "Bearer " + "x" * 7_000}, {"Authorization": "Bearer \udcff"}, {"Authorization": "x"}),
        *({"Upgrade": "h2c", "Connection": "Upgrade, HTTP2-Settings", "HTTP2-Settings": "x"}, {"Upgrade": "websocket"}),
        *({"Content-Encoding": "gzip"}, {"Content-Encoding": "x"}, {"Content-Type": "text/plain; charset=x"}),
        *({"Content-Length": "x"}, {"Content-Length": "-1"}, {"Content-Length": "9" * 30}, {"Content-Length": "1, 2"}),
        *({"Transfer-Encoding": "x"}, {"Transfer-Encoding": "chunked, x"}, {"Content-Type": "\udcff"}),
        {"Authorization": "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=;, Signature=\udcff"},
        {"Authorization": "AWS4-HMAC-SHA256 " + "x=," * 900},
        {"X-Goog-User-Project": "é"},
    ):
        for path in ("/iam/v1/projects/acme-analytics/serviceAccounts", "http://sts.amazonaws.com/"):
            yield Sent(request("POST", path, own, b"{}", {**headers, **more}))
    chunked = {**headers, "Transfer-Encoding": "chunked"}
    for body in (
        b"x\r\n",
        b"-1\r\n{}",
        b"2\r\n{}X\r\n0\r\n\r\n",
        b"f" * 40 + b"\r\n{}",
    ):
        yield Sent(_chunked("/iam/v1/roles", own, chunked, body))
    yield Sent(_chunked("/iam/v1/roles", own, chunked, b"2\r\n{}\r\n0\r\n\r\n"))
    for path in ("/iam/v1/roles", "http://sts.amazonaws.com/"):
        for body in (b"", b"5\r\n{}", b"2\r\n{}\r\n", b"2\r\n{}\r\n0\r\n", b"2;" + b"x" * 70_000):
            yield Sent(_chunked(path, own, chunked, body), whole=False)
        for size in (3, 10_000, 8 * 2**20):
            yield Sent(request("POST", path, own, b"{}", headers, size), whole=False)
        yield Sent(request("POST", path, own, b"{}", headers, 1))
    for line in (
        b"",
        b"\r\n\r\n",
        b"GET",
        b"GET /",
        b"GET / HTTP/1.1",
        b"GET / HTTP/1.1\r\n",
        b"\x00",
        b"\x16\x03\x01",
    ):
        yield Sent(line, whole=False)
    for line in (
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"x\r\n\r\n",
        b"GET /\r\n\r\n",
        b"\xff\xfe\r\n\r\n",
    ):
        yield Sent(line, whole=line not in (b"x\r\n\r\n",))


def noise(random: Random, port: int, headers: Mapping[str, str]) -> Sent:
    """A request with random changes: no answer is due if it is not whole any more."""
    path = random.choice(("/iam/v1/roles", f"http://{random.choice(_HOSTS)}/v1/x?a=b"))
    data = request("POST", path, f"127.0.0.1:{port}", b'{"a": "b"}', headers)
    if random.random() < 0.2:
        data = b"CONNECT iam.googleapis.com:443 HTTP/1.1\r\nHost: iam.googleapis.com:443\r\n\r\n"
    return Sent(mutated_bytes(random, data) if random.random() < 0.9 else random.randbytes(200), whole=False)


def _chunked(path: str, host: str, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def is_open(connection: socket.socket) -> bool:
    """Whether the server has neither closed the connection nor sent more."""
    connection.settimeout(0.01)
    try:
        return connection.recv(1, socket.MSG_PEEK) != b""
    except TimeoutError:
        return True
    except OSError:
        return False
