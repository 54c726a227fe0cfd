"""The credential configuration on this machine: for its owner only, whole or not at all."""

import json
import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.resources.writing import action, change_of, write
from wizard.chain.serve_credentials import pointed
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change
from wizard.engine.stale import StalePlan
from wizard.federation.config_merge import part
from wizard.federation.credential_config import credential_config
from wizard.federation.identifiers import PoolName, ProviderName
from wizard.resources.config_file import ConfigFile, FileChanged, NotWritten

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


def test_another_provider_in_the_file_is_a_loss_for_those_who_load_it(tmp_path: Path) -> None:
    other = ProviderName(PROVIDER.pool, "theirs")
    file = at(tmp_path / "config.json", json.dumps(credential_config(other)))
    change = change_of(file, CLOUDS)
    assert [tuple(field) for field in change.fields] == [("content.audience", other.audience, PROVIDER.audience)]
    assert file.impact(change) == f"the wizard overwrites the file {file.path}, which has different content"
    (loss,) = file.losers(change)
    assert other.name in loss and PROVIDER.name in loss
    write(file, CLOUDS)
    assert action(file, CLOUDS) == "none"


@pytest.mark.parametrize("audience", ["//iam.googleapis.com/projects/PROJECT_NUMBER/x", "another", None])
def test_who_loads_a_file_that_never_worked_loses_nothing(tmp_path: Path, audience: object) -> None:
    file = at(tmp_path / "config.json", json.dumps({**CONTENT, "audience": audience}))
    change = change_of(file, CLOUDS)
    assert (change.action, file.losers(change)) == ("update", [])


def test_who_acts_as_a_service_account_loses_it_with_the_file(tmp_path: Path) -> None:
    email = "loader@acme-analytics.iam.gserviceaccount.com"
    there = credential_config(PROVIDER, service_account=email, token_lifetime=1200)
    file = at(tmp_path / "config.json", json.dumps(there))
    change = change_of(file, CLOUDS)
    (loss,) = file.losers(change)
    assert email in loss
    write(file, CLOUDS)
    assert json.loads(file.path.read_text()) == {key: CONTENT[key] for key in CONTENT if key != "token_info_url"}


OTHERS = {
    "quota_project_id": "acme-billing",
    "workforce_pool_user_project": "123",
    "x-team": {"owner": "data", "empty": {}},
    "service_account_impersonation": {"token_lifetime_seconds": 1200},
}
IMDSV2 = {"imdsv2_session_token_url": "http://169.254.169.254/latest/api/token"}


def test_keys_of_others_stay_and_differ_from_nothing(tmp_path: Path) -> None:
    there = {**CONTENT, **OTHERS, "credential_source": {**CONTENT["credential_source"], **IMDSV2}}
    file = at(tmp_path / "config.json", json.dumps(there))
    change = change_of(file, CLOUDS)
    assert change.action == "none"
    (note,) = file.notes(change)
    assert note.endswith(": quota_project_id, workforce_pool_user_project, x-team.empty, x-team.owner.")
    assert "acme-billing" not in note


def test_keys_of_others_stay_when_the_file_is_changed(tmp_path: Path) -> None:
    there = {**OTHERS, **CONTENT, "audience": "x", "credential_source": {**CONTENT["credential_source"], **IMDSV2}}
    file = at(tmp_path / "config.json", json.dumps(there))
    assert write(file, CLOUDS).action == "update"
    text = file.path.read_text()
    assert json.loads(text) == {**there, "audience": PROVIDER.audience}
    assert list(json.loads(text)) == list(there), "in their order"
    assert action(file, CLOUDS) == "none"


