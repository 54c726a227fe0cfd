"""Which files a command works on, if it is given several files or a folder."""

from pathlib import Path

import pytest

from tests.commands.conftest import SETUP
from wizard.setup.problems import BadInput
from wizard.work import setup_files

MANIFEST = "apiVersion: v1\nkind: Namespace\nmetadata: {name: payments}\n"


def written(folder: Path, **texts: str) -> Path:
    """The folder, with a YAML file for each text."""
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_folder_stands_for_its_setups_in_the_order_of_their_names(tmp_path: Path) -> None:
    written(tmp_path, b=SETUP, a=SETUP)
    (tmp_path / "c.yml").write_text(SETUP, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no setup", encoding="utf-8")
    (tmp_path / "more.yaml").mkdir()
    found = setup_files.named([str(tmp_path)])
    assert [Path(file).name for file in found.files] == ["a.yaml", "b.yaml", "c.yml"]
    assert found.notes == ()


def test_what_is_clearly_something_else_is_named_and_what_can_be_meant_as_a_setup_is_kept(tmp_path: Path) -> None:
    others = {
        "two": MANIFEST + "---\n" + MANIFEST,
        "steps": "- hosts: all\n",
        "compose": "version: '3'\nservices: {}\n",
    }
    written(tmp_path, setup=SETUP, broken="version: 1\nmode: aws\n  aws: [", empty="", draft="aws: {}", **others)
    found = setup_files.named([str(tmp_path)])
    assert [Path(file).stem for file in found.files] == ["broken", "draft", "empty", "setup"]
    assert [Path(note.split()[3].rstrip(",")).stem for note in found.notes] == ["compose", "steps", "two"]
    assert "a Kubernetes manifest" in found.notes[2]


def test_a_file_that_is_named_itself_is_never_left_out(tmp_path: Path) -> None:
    manifest = str(written(tmp_path, deployment=MANIFEST) / "deployment.yaml")
    assert setup_files.named([manifest, "missing.yaml"]).files == (manifest, "missing.yaml")


def test_the_same_file_is_read_once_and_said(tmp_path: Path) -> None:
    file = str(written(tmp_path, setup=SETUP) / "setup.yaml")
    found = setup_files.named([file, str(tmp_path), file])
    assert found.files == (file,)
    assert len(found.notes) == 2
    assert found.notes[0].endswith("are the same file. The wizard reads the file once.")


def test_a_folder_without_a_setup_and_a_credential_configuration_are_refused(tmp_path: Path) -> None:
    written(tmp_path, deployment=MANIFEST)
    with pytest.raises(
        BadInput, match=r"is a folder without a setup: save setups as .yaml or .yml files(.|\n)*Kubernetes manifest"
    ):
        setup_files.named([str(tmp_path)])
    config = tmp_path / "config.json"
    config.write_text('{"type": "external_account"}', encoding="utf-8")
    with pytest.raises(BadInput, match="run the command with this file only"):
        setup_files.named([str(config), "setup.yaml"])


def test_one_file_is_not_several_and_a_folder_is() -> None:
    assert not setup_files.are_several(["setup.yaml"])
    assert setup_files.are_several(["a.yaml", "b.yaml"])
    assert setup_files.are_several(["."])
