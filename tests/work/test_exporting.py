"""Files for the application are written to a folder, and over no file of somebody's."""

from dataclasses import replace
from pathlib import Path

import pytest

from wizard.modes.opened import ExportedFile
from wizard.setup.problems import BadInput
from wizard.work.exporting import save

FILES = [
    ExportedFile("config.json", "Configuration", "why", "json", "{}\n"),
    ExportedFile("code.py", "Code", "why", "python", "print('ü')\n"),
]


def states(folder: Path) -> list[str]:
    """What becomes of each file."""
    return [each.state for each in save(FILES, folder)]


def test_files_are_written_and_then_in_place(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "new" / "one"
    assert states(folder) == ["written", "written"]
    assert (folder / "code.py").read_text(encoding="utf-8") == "print('ü')\n"
    assert states(folder) == ["in place", "in place"]


def test_a_file_with_other_content_is_kept(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("mine", encoding="utf-8")
    assert states(tmp_path) == ["written", "kept"]
    assert (tmp_path / "code.py").read_text(encoding="utf-8") == "mine"


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "config.json").symlink_to(tmp_path / "elsewhere")
    assert states(tmp_path) == ["kept", "written"]
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_cannot_be_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="cannot write"):
        save(FILES, tmp_path / "file" / "below")


def test_only_what_the_wizard_wrote_itself_is_known_as_its_own(tmp_path: Path) -> None:
    save(FILES, tmp_path)
    (tmp_path / "code.py").write_text("print('mine')\n", encoding="utf-8")
    changed = [replace(each, text=each.text + "# new\n") for each in FILES]
    asked: dict[str, bool] = {}

    def only_ours(path: Path, is_ours: bool) -> bool:
        asked[path.name] = is_ours
        return is_ours

    assert [each.state for each in save(changed, tmp_path, only_ours)] == ["overwritten", "kept"]
    assert asked == {"config.json": True, "code.py": False}
    assert (tmp_path / "code.py").read_text(encoding="utf-8") == "print('mine')\n"
    assert [each.state for each in save(changed, tmp_path, only_ours)] == ["in place", "kept"]


def test_folders_in_the_folder_are_made_and_links_out_of_it_are_refused(tmp_path: Path) -> None:
    inner = [replace(FILES[0], file="deep/er/config.json")]
    assert [each.state for each in save(inner, tmp_path)] == ["written"]
    (tmp_path / "elsewhere").mkdir()
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "deep").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadInput, match="points to another folder"):
        save(inner, folder)
    assert not list((tmp_path / "elsewhere").iterdir())
