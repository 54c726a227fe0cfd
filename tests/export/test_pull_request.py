"""The folder for a pull request answers what someone asks who knows Terraform and GKE, but not the wizard."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.commands.conftest import IMPERSONATED, SETUP, Answer, World, fresh, lead_here, wif
from tests.commands.gke.worlds import SCENARIO
from tests.export.terraform.running import Module, need_terraform
from tests.export.terraform.stub import served, stubs
from tests.oracles.programs import Program, need
from wizard.sandbox.process import Sandbox

__all__ = ["fresh", "lead_here", "wif"]

GKE_SETUP: str = yaml.safe_load(SCENARIO)["setup"]


@pytest.fixture
def gke(tmp_path: Path, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer]) -> Iterator[World]:
    with Sandbox("gke-spanner", ["--steady"]) as sandbox:
        lead_here(sandbox)
        yield World(tmp_path, sandbox, wif)


def folder_of(world: World, setup: str) -> Path:
    """Export everything; the folder."""
    folder = world.folder / "all"
    answer = world.wif("export", world.setup(setup), "all", "--out", str(folder))
    assert answer.code == 0, answer.err
    return folder


def section(readme: str, title: str) -> str:
    """The text below a title, up to the next title of the same level."""
    return readme.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_the_readme_says_what_a_change_on_gke_costs_others_and_who_makes_it(gke: World) -> None:
    readme = (folder_of(gke, GKE_SETUP) / "README.md").read_text(encoding="utf-8")
    changes = section(readme, "What this changes")
    assert "6 of 7 resources needed changes" in changes
    assert "GKE recreates 3 nodes of default-pool" in changes
    assert "**Loss of access**: Deployment checkout in namespace checkout" in changes
    order = [line.split(" | ")[1:] for line in section(readme, "Order").splitlines() if re.match(r"\| \d", line)]
    assert order[0] == ["enabled services in acme-payments", "change", "Google Cloud administrator |"]
    assert order[3] == ["namespace anti-fraud", "in place", "cluster administrator |"]
    assert order[-1] == ["node pool's metadata mode default-pool", "change", "cluster administrator |"]
    permissions = section(readme, "Permissions")
    assert "| `container.clusters.update` | acme-payments | `roles/container.clusterAdmin` |" in permissions
    assert "| `create serviceaccounts` | anti-fraud in cluster payments | `roles/container.developer` |" in permissions


def test_the_readme_says_what_terraform_makes_reads_and_leaves(gke: World) -> None:
    folder = folder_of(gke, GKE_SETUP)
    terraform = section((folder / "README.md").read_text(encoding="utf-8"), "Terraform")
    assert "manages**: `google_project_service.acme_payments`, `google_project_iam_member.scorer`" in terraform
    assert "`data.kubernetes_namespace_v1.anti_fraud`" in terraform
    assert "comments in: `terraform/google.tf`, `terraform/kubernetes.tf`" in terraform
    assert "access token of the user who ran Terraform last" in terraform


def test_a_namespace_that_is_there_is_not_created_again(gke: World) -> None:
    there = folder_of(gke, GKE_SETUP) / "terraform" / "kubernetes.tf"
    assert 'data "kubernetes_namespace_v1" "anti_fraud"' in there.read_text(encoding="utf-8")
    shutil.rmtree(there.parents[1])
    elsewhere = GKE_SETUP.replace("anti-fraud", "anti-spam").replace("  controllers: [Deployment/scorer]\n", "")
    new = folder_of(gke, elsewhere) / "terraform" / "kubernetes.tf"
    assert 'resource "kubernetes_namespace_v1" "anti_spam"' in new.read_text(encoding="utf-8")


def test_the_readme_names_what_terraform_cannot_create_again(fresh: World) -> None:
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    (fresh.folder / "setup.yaml").unlink()
    other = SETUP.replace("dataEditor", "dataViewer")
    world = World(fresh.folder / "elsewhere", fresh.sandbox, fresh.wif)
    world.folder.mkdir()
    text = (folder_of(world, other) / "README.md").read_text(encoding="utf-8")
    existing = next(line for line in text.splitlines() if line.startswith("- **Exists already**"))
    assert "IAM role rds-to-bigquery, workload identity pool aws-prod" in existing


def test_after_apply_a_checkout_of_the_folder_has_nothing_to_do(fresh: World) -> None:
    folder = folder_of(fresh, IMPERSONATED)
    assert fresh.wif("apply", str(folder / "setup.yaml"), "--yes").code == 0
    checkout = shutil.copytree(folder, fresh.folder / "checkout")
    (checkout / fresh.config.name).chmod(0o644)
    assert fresh.wif("plan", str(checkout / "setup.yaml")).code == 0
    (checkout / fresh.config.name).unlink()
    assert fresh.wif("plan", str(checkout / "setup.yaml")).code == 2


@pytest.mark.parametrize("mode", ["aws", "gke"])
def test_real_terraform_finds_the_module_valid_and_formatted(mode: str, request: pytest.FixtureRequest) -> None:
    need_terraform()
    world: World = request.getfixturevalue("fresh" if mode == "aws" else "gke")
    folder = folder_of(world, IMPERSONATED if mode == "aws" else GKE_SETUP)
    with served(stubs()) as variables:
        Module(folder / "terraform", variables).validate()


@pytest.mark.parametrize("mode", ["aws", "gke"])
def test_the_workflow_needs_no_secret_and_only_rights_that_it_uses(mode: str, request: pytest.FixtureRequest) -> None:
    world: World = request.getfixturevalue("fresh" if mode == "aws" else "gke")
    folder = folder_of(world, IMPERSONATED if mode == "aws" else GKE_SETUP)
    text = (folder / ".github" / "workflows" / "workload-identity.yml").read_text(encoding="utf-8")
    document = yaml.safe_load(text)
    assert "secrets." not in text
    assert document["permissions"] == {"contents": "read", "id-token": "write"}
    readme = (folder / "README.md").read_text(encoding="utf-8")
    variables = set(re.findall(r"vars\.([A-Z_]+)", text))
    assert variables == set(re.findall(r"`([A-Z_]+)`", section(readme, "Check the setup regularly")))
    assert all(re.search(r"@v\d+$", step["uses"]) for step in document["jobs"]["check"]["steps"] if "uses" in step)


ON_DATASET = SETUP.replace(
    "[{on: projects/acme-analytics, roles: [roles/bigquery.dataEditor, roles/bigquery.jobUser]}]",
    "[{on: projects/acme-analytics/datasets/sales, roles: [roles/bigquery.dataEditor]}]",
)


@pytest.mark.parametrize("mode", ["aws", "gke", "dataset"])
def test_the_commands_make_an_identity_that_can_plan(
    mode: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("gcloud")
    need("aws")
    world: World = request.getfixturevalue("gke" if mode == "gke" else "fresh")
    folder = folder_of(world, {"aws": IMPERSONATED, "gke": GKE_SETUP, "dataset": ON_DATASET}[mode])
    assert world.wif("apply", str(folder / "setup.yaml"), "--yes", "--accept-loss").code == 0
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", (folder / "ci.md").read_text(encoding="utf-8"), re.DOTALL))
    done = subprocess.run(
        ["sh", "-eu", "-c", commands.replace("OWNER/NAME", "acme-example/access")],
        env=world.sandbox.environ(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    printed = dict(line.split("=", 1) for line in done.stdout.splitlines() if re.match(r"[A-Z_]+=", line))
    provider = printed["GOOGLE_WORKLOAD_IDENTITY_PROVIDER"]
    assert re.fullmatch(r"projects/\d+/locations/global/workloadIdentityPools/github-actions/providers/\S+", provider)
    assert ("AWS_ROLE" in printed) == (mode != "gke")
    gcloud = Program("gcloud", world.sandbox.environ())
    account = printed["GOOGLE_SERVICE_ACCOUNT"]
    lets_in = ["--member=user:operator@acme.example", "--role=roles/iam.serviceAccountTokenCreator", "--condition=None"]
    gcloud.ok("iam", "service-accounts", "add-iam-policy-binding", account, *lets_in)
    token = gcloud.ok("auth", "print-access-token", f"--impersonate-service-account={account}").strip()
    monkeypatch.delenv("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE", raising=False)
    monkeypatch.setenv("CLOUDSDK_AUTH_ACCESS_TOKEN", token)
    planned = world.wif("plan", str(folder / "setup.yaml"))
    assert planned.code == 0, planned.out + planned.err
