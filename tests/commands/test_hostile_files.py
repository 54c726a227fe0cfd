"""Files that would block, fill the memory or break a parser: one clear error at once, and the exit code 64."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import SETUP, Answer
from tests.heartbeats import without_heartbeats

BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
)


def folder(path: Path) -> None:
    path.mkdir()


def pipe(path: Path) -> None:
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def large(path: Path) -> None:
    path.write_text("# a comment\n" * (20 * 1024 * 1024 // 12), encoding="utf-8")


def bomb(path: Path) -> None:
    path.write_text(BOMB, encoding="utf-8")


def deep(path: Path) -> None:
    path.write_text("[" * 5000 + "]" * 5000, encoding="utf-8")


def binary(path: Path) -> None:
    path.write_bytes(os.urandom(64) + b"\xff")


KINDS = {
    folder: "is a folder without a setup",
    pipe: "the path is a pipe or a device",
    endless: "the path is a pipe or a device",
    large: "the file is larger than 1 MB",
    bomb: "anchors and aliases",
    deep: "nested too deeply",
    binary: "not UTF-8 text",
}


@pytest.mark.parametrize(("make", "says"), KINDS.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_a_setup_file_that_is_none(tmp_path: Path, wif: Any, make: Any, says: str) -> None:
    make(tmp_path / "setup.yaml")
    answer: Answer = wif("plan", str(tmp_path / "setup.yaml"))
    assert answer.code == 64
    assert says in answer.err
    assert len(answer.err) < 500


@pytest.mark.parametrize("make", [folder, pipe, endless, large, deep, binary])
def test_a_credential_configuration_that_is_none(tmp_path: Path, wif: Any, make: Any) -> None:
    make(tmp_path / "config.json")
    answer: Answer = wif("test", str(tmp_path / "config.json"), "--from", "inside")
    assert answer.code == 64
    assert "config.json" in answer.err
    assert len(answer.err) < 500


@pytest.mark.parametrize("make", [pipe, endless, large, binary])
@pytest.mark.parametrize("variable", ["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE", "GOOGLE_APPLICATION_CREDENTIALS"])
def test_an_operators_file_that_is_none(
    tmp_path: Path, wif: Any, monkeypatch: pytest.MonkeyPatch, make: Any, variable: str
) -> None:
    make(tmp_path / "token")
    monkeypatch.setenv(variable, str(tmp_path / "token"))
    monkeypatch.setenv("PATH", str(tmp_path))  # and no gcloud
    (tmp_path / "setup.yaml").write_text(SETUP, encoding="utf-8")
    answer: Answer = wif("plan", str(tmp_path / "setup.yaml"), "--only", "google")
    assert answer.code == 1
    errors = without_heartbeats(answer.err)
    assert errors.startswith("wif-wizard: google: credentials: NO_CREDENTIALS")
    assert len(errors) < 700


@pytest.mark.parametrize("token", ["ya29.line\nbreak", "ya29.bell\x07", "ya29.ümläut", "ya29.two words"])
def test_a_token_that_cannot_be_sent_is_not_quoted(
    tmp_path: Path, wif: Any, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("CLOUDSDK_AUTH_ACCESS_TOKEN", token)
    (tmp_path / "setup.yaml").write_text(SETUP, encoding="utf-8")
    answer: Answer = wif("plan", str(tmp_path / "setup.yaml"), "--only", "google")
    assert answer.code == 1
    assert "the access token from CLOUDSDK_AUTH_ACCESS_TOKEN contains a line break" in answer.err
    assert "ya29" not in answer.err
