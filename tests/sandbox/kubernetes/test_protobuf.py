"""The protobuf bodies that kubectl sends (recorded from kubectl 1.32), and bytes that are none."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.kubernetes.world import Kube
from wizard.sandbox.kubernetes.protobuf import MAGIC, MEDIA_TYPE, ProtobufError, decode

SERVICE_ACCOUNT = (
    b"k8s\x00\n\x14\n\x02v1\x12\x0eServiceAccount\x12\x16\n\x14\n\x03foo\x12\x00\x1a\x01x"
    b'"\x00*\x002\x008\x00B\x00\x1a\x00"\x00'
)


def body(kind: str, api_version: str, raw: bytes) -> bytes:
    """An envelope around a message."""
    types = field(1, api_version.encode()) + field(2, kind.encode())
    return MAGIC + field(1, types) + field(2, raw)


def field(number: int, value: bytes | int) -> bytes:
    """One field of a message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value: int) -> bytes:
    """A number, seven bits a byte."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def test_a_service_account_as_kubectl_sends_it() -> None:
    assert decode(SERVICE_ACCOUNT) == {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "foo", "namespace": "x"},
    }


def test_labels_lists_numbers_and_what_may_be_zero() -> None:
    labels = field(11, field(1, b"team") + field(2, b"fraud")) + field(11, field(1, b"empty") + field(2, b""))
    raw = field(1, field(1, b"n") + labels + field(14, b"one") + field(14, b"two"))
    assert decode(body("Namespace", "v1", raw))["metadata"] == {
        "name": "n",
        "labels": {"team": "fraud", "empty": ""},
        "finalizers": ["one", "two"],
    }
    spec = field(1, b"a") + field(1, b"b") + field(4, 1200)
    assert decode(body("TokenRequest", "authentication.k8s.io/v1", field(2, spec)))["spec"] == {
        "audiences": ["a", "b"],
        "expirationSeconds": 1200,
    }
    assert decode(body("DeleteOptions", "v1", field(1, 0)))["gracePeriodSeconds"] == 0
    assert decode(body("DeleteOptions", "v1", field(1, (1 << 64) - 1)))["gracePeriodSeconds"] == -1


@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_refused(data: bytes) -> None:
    for whole in (data, MAGIC + data, body("ServiceAccount", "v1", data), body("TokenRequest", "v1", data)):
        with suppress(ProtobufError):
            assert isinstance(decode(whole), dict)


async def test_the_api_takes_them_and_refuses_kinds_that_it_cannot_read(kube: Kube) -> None:
    url = "/api/v1/namespaces/anti-fraud/serviceaccounts"
    account = body("ServiceAccount", "v1", field(1, field(1, b"foo")))
    made = await kube.ok("POST", url, account, media=MEDIA_TYPE)
    assert made["metadata"]["name"] == "foo"
    other = body("Widget", "example.com/v1", b"")
    status = await kube.refused("POST", "/api/v1/namespaces/anti-fraud/pods", other, media=MEDIA_TYPE)
    assert status[:2] == (415, "UnsupportedMediaType")
    assert (await kube.refused("POST", url, b"k8s\x00\xff", media=MEDIA_TYPE))[:2] == (400, "BadRequest")


@pytest.mark.parametrize("data", [b"", b"{}", MAGIC + b"\x0a\xff", MAGIC + b"\x0b"])
def test_what_is_no_body_is_refused(data: bytes) -> None:
    with pytest.raises(ProtobufError):
        decode(data)
