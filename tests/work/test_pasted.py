"""What a pasted text is the whole of: a setup, or a credential configuration, and never an error text."""

import json
from pathlib import Path

import pytest

from wizard.federation.credential_config import credential_config
from wizard.federation.identifiers import ProviderName
from wizard.modes.configurations import InvalidConfiguration
from wizard.work import pasted, starting

POOL = "projects/123456789012/locations/global/workloadIdentityPools/aws-prod"
AUDIENCE = f"//iam.googleapis.com/{POOL}/providers/aws-one"
CONFIGURATION = json.dumps(credential_config(ProviderName.parse(AUDIENCE)), indent=2)
SETUP = "version: 1\nmode: gke\ngoogle: {project: acme-payments}\n"
ERROR = '{\n  "error": {"code": 403, "message": "Permission denied", "status": "PERMISSION_DENIED"}\n}'
KEY = '{"type": "service_account", "private_key": "PRIVATEEXAMPLE"}'


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CONFIGURATION, "configuration"),
        (f"\n{CONFIGURATION}\n", "configuration"),
        (KEY, "configuration"),
        (SETUP, "setup"),
        (ERROR, ""),
        ("Error: mode: the mode is wrong\nat line 3", ""),
        ("setup.yaml", ""),
    ],
)
def test_a_pasted_file_is_told_from_an_error(text: str, kind: str) -> None:
    assert pasted.kind_of(text) == kind


def test_a_pasted_configuration_is_the_file_with_its_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert pasted.path_of(CONFIGURATION) == Path("clientLibraryConfig-aws-one.json")
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    (tmp_path / "mine.json").write_text(f"{CONFIGURATION}\n", encoding="utf-8")
    assert pasted.path_of(CONFIGURATION) == Path("mine.json")


def test_a_pasted_key_is_refused_without_its_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    environ = {"CLOUDSDK_AUTH_ACCESS_TOKEN": "x", "GOOGLE_CLOUD_PROJECT": "acme-analytics", "HOME": str(tmp_path)}
    with pytest.raises(InvalidConfiguration) as raised:
        starting.start(KEY, environ=environ)
    assert raised.value.problems[0].code == "WIF0103"
    assert "PRIVATEEXAMPLE" not in str(raised.value)
    assert list(tmp_path.iterdir()) == []
