"""The probe's forms for GKE: from a token at hand, and inside a pod, against a fake cloud."""

import json
import subprocess
import sys
import urllib.parse
from pathlib import Path
from typing import Any

import pytest

from tests.chain.fakes import EMAIL, GOOGLE_TOKEN, IMPERSONATED, FakeCloud, first, refused
from wizard.chain import probe

PROBE = Path(probe.__file__)
OLD_PYTHON = Path("~/.pyenv/versions/3.8.18/bin/python").expanduser()
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzY29yZXIifQ.c2lnbmF0dXJl"
POOL = "acme-payments.svc.id.goog"
AUDIENCE = (
    f"identitynamespace:{POOL}:https://container.googleapis.com/v1/projects/acme-payments/locations/asia-northeast1/"
    "clusters/payments"
)
ACCOUNT = "/computeMetadata/v1/instance/service-accounts/default/"
GKE = {"Metadata-Flavor": "Google", "Server": "GKE Metadata Server"}
DENIED = (
    "Unable to generate access token; IAM returned 403 Forbidden: Permission 'iam.serviceAccounts.getAccessToken' "
    "denied on resource (or it may not exist).\n"
)


def walk(document: dict[str, Any], environ: dict[str, str]) -> list[dict[str, Any]]:
    lines: list[str] = []
    probe.Probe(document, environ, lines.append).run()
    return [json.loads(line) for line in lines]


def from_token(**config: str) -> dict[str, Any]:
    """A request with a token at hand."""
    named = {
        "audience": AUDIENCE,
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": "https://sts.googleapis.com/v1/token",
    }
    return {**target(), "form": "token", "subject_token": JWT, "config": {**named, **config}}


def in_pod(**more: Any) -> dict[str, Any]:
    """A request inside a pod."""
    return {**target(), "form": "gke", "identities": [POOL], "metadata_patience": 5, **more}


def target() -> dict[str, Any]:
    wanted = [{"project": "acme-payments", "permissions": ["spanner.databases.write"]}]
    return {"permissions": wanted}


def pod(cloud: FakeCloud) -> dict[str, str]:
    """A pod's environment, and a metadata server that works."""
    cloud.answers[f"{ACCOUNT}email"] = (200, POOL, GKE)
    cloud.answers[f"{ACCOUNT}token"] = (200, {"access_token": GOOGLE_TOKEN, "expires_in": 3599}, GKE)
    return {"GCE_METADATA_HOST": cloud.host}


def by_hop(lines: list[dict[str, Any]]) -> dict[str, str]:
    return {line["hop"]: line["status"] for line in lines}


def test_a_token_at_hand_is_exchanged_for_the_clusters_audience(cloud: FakeCloud):
    lines = walk(from_token(), {})
    assert by_hop(lines) == {"exchange": "ok", "impersonation": "skipped", "permission": "ok"}
    assert dict(urllib.parse.parse_qsl(cloud.asked[0].body)) == {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "audience": AUDIENCE,
        "scope": "https://www.googleapis.com/auth/cloud-platform",
        "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "subject_token": JWT,
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
    }
    assert JWT not in json.dumps(lines) and GOOGLE_TOKEN not in json.dumps(lines)


def test_the_annotated_service_account_is_impersonated(cloud: FakeCloud):
    url = f"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{EMAIL}:generateAccessToken"
    lines = walk(from_token(service_account_impersonation_url=url), {})
    assert by_hop(lines) == {"exchange": "ok", "impersonation": "ok", "permission": "ok"}
    assert cloud.asked[-1].headers["authorization"] == f"Bearer {IMPERSONATED}"


def test_a_pod_gets_its_token_from_the_metadata_server(cloud: FakeCloud):
    lines = walk(in_pod(), pod(cloud))
    assert by_hop(lines) == {"metadata-server": "ok", "token": "ok", "permission": "ok"}
    assert {each.headers.get("metadata-flavor") for each in cloud.asked[:2]} == {"Google"}
    assert cloud.asked[2].headers["authorization"] == f"Bearer {GOOGLE_TOKEN}"
    assert lines[0]["received"] == {"email": POOL, "server": "GKE Metadata Server"}
    assert GOOGLE_TOKEN not in json.dumps(lines)


def test_a_metadata_server_that_is_not_ready_is_waited_for(cloud: FakeCloud):
    environ = pod(cloud)
    not_yet = (404, "Unable to find pod: generic::not_found", GKE)
    cloud.answers[f"{ACCOUNT}email"] = first(2, not_yet, cloud.answers[f"{ACCOUNT}email"])
    lines = walk(in_pod(), environ)
    assert [line["status"] for line in lines] == ["waiting", "waiting", "ok", "ok", "ok"]
    assert any("was not ready at first" in each for each in lines[2]["evidence"])


