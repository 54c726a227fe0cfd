"""`wif-wizard export SETUP.yaml app`: the files for the application."""

import json

from tests.commands.conftest import World
from wizard.modes.aws.suppliers import PYTHON


def test_the_files_are_printed_with_what_each_is_for(world: World) -> None:
    answer = world.wif("export", world.setup(), "app")
    assert answer.code == 0
    assert "==> google_auth.py: Supplier for Python\n" in answer.out
    assert PYTHON in answer.out
    assert "==> sidecar-job-definition.json: Application that you cannot change: as a sidecar\n" in answer.out


def test_the_files_are_written_to_a_folder(world: World) -> None:
    folder = world.folder / "app"
    first = world.wif("export", world.setup(), "app", "--out", str(folder))
    assert first.code == 0
    assert f"✓ {folder}/GoogleAuth.java: Supplier for Java\n" in first.out
    written = {each.name for each in folder.iterdir()}
    assert {"clientLibraryConfig-aws-provider.json", "google-auth.js", "googleauth.go", "Dockerfile"} < written
    config = json.loads((folder / "clientLibraryConfig-aws-provider.json").read_text(encoding="utf-8"))
    assert config["audience"].endswith("/workloadIdentityPools/aws-prod/providers/aws-111122223333")
    again = world.wif("export", world.setup(), "app", "--out", str(folder))
    assert again.code == 0
    assert again.out.count("the file already has this content") == len(written)


def test_a_file_of_somebody_s_is_kept_and_named(world: World) -> None:
    folder = world.folder / "app"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM scratch\n", encoding="utf-8")
    answer = world.wif("export", world.setup(), "app", "--out", str(folder))
    assert answer.code == 1
    assert (
        f"! {folder}/Dockerfile: a file with different content exists, and the wizard did not change the file."
        in answer.out
    )
    assert (folder / "Dockerfile").read_text(encoding="utf-8") == "FROM scratch\n"
    assert (folder / "google_auth.py").exists()


def test_another_thing_is_not_exported(world: World) -> None:
    assert world.wif("export", world.setup(), "everything").code == 64


def test_programs_get_the_files_and_what_became_of_them(world: World) -> None:
    folder = world.folder / "app"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM scratch\n", encoding="utf-8")
    printed = world.wif("export", world.setup(), "app", "--json")
    assert (printed.code, printed.err) == (0, "")
    texts = {each["file"]: each["text"] for each in printed.json["files"]}
    assert texts["google_auth.py"] == PYTHON
    written = world.wif("export", world.setup(), "app", "--out", str(folder), "--json")
    assert written.code == 1
    assert "! " in written.err and "Dockerfile" in written.err
    found = {each["file"]: each for each in written.json["files"]}
    assert found["Dockerfile"]["state"] == "kept"
    assert {each["state"] for name, each in found.items() if name != "Dockerfile"} == {"written"}
    for name, each in found.items():
        assert each["path"] == str(folder / name)
        assert name == "Dockerfile" or (folder / name).read_text(encoding="utf-8") == each["text"] == texts[name]