@pytest.mark.parametrize(
    "foreign",
    [
        {"executable": {"command": "/opt/acme/credentials --secret=hunter2", "timeout_millis": 5000}},
        {"certificate": {"use_default_certificate_config": True}},
        {"file": "/var/run/token"},
    ],
)
def test_a_source_of_another_kind_is_replaced_and_the_keys_of_others_stay(
    tmp_path: Path, foreign: dict[str, object]
) -> None:
    source = {"headers": {"x-team": "data"}, "note": None, **foreign}
    text = json.dumps({**OTHERS, **CONTENT, "credential_source": source})
    file = at(tmp_path / "config.json", text)
    change = write(file, CLOUDS)
    assert change.action == "update"
    assert "hunter2" not in str(change)
    expected = {"headers": {"x-team": "data"}, "note": None, **CONTENT["credential_source"]}
    assert json.loads(file.path.read_text()) == {**OTHERS, **CONTENT, "credential_source": expected}
    assert action(file, CLOUDS) == "none"

    made = Change(file, change.before, change.after)
    reasons = file.cannot_restore(CLOUDS, made, {})
    unrecorded = [name for name in foreign if name != "file"]
    assert [
        f"The run removed the fields credential_source.{name} from {file.path}." in reasons[0] for name in unrecorded
    ] == [True for _ in reasons]
    assert "hunter2" not in str(reasons)
    file.restore(CLOUDS, change)
    restored = json.loads(file.path.read_text())
    assert "(not shown)" not in str(restored)
    assert "executable" not in restored["credential_source"]

    write(file, CLOUDS)
    typed = at(tmp_path / "typed.json", text)
    (command,) = typed.commands(change_of(typed, CLOUDS))
    subprocess.run(command, shell=True, check=True)
    assert typed.path.read_text() == file.path.read_text()


@pytest.mark.parametrize(
    "section", [{"note": "ours", "token_lifetime_seconds": 600}, {"token_lifetime_seconds": 600}, {"a": {"b": 1}}]
)
def test_the_typed_command_keeps_what_apply_keeps_of_a_section_that_must_be_absent(
    tmp_path: Path, section: dict[str, object]
) -> None:
    """The file impersonates an account, and the setup wants direct access."""
    url = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@b.iam.gserviceaccount.com"
    impersonating = {
        "service_account_impersonation_url": f"{url}:generateAccessToken",
        "service_account_impersonation": section,
    }
    text = json.dumps({**OTHERS, **CONTENT, **impersonating})
    file, typed = at(tmp_path / "config.json", text), at(tmp_path / "typed.json", text)
    (command,) = typed.commands(change_of(typed, CLOUDS))
    write(file, CLOUDS)
    subprocess.run(command, shell=True, check=True)
    assert typed.path.read_text() == file.path.read_text()


def test_a_file_that_names_serve_credentials_is_left_so(tmp_path: Path) -> None:
    """An application that cannot be changed has its credentials there, and only there."""
    there = pointed(CONTENT, 16925)
    assert action(at(tmp_path / "config.json", json.dumps(there)), CLOUDS) == "none"
    source = {**there["credential_source"], "url": "http://evil.example/latest/meta-data/iam/security-credentials"}
    elsewhere = {**there, "credential_source": source}
    assert action(at(tmp_path / "other.json", json.dumps(elsewhere)), CLOUDS) == "update"


def on_ipv6(*keys: str) -> dict[str, Any]:
    """The configuration with these addresses on the IPv6 metadata service of EC2."""
    source = {
        key: url.replace("169.254.169.254", "[fd00:ec2::254]") for key, url in CONTENT["credential_source"].items()
    }
    return {**CONTENT, "credential_source": {**CONTENT["credential_source"], **{key: source[key] for key in keys}}}


