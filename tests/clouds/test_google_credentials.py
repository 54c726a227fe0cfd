"""Whose Google identity the operator's is; the configuration that is under test is never taken for it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clouds.test_identity import _key
from wizard.clouds import google_credentials
from wizard.clouds.errors import NoCredentials
from wizard.clouds.google import Google
from wizard.federation.credential_config import credential_config
from wizard.federation.identifiers import PoolName, ProviderName

CONFIG = credential_config(ProviderName(PoolName("123456789012", "aws-prod"), "aws-111122223333"))
REFUSED = "which contains the workload's credentials, not yours"


def written(path: Path, document: Any) -> Path:
    """A file with a JSON document."""
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.fixture
def under_test(tmp_path: Path) -> Path:
    """The configuration that the wizard makes or tests."""
    return written(tmp_path / "config.json", CONFIG)


@pytest.mark.parametrize("way", ["itself", "a link to it", "a copy of it"])
def test_the_configuration_under_test_is_not_the_operator(
    under_test: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    named = under_test if way == "itself" else under_test.with_name("named.json")
    if way == "a link to it":
        named.symlink_to(under_test)
    if way == "a copy of it":
        written(named, CONFIG)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(named))
    with pytest.raises(NoCredentials, match=REFUSED) as error:
        google_credentials.find_credentials({"GOOGLE_APPLICATION_CREDENTIALS": str(named)}, under_test)
    assert str(named) in error.value.message
    assert error.value.hint.startswith("unset GOOGLE_APPLICATION_CREDENTIALS")


@pytest.mark.parametrize("named", ["planned.json", "{folder}/planned.json", "{folder}/../{folder.name}/planned.json"])
def test_a_configuration_that_is_still_to_be_written_is_not_the_operator_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.chdir(tmp_path)
    environ = {"GOOGLE_APPLICATION_CREDENTIALS": named.format(folder=tmp_path)}
    with pytest.raises(NoCredentials, match=REFUSED):
        google_credentials.find_credentials(environ, tmp_path / "planned.json")


def test_an_access_token_is_the_operator_whatever_the_file_is(under_test: Path) -> None:
    environ = {"GOOGLE_APPLICATION_CREDENTIALS": str(under_test), "CLOUDSDK_AUTH_ACCESS_TOKEN": "ya29.operator"}
    found = google_credentials.find_credentials(environ, under_test)
    assert (found.source, found.credentials.token) == ("CLOUDSDK_AUTH_ACCESS_TOKEN", "ya29.operator")


def test_another_file_is_the_operator(under_test: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    email = "deployer@acme-analytics.iam.gserviceaccount.com"
    key = written(tmp_path / "key.json", _key(email))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key))
    found = google_credentials.find_credentials({"GOOGLE_APPLICATION_CREDENTIALS": str(key)}, under_test)
    assert (found.source, found.credentials.service_account_email) == ("Application Default Credentials", email)


def test_a_token_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    file = str(tmp_path / "nowhere")
    with pytest.raises(NoCredentials, match=file):
        google_credentials.find_credentials({"CLOUDSDK_AUTH_ACCESS_TOKEN_FILE": file})


def test_the_credentials_own_quota_project_is_charged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = {"type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "r"}
    file = written(tmp_path / "user.json", user | {"quota_project_id": "acme-billing"})
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    assert google_credentials.find_credentials({}).quota_project == "acme-billing"
    assert Google({}, "acme-analytics").quota_project == "acme-billing"


def test_a_file_that_the_environment_names_and_that_is_not_there_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = str(tmp_path / "nowhere.json")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", named)
    with pytest.raises(NoCredentials, match=r"nowhere\.json") as error:
        google_credentials.find_credentials({"GOOGLE_APPLICATION_CREDENTIALS": named})
    assert "unset the variable" in error.value.hint


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        ("authorized_user", "gcloud auth application-default login"),
        ("service_account", "the key in "),
        (None, "machine"),
    ],
)
def test_how_to_renew_default_credentials_depends_on_their_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str | None, advice: str
) -> None:
    user = {"type": kind, "client_id": "c", "client_secret": "s", "refresh_token": "r"}
    document = user if kind == "authorized_user" else _key("deployer@acme-analytics.iam.gserviceaccount.com")
    environ = {"HOME": str(tmp_path), "CLOUDSDK_CONFIG": str(tmp_path)}
    if kind:
        environ["GOOGLE_APPLICATION_CREDENTIALS"] = str(written(tmp_path / "adc.json", document))
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", environ["GOOGLE_APPLICATION_CREDENTIALS"])
    else:
        monkeypatch.setattr("google.auth.default", lambda **_: (object(), None))
    assert advice in google_credentials.find_credentials(environ).renew
