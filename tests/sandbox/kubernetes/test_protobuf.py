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


DEPLOYMENT = (
    b"k8s\x00\n\x15\n\x07apps/v1\x12\nDeployment\x12\xb8\x01\n\x1f\n\x03web\x12\x00\x1a\x00"
    b'"\x00*\x002\x008\x00B\x00Z\n\n\x03app\x12\x03web\x12\x86\x01\x08\x02\x12\x0c\n\n\n\x03app\x12\x03web'
    b'\x1al\n\x1c\n\x00\x12\x00\x1a\x00"\x00*\x002\x008\x00B\x00Z\n\n\x03app\x12\x03web\x12L\x12.\n\x05nginx'
    b'\x12\x05nginx*\x002\n\n\x00\x10\x00\x18P"\x00*\x00B\x00j\x00r\x00\x80\x01\x00\x88\x01\x00\x90\x01\x00'
    b"\xa2\x01\x00\x1a\x002\x00B\x00J\x00R\x00X\x00`\x00h\x00\x82\x01\x00\x8a\x01\x00\x9a\x01\x00\xc2\x01\x00"
    b'"\x02\n\x00(\x008\x00\x1a\x0c\x08\x00\x10\x00\x18\x00 \x00(\x008\x00\x1a\x00"\x00'
)
"""`kubectl create deployment web --image=nginx --replicas=2 --port=80`."""

SERVICE = (
    b"k8s\x00\n\r\n\x02v1\x12\x07Service\x12l\n\x1f\n\x03web\x12\x00\x1a\x00"
    b'"\x00*\x002\x008\x00B\x00Z\n\n\x03app\x12\x03web\x12E\n\x1e\n\x0780-http\x12\x03TCP\x18P'
    b'"\n\x08\x01\x10\x00\x1a\x04http(\x00\x12\n\n\x03app\x12\x03web\x1a\x00"\tClusterIP:\x00B\x00R\x00'
    b'Z\x00`\x00h\x00\x1a\x02\n\x00\x1a\x00"\x00'
)
"""`kubectl create service clusterip web --tcp=80:http`."""

QUOTA = (
    b'k8s\x00\n\x13\n\x02v1\x12\rResourceQuota\x12&\n\x14\n\x04some\x12\x00\x1a\x00"\x00*\x002\x008\x00B\x00'
    b'\x12\x0c\n\n\n\x03cpu\x12\x03\n\x011\x1a\x00\x1a\x00"\x00'
)
"""`kubectl create quota some --hard=cpu=1`."""


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


def test_a_deployment_as_kubectl_sends_it() -> None:
    found = decode(DEPLOYMENT)
    container = {"name": "nginx", "image": "nginx", "ports": [{"containerPort": 80}], "resources": {}}
    assert (found["apiVersion"], found["kind"]) == ("apps/v1", "Deployment")
    assert found["spec"]["replicas"] == 2
    assert found["spec"]["selector"] == {"matchLabels": {"app": "web"}}
    assert found["spec"]["template"]["metadata"] == {"labels": {"app": "web"}}
    assert found["spec"]["template"]["spec"]["containers"] == [container]


def test_numbers_or_names_and_quantities_as_kubectl_sends_them() -> None:
    [port] = decode(SERVICE)["spec"]["ports"]
    assert port == {"name": "80-http", "protocol": "TCP", "port": 80, "targetPort": "http"}
    assert decode(QUOTA)["spec"]["hard"] == {"cpu": "1"}


def test_what_stands_in_a_message_of_its_own_is_flat_in_json() -> None:
    get = field(1, b"/healthy") + field(2, field(1, 0) + field(2, 8080))
    probe = field(1, field(2, get)) + field(2, 5)
    claims = field(1, b"cache") + field(2, field(2, b""))
    spec = field(2, field(1, b"a") + field(10, probe)) + field(1, claims)
    found = decode(body("Pod", "v1", field(2, spec)))["spec"]
    assert found["containers"][0]["livenessProbe"] == {
        "httpGet": {"path": "/healthy", "port": 8080},
        "initialDelaySeconds": 5,
    }
    assert found["volumes"] == [{"name": "cache", "emptyDir": {}}]


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