def test_a_token_that_does_not_come_at_first_is_waited_for(cloud: FakeCloud):
    environ = pod(cloud)
    cloud.answers[f"{ACCOUNT}token"] = first(1, (500, "internal error", GKE), cloud.answers[f"{ACCOUNT}token"])
    assert [line["status"] for line in walk(in_pod(), environ)] == ["ok", "waiting", "ok", "ok"]


def test_a_metadata_server_that_never_answers_ends_the_walk():
    lines = walk(in_pod(metadata_patience=0.3), {"GCE_METADATA_HOST": "127.0.0.1:9"})
    assert {line["status"] for line in lines[:-3]} == {"waiting"}
    assert [(line["status"], line["error"] and line["error"]["code"]) for line in lines[-3:]] == [
        ("failed", "UNREACHABLE"),
        ("skipped", None),
        ("skipped", None),
    ]


def test_the_nodes_identity_is_another_one(cloud: FakeCloud):
    environ, node = pod(cloud), "210987654321-compute@developer.gserviceaccount.com"
    cloud.answers[f"{ACCOUNT}email"] = (200, node, {"Metadata-Flavor": "Google", "Server": "Metadata Server for VM"})
    line = walk(in_pod(), environ)[0]
    assert line["error"]["code"] == "OtherIdentity"
    assert line["error"]["message"] == f"the metadata server identifies the pod as {node}, not as {POOL}"


def test_something_else_in_its_place_is_no_metadata_server(cloud: FakeCloud):
    environ = pod(cloud)
    cloud.answers[f"{ACCOUNT}email"] = (200, "<html>welcome</html>")
    assert walk(in_pod(), environ)[0]["error"]["code"] == "NotMetadata"


def test_a_refused_token_is_told_in_the_metadata_servers_words(cloud: FakeCloud):
    environ = pod(cloud)
    cloud.answers[f"{ACCOUNT}token"] = (403, DENIED, GKE)
    line = walk(in_pod(), environ)[1]
    assert (line["status"], line["error"]) == ("failed", {"code": "HTTP 403", "message": DENIED.strip()})


def test_a_refused_token_of_a_young_grant_settles(cloud: FakeCloud):
    environ = pod(cloud)
    cloud.answers[f"{ACCOUNT}token"] = first(1, (403, DENIED, GKE), cloud.answers[f"{ACCOUNT}token"])
    lines = walk(in_pod(settle={"token": {"age": 10.0, "limit": 600.0}}), environ)
    assert [line["status"] for line in lines] == ["ok", "settling", "ok", "ok"]


def test_where_the_name_does_not_resolve_the_address_is_asked_and_that_is_told(
    cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch
):
    environ = {**pod(cloud), "GCE_METADATA_IP": cloud.host}
    del environ["GCE_METADATA_HOST"]
    monkeypatch.setattr(probe, "GOOGLE_METADATA", "metadata.invalid")
    line = walk(in_pod(), environ)[0]
    assert line["status"] == "not_proven"
    assert any(each.startswith("metadata.invalid: [Errno -") for each in line["evidence"])


def test_a_refusal_of_the_target_is_told(cloud: FakeCloud):
    environ = pod(cloud)
    cloud.answers["/cloudresourcemanager/"] = refused(403, "PERMISSION_DENIED", "The caller does not have permission")
    assert walk(in_pod(), environ)[-1]["error"]["code"] == "PERMISSION_DENIED"


@pytest.mark.parametrize("python", [Path(sys.executable), OLD_PYTHON], ids=["this Python", "Python 3.8"])
def test_the_text_runs_in_a_command_as_a_pod_carries_it(cloud: FakeCloud, python: Path):
    if not python.exists():
        pytest.skip("no such Python here")
    environ = {**pod(cloud), **cloud.way_out, "WIF_PROBE": json.dumps(in_pod())}
    command = [str(python), "-I", "-u", "-c", PROBE.read_text(encoding="utf-8")]
    done = subprocess.run(command, env=environ, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert {json.loads(line)["status"] for line in done.stdout.splitlines()} == {"ok"}


def test_a_form_that_is_not_known_is_bad_usage():
    done = subprocess.run([sys.executable, str(PROBE), '{"form": "eks"}'], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (64, "")
