"""Anybody can check a cluster's tokens: its keys are where the tokens' issuer says, and need no credentials."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256
from google.auth import jwt

from tests.sandbox.google.gke import PROJECT, WORLD
from wizard.sandbox.process import Sandbox

ISSUER = f"https://container.googleapis.com/v1/projects/{PROJECT}/locations/asia-northeast1/clusters/payments"


@pytest.fixture(scope="module")
def gke_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    path = tmp_path_factory.mktemp("scenario") / "world.yaml"
    path.write_text(WORLD)
    with Sandbox(str(path)) as running:
        yield running


@pytest.fixture
def anybody(gke_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[requests.Session]:
    """A session without credentials that reaches the sandbox."""
    for name in ("HTTPS_PROXY", "https_proxy", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, gke_sandbox.variables[name])
    with requests.Session() as session:
        yield session


def test_a_token_leads_to_the_key_that_checks_it(gke_sandbox: Sandbox, anybody: requests.Session) -> None:
    plain = gke_sandbox.variables["WIF_WIZARD_SANDBOX_KUBERNETES"]
    operator = Path(gke_sandbox.variables["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"]).read_text()
    headers = {"authorization": f"Bearer {operator}"}
    asked = {"spec": {"audiences": ["anyone"], "expirationSeconds": 600}}
    target = f"{plain}/api/v1/namespaces/default/serviceaccounts/default/token"
    with requests.Session() as direct:
        direct.trust_env = False
        token = direct.post(target, json=asked, headers=headers, timeout=10).json()["status"]["token"]

    issuer = _claims(token)["iss"]
    found = anybody.get(f"{issuer}/.well-known/openid-configuration", timeout=10).json()
    keys = anybody.get(found["jwks_uri"], timeout=10).json()["keys"]
    assert (issuer, found["issuer"]) == (ISSUER, ISSUER)
    [key] = [key for key in keys if key["kid"] == jwt.decode_header(token)["kid"]]
    signed, _, signature = token.rpartition(".")
    numbers = RSAPublicNumbers(_number(key["e"]), _number(key["n"]))
    numbers.public_key().verify(_decoded(signature), signed.encode(), PKCS1v15(), SHA256())


def test_a_cluster_that_is_not_there_has_no_keys(anybody: requests.Session) -> None:
    answer = anybody.get(f"{ISSUER.removesuffix('payments')}none/jwks", timeout=10)
    assert answer.status_code == 404


def _claims(token: str) -> Any:
    return json.loads(_decoded(token.split(".")[1]))


def _number(text: str) -> int:
    return int.from_bytes(_decoded(text), "big")


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