def test_the_ipv6_metadata_service_is_kept_as_a_whole_and_never_by_halves(tmp_path: Path) -> None:
    """An instance without IPv4 reaches only this address; half of the addresses would be of no use."""
    whole, half = on_ipv6("url", "region_url"), on_ipv6("url")
    token = {"imdsv2_session_token_url": "http://[fd00:ec2::254]/latest/api/token"}
    with_token = {**whole, "credential_source": {**whole["credential_source"], **token}}
    assert action(at(tmp_path / "whole.json", json.dumps(whole)), CLOUDS) == "none"
    assert action(at(tmp_path / "token.json", json.dumps(with_token)), CLOUDS) == "none"
    assert action(at(tmp_path / "half.json", json.dumps(half)), CLOUDS) == "update"
    for key in ("url", "region_url"):
        wrong = {**whole, "credential_source": {**whole["credential_source"], key: "http://[fd00:ec2::254]/latest"}}
        assert action(at(tmp_path / f"{key}.json", json.dumps(wrong)), CLOUDS) == "update"


REGIONAL = "https://sts-fips.us-east-1.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"


@pytest.mark.parametrize(
    ("remove", "changes"),
    [
        (("universe_domain",), {}),
        (("token_info_url",), {}),
        ((), {"token_info_url": "https://sts.mtls.googleapis.com/v1/introspect"}),
        ((), {"token_url": "https://sts.europe-west1.rep.googleapis.com/v1/token"}),
        ((), {"credential_source": {**CONTENT["credential_source"], "regional_cred_verification_url": REGIONAL}}),
    ],
)
@pytest.mark.parametrize("indent", [None, 8])
def test_a_difference_without_effect_is_none(
    tmp_path: Path, remove: tuple[str, ...], changes: dict[str, Any], indent: int | None
) -> None:
    there = {key: value for key, value in ({**CONTENT, **changes}).items() if key not in remove}
    text = json.dumps(dict(reversed(there.items())), indent=indent)
    assert action(at(tmp_path / "config.json", text), CLOUDS) == "none"


@pytest.mark.parametrize(
    "changes",
    [
        {"universe_domain": "other.example"},
        {"token_url": "https://sts.evil.example/v1/token"},
        {"token_info_url": "https://evil.example/v1/introspect"},
        {"audience": "https:" + PROVIDER.audience},  # the token service refuses this spelling
        {"subject_token_type": "urn:ietf:params:aws:token-type:aws4_request_x"},
        {
            "credential_source": {
                **CONTENT["credential_source"],
                "regional_cred_verification_url": REGIONAL.replace(".com?", ".com.cn?"),
            }
        },
    ],
)
def test_a_difference_with_effect_is_changed(tmp_path: Path, changes: dict[str, Any]) -> None:
    file = at(tmp_path / "config.json", json.dumps({**CONTENT, **changes}))
    assert write(file, CLOUDS).action == "update"
    assert json.loads(file.path.read_text()) == CONTENT


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (json.dumps({"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----"}), "service account key"),
        (json.dumps({"type": "authorized_user", "refresh_token": "1//0abc"}), "credentials of a user"),
        (json.dumps({**CONTENT, "subject_token_type": "x", "credential_source": {"file": "/t"}}), "from a file"),
        (json.dumps({"apiVersion": "v1", "kind": "Config"}), "a kubeconfig"),
        (json.dumps({"a": 1}), "an unknown kind of file"),
        ("not JSON", "an unknown kind of file"),
        ("[]", "an unknown kind of file"),
        ("[" * 100_000, "an unknown kind of file"),
    ],
)
def test_a_file_of_another_kind_is_never_overwritten(tmp_path: Path, text: str, title: str) -> None:
    file = at(tmp_path / "there.json", text)
    for attempt in (file.read, file.create):
        with pytest.raises(
            NotWritten, match=rf"{title}.* does not overwrite .*: set credential_config to another file"
        ) as refused:
            attempt(CLOUDS)
        assert "1//" not in str(refused.value) and "BEGIN" not in str(refused.value)
    assert file.path.read_text() == text


