"""What a file is, and that the configurations of gcloud are sound whatever their source."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.oracles.programs import need
from wizard.federation.config_check import find_problems
from wizard.federation.credential_config import credential_config
from wizard.federation.file_kinds import kind_of
from wizard.federation.identifiers import PoolName, ProviderName

PROVIDER = ProviderName(PoolName("123456789012", "pool"), "provider")
EMAIL = "loader@acme-analytics.iam.gserviceaccount.com"
JWT = "urn:ietf:params:oauth:token-type:jwt"

VARIANTS = [
    (["--aws"], "aws"),
    (["--aws", "--enable-imdsv2"], "aws"),
    (["--azure"], "azure"),
    (["--azure", "--app-id-uri=api://mine"], "azure"),
    (["--credential-source-file=/var/run/token"], "file"),
    (["--credential-source-file=t", "--credential-source-type=json", "--credential-source-field-name=x"], "file"),
    (["--credential-source-url=http://127.0.0.1:8080/token", "--credential-source-headers=a=b"], "url"),
    (["--credential-source-url=https://idp.example/token", f"--service-account={EMAIL}"], "url"),
    (["--executable-command=/bin/x --y", "--executable-timeout-millis=30000"], "executable"),
]


def made(
    folder: Path, *flags: str, group: str = "workload-identity-pools", name: str = PROVIDER.name
) -> dict[str, Any]:
    """What gcloud writes."""
    need("gcloud")
    file = folder / "config.json"
    environ = {**os.environ, "CLOUDSDK_CONFIG": str(folder / "gcloud"), "CLOUDSDK_CORE_DISABLE_PROMPTS": "1"}
    command = ["gcloud", "iam", group, "create-cred-config", name, *flags, f"--output-file={file}"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(file.read_text()))


@pytest.mark.parametrize(("flags", "kind"), VARIANTS, ids=str)
def test_what_gcloud_makes_is_recognised_as_sound(tmp_path: Path, flags: list[str], kind: str) -> None:
    document = made(tmp_path, *flags)
    found = kind_of(document)
    assert found and found.is_configuration and found.name == kind
    assert find_problems(document) == []


def test_a_certificate_of_gcloud_is_sound(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("cert.pem", "key.pem")]
    for path in paths:
        path.touch()
    flags = [f"--credential-cert-path={paths[0]}", f"--credential-cert-private-key-path={paths[1]}"]
    document = made(tmp_path, *flags)
    assert (kind_of(document), find_problems(document)) == (kind_of({**document}), [])
    assert document["token_url"] == "https://sts.mtls.googleapis.com/v1/token"
    named = made(tmp_path, *flags, f"--credential-cert-configuration-output-file={tmp_path / 'certs.json'}")
    assert find_problems(named) == []
    found = kind_of(json.loads((tmp_path / "certs.json").read_text()))
    assert found and not found.is_configuration and "certificate configuration" in found.title


def test_a_configuration_for_people_is_sound(tmp_path: Path) -> None:
    flags = ("--credential-source-file=/t", "--workforce-pool-user-project=123456")
    name = "locations/global/workforcePools/people/providers/idp"
    document = made(tmp_path, *flags, group="workforce-pools", name=name)
    found = kind_of(document)
    assert found and found.name == "workforce"
    assert find_problems(document) == []


@pytest.mark.parametrize(
    ("document", "title"),
    [
        ({"type": "service_account"}, "a service account key"),
        ({"private_key": "x", "client_email": EMAIL}, "a service account key"),
        ({"type": "authorized_user"}, "the credentials of a user"),
        ({"type": "external_account_authorized_user"}, "workforce identity federation"),
        ({"type": "impersonated_service_account"}, "impersonate a service account"),
        ({"type": "gdch_service_account"}, "Google Distributed Cloud"),
        ({"apiVersion": "v1", "kind": "Config", "clusters": None}, "a kubeconfig"),
        ({"apiVersion": "v1", "kind": "ConfigMap"}, "a Kubernetes manifest"),
        ({"Version": "2012-10-17", "Statement": []}, "an AWS policy"),
        ({"installed": {"client_id": "x"}}, "an OAuth client"),
    ],
)
def test_files_of_other_kinds_are_named_and_not_corrected(document: dict[str, Any], title: str) -> None:
    found = kind_of(document)
    assert found and title in found.title and not found.is_configuration
    (problem,) = find_problems(document)
    assert title in problem.what and problem.where == "type"


@pytest.mark.parametrize("document", [None, [], "text", {}, {"a": 1}, {"type": []}, {"type": "unheard"}])
def test_what_is_not_known_has_no_kind(document: object) -> None:
    assert kind_of(document) is None


def other(source: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A configuration with another source."""
    return {**credential_config(PROVIDER), "subject_token_type": JWT, "credential_source": source, **changes}


@pytest.mark.parametrize(
    ("document", "where", "says"),
    [
        (other({"file": ""}), "credential_source.file", "not a valid file path"),
        (other({"file": "/t", "url": "http://127.0.0.1"}), "credential_source", "file, url"),
        (other({"nothing": 1}), "credential_source", "does not say where"),
        (other({"url": "http://idp.example/token"}), "credential_source.url", "without encryption"),
        (other({"url": "ftp://127.0.0.1"}), "credential_source.url", "not a URL"),
        (other({"file": "/t", "format": {"type": "json"}}), "credential_source.format", "field"),
        (other({"file": "/t", "format": {"type": "xml"}}), "credential_source.format", "format"),
        (other({"url": "http://127.0.0.1", "headers": {"a": 1}}), "credential_source.headers", "a string for each"),
        (other({"executable": {}}), "credential_source.executable", "does not contain a command"),
        (
            other({"certificate": {}}, subject_token_type=JWT.replace("jwt", "mtls")),
            "credential_source.certificate",
            "",
        ),
        (other({"executable": {"command": "/x"}}, subject_token_type="aws"), "subject_token_type", "a program"),
        (other({"file": "/t"}, token_url="https://evil.example/v1/token"), "token_url", "send tokens"),
        (other({"file": "/t"}, audience="x"), "audience", "not the resource name"),
    ],
)
def test_other_sources_are_checked_as_far_as_they_can_be(document: dict[str, Any], where: str, says: str) -> None:
    (problem,) = find_problems(document)
    assert problem.where == where and says in problem.what


AWAY = {
    "universe_domain": "apis.other.example",
    "audience": f"//iam.apis.other.example/{PROVIDER.name}",
    "token_url": "https://sts.apis.other.example/v1/token",
    "token_info_url": "https://sts.apis.other.example/v1/introspect",
}


def test_another_universe_is_named_and_accepted_only_if_it_is_the_operators() -> None:
    document = {**credential_config(PROVIDER), **AWAY}
    (problem,) = find_problems(document)
    assert problem.where == "universe_domain" and "write googleapis.com" not in problem.fix
    assert find_problems(document, universe="apis.other.example") == []
    assert find_problems(document, universe="else.example") == [problem]
    mixed = {**credential_config(PROVIDER), "universe_domain": "apis.other.example"}
    assert find_problems(mixed)[0].fix == "write googleapis.com"
