"""Who the operator is, and where the credentials came from."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.setups import mode
from wizard.clouds import identity
from wizard.clouds.errors import NoCredentials
from wizard.clouds.session import Clouds
from wizard.sandbox.process import Sandbox
from wizard.setup.question import Found

OPERATOR = "arn:aws:iam::111122223333:user/operator"


def account_of(clouds: Clouds) -> Found:
    """The default that follows from who the operator is."""
    return mode("aws").found_with("aws", identity.aws_operator(clouds))["aws.account"]


def test_aws_tells_who_the_operator_is(clouds: Clouds) -> None:
    assert identity.aws_operator(clouds) == identity.Identity(OPERATOR, "AWS keys in the environment", "111122223333")
    assert account_of(clouds) == Found("111122223333", "AWS keys in the environment")


def test_a_profile_is_named_as_the_source(
    sandbox: Sandbox, clouds: Clouds, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keys = sandbox.variables
    credentials = tmp_path / "credentials"
    credentials.write_text(
        f"[prod]\naws_access_key_id = {keys['AWS_ACCESS_KEY_ID']}\n"
        f"aws_secret_access_key = {keys['AWS_SECRET_ACCESS_KEY']}\n",
        encoding="utf-8",
    )
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    monkeypatch.setenv("AWS_PROFILE", "prod")
    assert account_of(clouds) == Found("111122223333", "AWS profile prod")


def test_google_tells_whose_token_it_is(clouds: Clouds) -> None:
    assert identity.google_operator(clouds) == identity.Identity(
        "operator@acme.example", "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"
    )


def test_a_token_that_google_does_not_know_has_no_name(clouds: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUDSDK_AUTH_ACCESS_TOKEN", "ya29.unknown")
    assert identity.google_operator(clouds).who == ""


def test_a_service_account_key_names_its_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    email = "deployer@acme-analytics.iam.gserviceaccount.com"
    file = tmp_path / "key.json"
    file.write_text(json.dumps(_key(email)), encoding="utf-8")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    found = identity.google_operator(Clouds("acme-analytics"))
    assert found == identity.Identity(email, "Application Default Credentials")


def test_gclouds_own_credentials_are_those_of_its_account(
    lead_to: Callable[[Sandbox], Clouds], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    clouds = lead_to(sandbox)
    gcloud = tmp_path / "gcloud"
    gcloud.write_text("#!/bin/sh\necho ya29.of-gcloud\n", encoding="utf-8")
    gcloud.chmod(0o755)
    (tmp_path / "configurations").mkdir()
    (tmp_path / "configurations" / "config_default").write_text("[core]\naccount = me@acme.example\n", encoding="utf-8")
    monkeypatch.delenv("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE")
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert identity.google_operator(clouds) == identity.Identity("me@acme.example", "gcloud")


def test_without_credentials_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoCredentials):
        identity.google_operator(Clouds("acme-analytics"))
    with pytest.raises(NoCredentials):
        identity.aws_operator(Clouds("acme-analytics", "ap-northeast-1"))


def _key(email: str) -> dict[str, str]:
    """A service account key with a private key made for this test."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    private = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    uri = "https://oauth2.googleapis.com/token"
    return {"type": "service_account", "client_email": email, "token_uri": uri, "private_key": private.decode()}
