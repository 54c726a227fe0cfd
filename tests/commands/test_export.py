"""`wif-wizard export SETUP.yaml app`: the files for the application."""

import json

from tests.commands.conftest import SETUP, World
from wizard.commands.parser import EXPORTS
from wizard.export.table import EXPORTERS
from wizard.modes.aws.suppliers import PYTHON
from wizard.work.exporting import RECORD


def test_the_files_are_printed_with_what_each_is_for(world: World) -> None:
    answer = world.wif("export", world.setup(), "app")
    assert answer.code == 0
    assert "==> google_auth.py: Credential supplier for Python\n" in answer.out
    assert PYTHON in answer.out
    assert "==> sidecar-job-definition.json: Sidecar for an application that you cannot change\n" in answer.out


def test_the_files_are_written_to_a_folder(world: World) -> None:
    folder = world.folder / "app"
    first = world.wif("export", world.setup(), "app", "--out", str(folder))
    assert first.code == 0
    assert f"✓ {folder}/GoogleAuth.java: Credential supplier for Java\n" in first.out
    written = {each.name for each in folder.iterdir() if each.name != RECORD}
    assert {"clientLibraryConfig-aws-provider.json", "google-auth.js", "googleauth.go", "Dockerfile"} < written
    config = json.loads((folder / "clientLibraryConfig-aws-provider.json").read_text(encoding="utf-8"))
    assert config["audience"].endswith("/workloadIdentityPools/aws-prod/providers/aws-111122223333")
    again = world.wif("export", world.setup(), "app", "--out", str(folder))
    assert again.code == 0
    assert again.out.count("the file already has the exported content") == len(written)


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


def test_yes_overwrites_what_the_wizard_wrote_and_nobody_changed(world: World) -> None:
    folder = world.folder / "app"
    assert world.wif("export", world.setup(), "app", "--out", str(folder)).code == 0
    (folder / "Dockerfile").write_text("FROM scratch\n", encoding="utf-8")
    setup = world.setup(SETUP.replace("pool: aws-prod", "pool: aws-test"))
    config = folder / "clientLibraryConfig-aws-provider.json"
    kept = world.wif("export", setup, "app", "--out", str(folder))
    assert kept.code == 1 and f"! {config}" in kept.out
    answer = world.wif("export", setup, "app", "--out", str(folder), "--yes")
    assert answer.code == 1
    assert f"✓ {config}: " in answer.out and "The wizard replaced the old content." in answer.out
    assert "aws-test" in config.read_text(encoding="utf-8")
    assert (folder / "Dockerfile").read_text(encoding="utf-8") == "FROM scratch\n"


def test_the_help_names_every_export() -> None:
    assert tuple(EXPORTERS) == EXPORTS


def test_apply_also_writes_the_folder_for_the_team(fresh: World) -> None:
    folder = fresh.folder / "access"
    setup = fresh.setup()
    applied = fresh.wif("apply", setup, "--yes", "--export", str(folder))
    assert applied.code == 0, applied.err
    assert f"✓ {folder}/apply.sh: " in applied.out
    assert "The journal of this machine has no run" not in (folder / "report.md").read_text(encoding="utf-8")
    assert fresh.wif("plan", str(folder / "setup.yaml")).code == 0
    again = fresh.wif("apply", setup, "--yes", "--export", str(folder))
    assert again.code == 0
    (folder / "report.md").write_text("mine", encoding="utf-8")
    kept = fresh.wif("apply", setup, "--yes", "--export", str(folder))
    assert kept.code == 1
    assert (folder / "report.md").read_text(encoding="utf-8") == "mine"
