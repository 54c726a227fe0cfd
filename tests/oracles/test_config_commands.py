"""The command for the credential configuration, typed into a shell with the real gcloud, writes the file of apply."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.oracles.programs import LIMIT, need
from tests.resources.writing import action, change_of, write
from wizard.clouds.session import Clouds
from wizard.federation.credential_config import credential_config
from wizard.federation.identifiers import PoolName, ProviderName
from wizard.resources.config_file import ConfigFile

PROVIDER = ProviderName(PoolName("123456789012", "aws-prod"), "aws-111122223333")
EMAIL = "loader@acme-analytics.iam.gserviceaccount.com"
CLOUDS = Clouds("acme-analytics", environ={})
"""Never asked: a file is no cloud."""
IMDSV2 = {"imdsv2_session_token_url": "http://169.254.169.254/latest/api/token"}
OTHERS = {"quota_project_id": 'it\'s $(touch pwned) `id` \\ "x"', "x-team": {"owner": None}}


def typed(file: ConfigFile, folder: Path) -> str:
    """Run the command of what has to be done; returns it."""
    (command,) = file.commands(change_of(file, CLOUDS))
    environ = {**os.environ, "CLOUDSDK_CONFIG": str(folder / "gcloud"), "CLOUDSDK_CORE_DISABLE_PROMPTS": "1"}
    done = subprocess.run(command, shell=True, env=environ, cwd=folder, capture_output=True, text=True, timeout=LIMIT)
    assert done.returncode == 0, (command, done.stderr)
    assert not (folder / "pwned").exists()
    return command


def effect(document: dict[str, Any]) -> dict[str, Any]:
    """What an application sees of a file."""
    return {key: value for key, value in document.items() if key != "token_info_url"}


def source(**more: str) -> dict[str, Any]:
    """The usual credential source, with more keys."""
    return {"credential_source": {**credential_config(PROVIDER)["credential_source"], **more}}


@pytest.mark.parametrize(
    ("there", "options", "way"),
    [
        (None, {}, "gcloud"),
        (None, {"imdsv2": True}, "gcloud"),
        (None, {"service_account": EMAIL, "token_lifetime": 1200}, "gcloud"),
        (None, {"aws_domain": "amazonaws.com.cn"}, "cat"),
        (None, {"sts": "https://sts.acme.example", "universe_domain": "acme.example"}, "cat"),
        ({"audience": "x"}, {}, "gcloud"),
        ({"audience": "x", **source(**IMDSV2)}, {}, "gcloud"),
        (
            {"audience": "x", "service_account_impersonation": {"token_lifetime_seconds": 700}},
            {"service_account": EMAIL},
            "gcloud",
        ),
        ({"audience": "x", **source(imdsv2_session_token_url="http://127.0.0.1:9/t")}, {}, "python3"),
        ({"audience": "x", "token_url": "https://sts.us-east1.rep.googleapis.com/v1/token"}, {}, "python3"),
        ({"audience": "x", **OTHERS, **source(**IMDSV2)}, {}, "python3"),
        ({**OTHERS, "service_account_impersonation_url": f"https://x/{EMAIL}:generateAccessToken"}, {}, "python3"),
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["config.json", "it's a $(touch pwned) `id` folder/the file.json"])
def test_what_is_typed_by_hand_is_what_apply_writes(
    tmp_path: Path, name: str, there: dict[str, Any] | None, options: dict[str, Any], way: str
) -> None:
    if way == "gcloud":
        need("gcloud")
    files = []
    for folder in (tmp_path / "typed", tmp_path / "applied"):
        folder.mkdir()
        file = ConfigFile(folder / name, credential_config(PROVIDER, **options))
        if there is not None:
            file.path.parent.mkdir(exist_ok=True)
            file.path.write_text(json.dumps({**credential_config(PROVIDER), **there}), encoding="utf-8")
        files.append(file)
    by_hand, by_wizard = files
    assert f"{way} " in typed(by_hand, tmp_path / "typed")
    write(by_wizard, CLOUDS)
    documents = [json.loads(file.path.read_text(encoding="utf-8")) for file in files]
    assert effect(documents[0]) == effect(documents[1])
    assert action(by_hand, CLOUDS) == "none"


def test_no_command_shows_a_value_that_is_not_ours(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({**credential_config(PROVIDER), "audience": "x", "client_secret": "GOCSPX-1"}))
    file = ConfigFile(path, credential_config(PROVIDER))
    assert "GOCSPX" not in typed(file, tmp_path)
    assert json.loads(path.read_text())["client_secret"] == "GOCSPX-1"
