"""The credential configuration on this machine: for its owner only, whole or not at all."""

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.resources.writing import action, change_of, write
from wizard.clouds.session import Clouds
from wizard.federation.credential_config import credential_config
from wizard.federation.identifiers import PoolName, ProviderName
from wizard.resources.config_file import ConfigFile, NotWritten

PROVIDER = ProviderName(PoolName("123456789012", "aws-prod"), "aws-111122223333")
CONTENT = credential_config(PROVIDER)
CLOUDS = Clouds("acme-analytics", environ={})
"""Never asked: a file is no cloud."""


@pytest.fixture
def file(tmp_path: Path) -> ConfigFile:
    return ConfigFile(tmp_path / "made" / "config.json", CONTENT)


def at(path: Path, text: str) -> ConfigFile:
    """The configuration at a path where something is already."""
    path.write_text(text, encoding="utf-8")
    return ConfigFile(path, CONTENT)


def test_a_new_file_is_for_its_owner_only_whatever_the_umask(file: ConfigFile) -> None:
    before = os.umask(0)
    try:
        assert write(file, CLOUDS).action == "create"
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert json.loads(file.path.read_text(encoding="utf-8")) == CONTENT
    assert action(file, CLOUDS) == "none"
    assert [each.name for each in file.path.parent.iterdir()] == ["config.json"]


def test_a_file_that_others_could_read_is_theirs_no_longer_when_it_is_written(tmp_path: Path) -> None:
    file = at(tmp_path / "config.json", "{}")
    file.path.chmod(0o644)
    assert write(file, CLOUDS).action == "update"
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_another_configuration_is_told_before_it_is_overwritten(tmp_path: Path) -> None:
    file = at(tmp_path / "config.json", json.dumps({**CONTENT, "audience": "another"}))
    change = change_of(file, CLOUDS)
    assert [tuple(field) for field in change.fields] == [("content.audience", "another", CONTENT["audience"])]
    assert file.impact(change) == f"overwrites {file.path}, which has other content"
    write(file, CLOUDS)
    assert action(file, CLOUDS) == "none"


def test_keys_that_are_not_ours_are_named_without_what_they_say(tmp_path: Path) -> None:
    key = {"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----"}
    found = change_of(at(tmp_path / "key.json", json.dumps(key)), CLOUDS)
    assert found.before is not None
    assert found.before["further_keys"] == ["private_key"]
    assert "BEGIN" not in repr(found.before)


@pytest.mark.parametrize("text", ["not JSON", "[]", '"text"'])
def test_what_is_no_json_object_is_something_else(tmp_path: Path, text: str) -> None:
    change = change_of(at(tmp_path / "notes.txt", text), CLOUDS)
    assert (change.action, change.before) == ("update", {"content": {}, "further_keys": ["(not a JSON object)"]})


def test_a_write_that_fails_leaves_what_was_there_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = at(tmp_path / "config.json", "{}")
    full = OSError(28, "No space left on device")

    def no_space(_: int) -> None:
        raise full

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(NotWritten, match="No space left on device"):
        file.create(CLOUDS)
    assert file.path.read_text(encoding="utf-8") == "{}"
    assert [each.name for each in tmp_path.iterdir()] == ["config.json"]


def test_a_path_that_cannot_be_read_or_written_is_named(tmp_path: Path) -> None:
    folder = ConfigFile(tmp_path, CONTENT)
    with pytest.raises(NotWritten, match=r"cannot be read: .*; choose another credential_config"):
        folder.read(CLOUDS)
    (tmp_path / "file").touch()
    below = ConfigFile(tmp_path / "file" / "config.json", CONTENT)
    with pytest.raises(NotWritten, match=r"cannot be written: .*; choose another credential_config"):
        below.create(CLOUDS)


def test_it_is_deleted_and_that_twice(file: ConfigFile) -> None:
    write(file, CLOUDS)
    file.delete(CLOUDS)
    file.delete(CLOUDS)
    assert file.read(CLOUDS) is None


@pytest.mark.parametrize(
    ("options", "flags"),
    [
        ({}, ""),
        ({"imdsv2": True}, " --enable-imdsv2"),
        (
            {"service_account": "loader@acme-analytics.iam.gserviceaccount.com", "token_lifetime": 1200},
            " --service-account=loader@acme-analytics.iam.gserviceaccount.com"
            " --service-account-token-lifetime-seconds=1200",
        ),
    ],
)
def test_the_command_by_hand(tmp_path: Path, options: dict[str, Any], flags: str) -> None:
    file = ConfigFile(tmp_path / "config.json", credential_config(PROVIDER, **options))
    (command,) = file.commands(change_of(file, CLOUDS))
    assert command == (
        f"gcloud iam workload-identity-pools create-cred-config {PROVIDER.name} --aws --output-file={file.path}{flags}"
    )
    assert file.permissions(change_of(file, CLOUDS)) == []
