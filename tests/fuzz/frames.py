"""HTTP/2 as no client of gRPC sends it: random, cut and wrong frames, and messages that are none (RFC 9113)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from random import Random

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = range(10)
END_STREAM, END_HEADERS = 1, 4
METHODS = (
    "/google.iam.admin.v1.IAM/CreateServiceAccount",
    "/google.iam.admin.v1.IAM/SetIamPolicy",
    "/google.iam.admin.v1.IAM/ListServiceAccounts",
    "/google.container.v1.ClusterManager/UpdateNodePool",
    "/google.cloud.resourcemanager.v3.Projects/SetIamPolicy",
    "/google.longrunning.Operations/GetOperation",
    "/google.iam.admin.v1.IAM/Nothing",
    "/nothing.Here/X",
    "/",
    "x",
    "/google.iam.admin.v1.IAM/../x",
    "//",
)


def frame(kind: int, flags: int, stream: int, payload: bytes, length: int = -1) -> bytes:
    """One frame; `length` is what it says of its payload, if that is a lie."""
    size = len(payload) if length < 0 else length
    return struct.pack(">I", size)[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def _literal(name: str, value: str | bytes) -> bytes:
    """A header that is in no table, without Huffman coding (RFC 7541)."""
    data = value if isinstance(value, bytes) else value.encode()
    return b"\x00" + _length(len(name)) + name.encode() + _length(len(data)) + data


def _length(size: int) -> bytes:
    if size < 127:
        return bytes([size])
    encoded, rest = bytearray([127]), size - 127
    while rest >= 128:
        encoded.append(rest % 128 + 128)
        rest //= 128
    return bytes([*encoded, rest])


def call(path: str | bytes, message: bytes, token: str, stream: int = 1, compressed: int = 0) -> bytes:
    """The frames of one gRPC call."""
    headers: dict[str, str | bytes] = {
        ":method": "POST",
        ":scheme": "https",
        ":path": path,
        ":authority": "iam.googleapis.com",
    }
    headers |= {"te": "trailers", "content-type": "application/grpc", "authorization": f"Bearer {token}"}
    block = b"".join(_literal(name, value) for name, value in headers.items())
    body = bytes([compressed]) + struct.pack(">I", len(message)) + message
    return frame(HEADERS, END_HEADERS, stream, block) + frame(DATA, END_STREAM, stream, body)


def opening() -> bytes:
    """How a connection begins."""
    return PREFACE + frame(SETTINGS, 0, 0, b"")


def garbage(token: str) -> Iterator[bytes]:
    """Connections that are wrong in one way each."""
    good = call(METHODS[2], b"", token)
    yield from (b"", PREFACE[:10], PREFACE, b"\x00" * 100, b"GET / HTTP/1.1\r\n\r\n", PREFACE + b"\xff" * 60)
    yield opening() + frame(SETTINGS, 0, 0, b"\x00" * 5)
    yield opening() + frame(SETTINGS, 0, 1, b"")
    yield opening() + frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 2**32 - 1))
    yield opening() + frame(DATA, 0, 1, b"x")
    yield opening() + frame(DATA, 0, 0, b"x")
    yield opening() + frame(HEADERS, END_HEADERS, 2, b"\x82")
    yield opening() + frame(HEADERS, END_HEADERS, 0, b"\x82")
    yield opening() + frame(HEADERS, END_HEADERS, 1, b"\xff" * 40)
    yield opening() + frame(HEADERS, END_HEADERS, 1, b"\x00\x7f\xff\xff\xff\xff\xff\x0f")
    yield opening() + frame(HEADERS, 0, 1, b"\x82") + frame(PING, 0, 0, b"12345678")
    yield opening() + b"".join(frame(CONTINUATION, 0, 1, b"\x82") for _ in range(50))
    yield opening() + frame(HEADERS, 0, 1, b"") + b"".join(frame(CONTINUATION, 0, 1, b"") for _ in range(2_000))
    yield opening() + frame(PUSH, END_HEADERS, 1, struct.pack(">I", 2) + b"\x82")
    yield opening() + frame(WINDOW, 0, 0, struct.pack(">I", 0))
    yield opening() + frame(WINDOW, 0, 0, struct.pack(">I", 2**31 - 1)) * 2
    yield opening() + frame(GOAWAY, 0, 0, b"x")
    yield opening() + frame(99, 255, 2**31 - 1, b"x")
    yield opening() + frame(HEADERS, 0, 1, b"x", length=2**24 - 1)
    yield opening() + frame(PING, 0, 0, b"12345678") * 500
    reset = struct.pack(">I", 8)
    streams = range(1, 201, 2)
    yield opening() + b"".join(call(METHODS[2], b"", token, each) + frame(RST, 0, each, reset) for each in streams)
    yield opening() + good + good
    yield opening() + call("/" + "x" * 20_000, b"", token)
    yield opening() + call(METHODS[2], b"", "\x00")
    yield opening() + call(METHODS[2], b"\xff" * 100, token, compressed=1)
    yield opening() + call(METHODS[2], b"\xff" * 100, token, compressed=7)
    yield opening() + good[:-6]
    yield opening() + call(METHODS[0], b"\x0a" + b"\xff" * 5 + b"\x0f", token)


def noise(random: Random, token: str) -> bytes:
    """A call with a random message, or frames with random changes, cut somewhere."""
    if random.random() < 0.3:
        return opening() + call(random.choice(METHODS), random.randbytes(random.randrange(80)), token)
    if random.random() < 0.3:
        frames = [_random_frame(random) for _ in range(random.randint(1, 8))]
        return opening() + b"".join(frames)
    data = bytearray(opening() + call(random.choice(METHODS), b"", token))
    for _ in range(random.randint(1, 8)):
        # Below 128: a path that is not UTF-8 ends gRPC's own server, which test_grpc.py has as a known defect.
        data[random.randrange(len(PREFACE), len(data))] = random.randrange(128)
    return bytes(data[: random.randrange(len(data)) + 1] if random.random() < 0.3 else data)


def _random_frame(random: Random) -> bytes:
    payload = random.randbytes(random.randrange(40))
    return frame(random.randrange(12), random.randrange(256), random.randrange(4), payload)
