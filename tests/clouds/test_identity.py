"""Who the operator is, and where the credentials came from."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chain.fakes import FakeCloud, fake_cloud
from tests.setups import mode
from wizard.clouds import identity
from wizard.clouds.errors import ExpiredCredentials, NoCredentials, RefusedCredentials
from wizard.clouds.session import Clouds
from wizard.sandbox.process import Sandbox
from wizard.setup.question import Found

OPERATOR = "arn:aws:iam::111122223333:user/operator"


def account_of(clouds: Clouds) -> Found:
    """The default that follows from who the operator is."""
    return mode("aws").found_with("aws", identity.aws_operator(clouds))["aws.account"]


def test_aws_tells_who_the_operator_is(clouds: Clouds) -> None:
    assert identity.aws_operator(clouds) == identity.Identity(
        OPERATOR, "AWS access keys in the environment", "111122223333"
    )
    assert account_of(clouds) == Found("111122223333", "AWS access keys in the environment")


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


@pytest.mark.parametrize("name", ["CLOUDSDK_AUTH_ACCESS_TOKEN", "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"])
def test_a_token_that_google_does_not_know_is_refused(
    clouds: Clouds, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "token"
    file.write_text("ya29.unknown", encoding="utf-8")
    monkeypatch.setenv(name, str(file) if name.endswith("_FILE") else "ya29.unknown")
    with pytest.raises(RefusedCredentials) as refused:
        identity.google_operator(clouds)
    assert name in refused.value.message and f"{name} " in refused.value.hint


@pytest.fixture
def tokens() -> Iterator[FakeCloud]:
    """Google's token endpoint on loopback, which gives a token."""
    with fake_cloud() as served:
        served.answers["/token"] = (200, {"access_token": "ya29.example", "expires_in": 3600, "token_type": "Bearer"})
        yield served


def service_account(tokens: FakeCloud, monkeypatch: pytest.MonkeyPatch, folder: Path) -> str:
    """Set a service account key as the operator's credentials, and return the email of its account."""
    email = "deployer@acme-analytics.iam.gserviceaccount.com"
    file = folder / "key.json"
    file.write_text(json.dumps(_key(email) | {"token_uri": f"{tokens.url}/token"}), encoding="utf-8")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    return email


def test_a_service_account_key_names_its_account(
    tokens: FakeCloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    email = service_account(tokens, monkeypatch, tmp_path)
    found = identity.google_operator(Clouds("acme-analytics"))
    assert found == identity.Identity(email, "Application Default Credentials")


def test_a_service_account_key_that_was_deleted_is_no_identity(
    tokens: FakeCloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    service_account(tokens, monkeypatch, tmp_path)
    tokens.answers["/token"] = (400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
    with pytest.raises(ExpiredCredentials) as refused:
        identity.google_operator(Clouds("acme-analytics"))
    assert str(tmp_path / "key.json") in refused.value.hint


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
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS")
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(identity, "_try", lambda _: None)
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