@pytest.mark.parametrize("text", ["", "\n", "{}"])
def test_in_an_empty_file_is_nothing_to_lose(tmp_path: Path, text: str) -> None:
    file = at(tmp_path / "config.json", text)
    assert write(file, CLOUDS).action == "update"
    assert json.loads(file.path.read_text()) == CONTENT


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("{}")
    (tmp_path / "link.json").symlink_to("real.json")
    write(ConfigFile(tmp_path / "link.json", CONTENT), CLOUDS)
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "real.json").read_text()) == CONTENT


def test_a_write_that_fails_leaves_what_was_there_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = at(tmp_path / "config.json", "{}")
    full = OSError(28, "No space left on device")

    def no_space(_: int) -> None:
        raise full

    change = change_of(file, CLOUDS)
    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(NotWritten, match="No space left on device"):
        file.update(CLOUDS, change)
    assert file.path.read_text(encoding="utf-8") == "{}"
    assert [each.name for each in tmp_path.iterdir()] == ["config.json"]


def test_a_path_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    folder = ConfigFile(tmp_path, CONTENT)
    with pytest.raises(NotWritten, match=r"cannot read .*: .*; set credential_config to a different path"):
        folder.read(CLOUDS)
    (tmp_path / "file").touch()
    below = ConfigFile(tmp_path / "file" / "config.json", CONTENT)
    with pytest.raises(NotWritten, match=r"cannot read .*: .*; set credential_config to a different path"):
        below.create(CLOUDS)


def test_it_is_deleted_and_that_twice(file: ConfigFile) -> None:
    write(file, CLOUDS)
    file.delete(CLOUDS)
    file.delete(CLOUDS)
    assert file.read(CLOUDS) is None


def test_a_file_that_someone_else_writes_after_the_read_is_not_overwritten(tmp_path: Path) -> None:
    file = at(tmp_path / "config.json", json.dumps({**CONTENT, "audience": "old"}))
    change = change_of(file, CLOUDS)
    file.path.write_text(json.dumps({**CONTENT, "audience": "theirs"}))
    with pytest.raises(FileChanged, match="someone else changed") as refused:
        file.update(CLOUDS, change)
    assert file.moved(refused.value)
    with pytest.raises(FileChanged):
        file.create(CLOUDS)
    with pytest.raises(FileChanged):
        file.restore(CLOUDS, change)
    assert json.loads(file.path.read_text())["audience"] == "theirs"


def test_a_key_that_the_review_did_not_show_is_not_removed(tmp_path: Path) -> None:
    file = at(tmp_path / "config.json", json.dumps({**CONTENT, "audience": "old"}))
    change = change_of(file, CLOUDS)
    there = {**CONTENT, "audience": "old", "service_account_impersonation_url": "https://theirs.example"}
    file.path.write_text(json.dumps(there))
    before = {"content": part(there)}
    with pytest.raises(StalePlan, match=r"since the review, .* Plan again\."):
        file.update(CLOUDS, Change(file, before, change.after))
    assert json.loads(file.path.read_text()) == there


def test_unknown_keys_stay_in_a_section_that_the_setup_does_not_want(tmp_path: Path) -> None:
    section = {"token_lifetime_seconds": 600, "future": {"a": []}}
    there = {**credential_config(PROVIDER, service_account="a@b.example"), "service_account_impersonation": section}
    file = at(tmp_path / "config.json", json.dumps(there))
    change = write(file, CLOUDS)
    assert json.loads(file.path.read_text())["service_account_impersonation"] == {"future": {"a": []}}
    assert action(file, CLOUDS) == "none"
    file.restore(CLOUDS, change)
    assert json.loads(file.path.read_text()) == there


def test_a_key_that_a_setup_decides_is_in_use_if_others_added_it(file: ConfigFile) -> None:
    write(file, CLOUDS)
    assert file.in_use(CLOUDS, {}) == []
    file.path.write_text(json.dumps({**CONTENT, "service_account_impersonation_url": "https://theirs.example"}))
    (reason,) = file.in_use(CLOUDS, {})
    assert reason.endswith("which the run did not write: service_account_impersonation_url.")
