"""The probe's last hop, where google-auth is installed: what it says when google-auth refuses, and without it."""

import json
import sys
from datetime import datetime
from typing import Any

import google.auth.aws
import pytest
from google.auth import exceptions

from wizard.chain.probe import Probe, Seen
from wizard.federation.credential_config import credential_config
from wizard.federation.identifiers import PoolName, ProviderName

CONFIG = credential_config(ProviderName(PoolName("123456789012", "aws-prod"), "aws-111122223333"))


def tried(supplier: bool = True) -> Any:
    """The line of the hop."""
    lines: list[str] = []
    probe = Probe({"application": {"supplier": supplier}}, {}, lines.append)
    probe.config, probe.region = dict(CONFIG), "ap-northeast-1"
    probe.take("application", probe.application)
    [line] = lines
    return json.loads(line)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("no credentials", '{"accessToken": "secret"}'), "no credentials"),
        (('{"access_token": "secret"',), ""),
        ((), ""),
    ],
)
def test_the_words_of_google_auth_are_shown_and_never_the_answer_itself(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], words: str
) -> None:
    def refuse(*_: object) -> None:
        raise exceptions.RefreshError(*arguments)

    monkeypatch.setattr(google.auth.aws.Credentials, "refresh", refuse)
    line = tried()
    assert (line["status"], line["error"]) == ("failed", {"code": "RefreshError", "message": words})
    assert "backed by botocore" in line["sent"]["way"]
    assert "secret" not in json.dumps(line)
    assert "only the credential configuration" in tried(supplier=False)["sent"]["way"]


@pytest.mark.parametrize("missing", ["google.auth", "botocore.session", "google.auth.transport.requests"])
def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    line = tried()
    assert line["status"] == "not_proven"
    assert missing.split(".")[0] in line["received"]["missing"]


def test_a_google_auth_without_suppliers_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(google.auth.aws, "AwsSecurityCredentialsSupplier")
    assert "AwsSecurityCredentialsSupplier" in tried()["received"]["missing"]


def test_the_token_that_google_auth_got_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    used = []

    def refresh(credentials: Any, _: object) -> None:
        credentials.token, credentials.expiry = "made-up-token", datetime(2026, 1, 2, 3, 4, 5)

    def permission(probe: Probe) -> Seen:
        used.append((probe.token, probe.request["permissions"]))
        return Seen({}, {}, ["made-up-token"])

    monkeypatch.setattr(google.auth.aws.Credentials, "refresh", refresh)
    monkeypatch.setattr(Probe, "permission", permission)
    line = tried()
    assert used == [("made-up-token", [])]
    assert line["status"] == "ok"
    assert line["evidence"][0].endswith("got a token that is valid until 2026-01-02T03:04:05Z")
