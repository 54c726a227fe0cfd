"""The report says what is known, and only that; the folder has everything that a pull request needs."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.commands.conftest import IMPERSONATED, Answer, World, fresh, lead_here, wif
from tests.commands.gke.worlds import SCENARIO
from wizard.sandbox.process import Sandbox

__all__ = ["fresh", "lead_here", "wif"]

HOSTILE = "# <script>alert(1)</script> | *x*\n"


def report(world: World, setup: str) -> str:
    answer = world.wif("export", setup, "report", "--json")
    assert answer.code == 0, answer.err
    return str(next(file["text"] for file in answer.json["files"] if file["file"] == "report.md"))


def test_before_anything_is_done_the_report_says_that_nothing_is_known(fresh: World) -> None:
    text = report(fresh, fresh.setup(IMPERSONATED))
    assert "- The journal of this machine has no run of this setup file." in text
    assert "- Not tested: this machine has no record of a live test of exactly this setup." in text
    assert "- workload identity pool aws-prod: to be created" in text
    assert (
        "serviceAccount:bq-loader@acme-analytics.iam.gserviceaccount.com gets roles/bigquery.jobUser on the project "
        "acme-analytics."
    ) in text.replace("\\", "")


def test_afterwards_it_names_the_run_and_the_test_of_exactly_this_setup(fresh: World) -> None:
    setup = fresh.setup(IMPERSONATED)
    assert fresh.wif("apply", setup, "--yes").code == 0
    assert fresh.wif("test", setup, "--yes").code == 0
    text = report(fresh, setup)
    assert "create workload identity pool projects/acme-analytics" in text.replace("\\", "")
    assert "User: operator@acme.example" not in text  # the operator is named beside the user of the machine
    assert "Identities: " in text and "(place: here): passed." in text
    assert "- Token exchange: passed" in text and "- workload identity pool aws-prod: in place" in text
    assert report(fresh, setup) == text
    other = fresh.setup(IMPERSONATED.replace("bq-loader", "bq-other"))
    assert "Not tested" in report(fresh, other)


def test_a_failed_test_is_reported_as_failed(fresh: World) -> None:
    setup = fresh.setup(IMPERSONATED)
    assert fresh.wif("apply", setup, "--yes", "--only", "google").code == 0
    assert fresh.wif("test", setup, "--yes").code == 1
    assert "(place: here): failed." in report(fresh, setup)


def test_text_of_others_has_no_meaning_in_the_report(fresh: World) -> None:
    answer = fresh.wif("export", fresh.setup(HOSTILE + IMPERSONATED), "report", "--json")
    texts = {file["file"]: file["text"] for file in answer.json["files"]}
    assert "<script>" not in texts["report.html"]
    assert "&lt;script&gt;alert(1)" in texts["report.html"]


def test_without_a_cloud_the_report_says_why_there_is_no_plan(
    tmp_path: Path, wif: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wizard.clouds.retrying.retried.__defaults__", (0.5, 0.5))
    setup = tmp_path / "setup.yaml"
    setup.write_text(IMPERSONATED, encoding="utf-8")
    answer = wif("export", str(setup), "report", "--json")
    assert "There is no plan, because the wizard could not read the resources" in answer.json["files"][0]["text"]


@pytest.fixture
def gke(tmp_path: Path, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer]) -> Iterator[World]:
    with Sandbox("gke-spanner", ["--steady"]) as sandbox:
        lead_here(sandbox)
        yield World(tmp_path, sandbox, wif)


def in_all(world: World, setup: str) -> dict[str, str]:
    """Export the folder; the texts of its files, by path."""
    folder = world.folder / "all"
    answer = world.wif("export", world.setup(setup), "all", "--out", str(folder))
    assert answer.code == 0, answer.err
    files = (file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): file.read_text(encoding="utf-8") for file in files}


def test_the_folder_has_every_export_and_stands_alone(gke: World) -> None:
    setup = yaml.safe_load(SCENARIO)["setup"]
    files = in_all(gke, setup)
    assert files["setup.yaml"] == setup
    assert {"README.md", "apply.sh", "report.md", "report.html", "app/service-accounts.yaml"} < set(files)
    assert {"manifests/accounts/kustomization.yaml", "manifests/patches/kustomization.yaml"} < set(files)
    listed = [line.split("`")[1] for line in files["README.md"].splitlines() if line.startswith("| `")]
    assert listed == sorted(set(files) - {"README.md", ".wif-wizard-export.json"})
    planned = gke.wif("plan", str(gke.folder / "all" / "setup.yaml"))
    assert planned.code == 2
    again = gke.wif("export", str(gke.folder / "all" / "setup.yaml"), "all", "--out", str(gke.folder / "all"))
    assert again.code == 0
    assert again.out.count("the file already has the exported content") == len(files) - 1


def test_the_workflow_runs_commands_that_there_are(gke: World) -> None:
    files = in_all(gke, yaml.safe_load(SCENARIO)["setup"])
    document = yaml.safe_load(files[".github/workflows/workload-identity.yml"])
    assert set(document["on"]) == {"schedule", "workflow_dispatch"}
    steps = document["jobs"]["check"]["steps"]
    commands = [step["run"].strip() for step in steps if step.get("run", "").startswith("wif-wizard")]
    assert commands == [
        "wif-wizard plan setup.yaml",
        "wif-wizard test setup.yaml --strict --yes --junit test.xml",
    ]
    assert gke.wif("apply", str(gke.folder / "all" / "setup.yaml"), "--yes", "--accept-loss").code == 0
    for command in commands:
        words = [
            str(gke.folder / "all" / each) if each.endswith((".yaml", ".xml")) else each for each in command.split()
        ]
        assert gke.wif(*words[1:]).code == 0, command
    assert (gke.folder / "all" / "test.xml").exists()


def test_the_workflow_for_aws_also_signs_in_to_aws(fresh: World) -> None:
    files = in_all(fresh, IMPERSONATED)
    steps = yaml.safe_load(files[".github/workflows/workload-identity.yml"])["jobs"]["check"]["steps"]
    (signs_in,) = [step for step in steps if step.get("uses", "").startswith("aws-actions/")]
    assert signs_in["with"]["aws-region"] == "ap-northeast-1"
    assert "manifests/" not in "\n".join(files)
    assert "`AWS_ROLE`" in files["README.md"]
    assert json.loads(files["app/clientLibraryConfig-aws-provider.json"])["audience"].count("123456789012") == 1


def test_the_script_in_the_folder_can_be_run_by_sh(fresh: World) -> None:
    in_all(fresh, IMPERSONATED)
    done = subprocess.run(
        ["sh", str(fresh.folder / "all" / "apply.sh"), "--help"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert "--only aws|google" in done.stderr
