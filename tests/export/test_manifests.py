"""The exported manifests, in the hands of the real kubectl: checked by the server, built, applied, run and tested."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commands.conftest import Answer, World, lead_here, wif
from tests.commands.gke.worlds import SCENARIO, joined, served, setup_of, workload
from tests.oracles.programs import Program, need
from wizard.sandbox.process import Sandbox

__all__ = ["lead_here", "wif"]

SETUP: str = yaml.safe_load(SCENARIO)["setup"]
NASTY = ("on", "y", "1e3")
"""Names that YAML could read as a truth value or a number."""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox whose cluster is in the pool of its project already."""
    need("kubectl")
    with served(tmp_path_factory.mktemp("world"), joined) as running:
        yield running


@pytest.fixture
def world(sandbox: Sandbox, tmp_path: Path, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer]) -> World:
    lead_here(sandbox)
    return World(tmp_path, sandbox, wif)


@pytest.fixture
def kubectl(sandbox: Sandbox) -> Program:
    return Program("kubectl", sandbox.environ())


def exported(world: World, setup: str) -> Path:
    """Export the manifests; their folder."""
    folder = world.folder / "manifests"
    answer = world.wif("export", world.setup(setup), "manifests", "--out", str(folder))
    assert answer.code == 0, answer.err
    return folder


def test_the_server_accepts_the_accounts_and_the_patch_reaches_the_pods(world: World, kubectl: Program) -> None:
    folder = exported(world, SETUP)
    everything = ["apply", "--server-side", "--kustomize", str(folder / "accounts")]
    assert "serviceaccount/scorer serverside-applied (server dry run)" in kubectl.ok(*everything, "--dry-run=server")
    kubectl.ok(*everything)
    built = list(yaml.safe_load_all(kubectl.ok("kustomize", str(folder / "accounts"))))
    assert {each["kind"]: each["metadata"]["name"] for each in built} == {
        "Namespace": "anti-fraud",
        "ServiceAccount": "scorer",
    }
    _with_the_workload(kubectl, world.folder)
    kubectl.ok("apply", "--kustomize", str(world.folder / "team"))
    kubectl.ok("--namespace=anti-fraud", "rollout", "status", "deployment", "scorer")
    planned = world.wif("plan", str(world.folder / "setup.yaml"), "--only", "kubernetes", "--json")
    assert planned.code == 0, planned.out


def _with_the_workload(kubectl: Program, folder: Path) -> None:
    """Write the team's own kustomization: what runs, and the exported folders."""
    team = folder / "team"
    team.mkdir()
    there = json.loads(kubectl.ok("--namespace=anti-fraud", "get", "deployment", "scorer", "--output=json"))
    kept = {key: there[key] for key in ("apiVersion", "kind", "spec")}
    metadata = {"name": "scorer", "namespace": "anti-fraud"}
    (team / "deployment.yaml").write_text(yaml.safe_dump({**kept, "metadata": metadata}), encoding="utf-8")
    kustomization = {
        "resources": ["deployment.yaml", "../manifests/accounts"],
        "components": ["../manifests/patches"],
    }
    (team / "kustomization.yaml").write_text(yaml.safe_dump(kustomization), encoding="utf-8")


@pytest.mark.parametrize("name", NASTY)
def test_names_that_yaml_could_misread_survive(world: World, kubectl: Program, name: str) -> None:
    setup = yaml.safe_load(setup_of(workload(name, name) | {"controllers": [f"Deployment/{name}"]}))
    folder = exported(world, json.dumps(setup))
    found = kubectl.ok("kustomize", str(folder / "accounts"))
    names = {each["kind"]: each["metadata"]["name"] for each in yaml.safe_load_all(found)}
    assert names == {"Namespace": name, "ServiceAccount": name}
    kubectl.ok("apply", "--server-side", "--dry-run=server", "-f", str(folder / "accounts" / "namespaces.yaml"))
    kubectl.ok("apply", "--server-side", "--kustomize", str(folder / "accounts"))
    kubectl.ok("get", "serviceaccount", name, f"--namespace={name}")
    patch = yaml.safe_load((folder / "patches" / f"deployment-{name}-{name}.yaml").read_text(encoding="utf-8"))
    assert patch["metadata"] == {"name": name, "namespace": name}


def test_the_probe_job_runs_in_the_cluster_and_its_log_is_evidence(world: World, kubectl: Program) -> None:
    assert world.wif("apply", world.setup(SETUP), "--yes", "--accept-loss").code == 0
    folder = exported(world, SETUP)
    job = folder / "probe" / "anti-fraud-wif-probe-scorer.yaml"
    kubectl.ok("create", "-f", str(job))
    namespace = "--namespace=anti-fraud"
    kubectl.ok(namespace, "wait", "--for=condition=complete", "--timeout=60s", "job/wif-probe-scorer")
    log = world.folder / "log"
    log.write_text(kubectl.ok(namespace, "logs", "job/wif-probe-scorer"), encoding="utf-8")
    tested = world.wif("test", str(world.folder / "setup.yaml"), "--from-output", str(log))
    assert tested.code == 0, tested.out + tested.err
    assert "wif-probe-scorer" not in world.wif("plan", str(world.folder / "setup.yaml")).out


def test_a_setup_without_a_cluster_has_no_manifests(world: World) -> None:
    from tests.commands.conftest import SETUP as AWS

    answer = world.wif("export", world.setup(AWS), "manifests")
    assert answer.code == 64
    assert "This setup has no objects in a Kubernetes cluster" in answer.err


def files_of(folder: Path) -> dict[str, Any]:
    return {str(file.relative_to(folder)): file.read_text(encoding="utf-8") for file in sorted(folder.rglob("*.yaml"))}


def test_the_files_are_the_same_every_time(world: World) -> None:
    first = files_of(exported(world, SETUP))
    again = world.wif("export", str(world.folder / "setup.yaml"), "manifests", "--out", str(world.folder / "again"))
    assert again.code == 0
    assert files_of(world.folder / "again") == first
    assert list(first) == sorted(first)


def test_kubectl_takes_the_patch_alone(world: World, kubectl: Program) -> None:
    folder = exported(world, SETUP)
    file = folder / "patches" / "deployment-anti-fraud-scorer.yaml"
    done = subprocess.run(
        ["kubectl", "--namespace=anti-fraud", "patch", "deployment", "scorer", f"--patch-file={file}"],
        env=kubectl.environ,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
