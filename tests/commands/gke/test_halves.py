"""A setup on GKE by halves: one for who may change Google Cloud, one for who may work in the cluster."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.commands.conftest import World
from tests.commands.gke import worlds as gke
from tests.oracles.programs import LIMIT, need
from wizard.federation.gke import ANNOTATION
from wizard.sandbox.process import Sandbox

INSIDE = {"namespace", "Kubernetes service account"}


@pytest.fixture(scope="module")
def shared_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox: each test has a namespace of its own."""
    with gke.served(tmp_path_factory.mktemp("scenario")) as sandbox:
        yield sandbox


def test_each_half_is_planned_alone_and_the_other_is_handed_over(world: World) -> None:
    setup = world.setup(gke.IMPERSONATED)
    inside = world.wif("plan", setup, "--only", "kubernetes", "--json").json
    assert {each["kind"] for each in inside["changes"]} == INSIDE
    assert all(command.startswith("gcloud ") for command in inside["handover"])
    google = world.wif("plan", setup, "--only", "google", "--json").json
    assert not INSIDE & {each["kind"] for each in google["changes"]}
    assert all(command.startswith("kubectl --context=gke_acme-payments_") for command in google["handover"])
    assert google["handover"][-1].endswith(f"annotate serviceaccount scorer {ANNOTATION}={gke.GSA}")


def test_neither_half_needs_a_way_to_the_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    setup = world.setup(gke.setup_of(gke.workload("alone", "scorer", "alone-runner")))
    before = len(world.requests())
    with monkeypatch.context() as without:
        without.delenv("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE")
        without.delenv("GOOGLE_APPLICATION_CREDENTIALS")
        without.setenv("PATH", "/nonexistent")
        assert world.wif("apply", setup, "--only", "kubernetes", "--yes").code == 0
    assert {each["service"] for each in world.requests()[before:]} == {"kubernetes"}
    with monkeypatch.context() as without:
        without.delenv("KUBECONFIG")
        inside = len(gke.inside_writes(world))
        assert world.wif("apply", setup, "--only", "google", "--yes", "--accept-loss").code == 0
        assert len(gke.inside_writes(world)) == inside
    assert world.wif("plan", setup).code == 0
    assert gke.tested(world, setup).code == 0


def test_what_is_handed_over_is_all_that_is_left(world: World) -> None:
    need("kubectl")
    setup = world.setup(gke.setup_of(gke.workload("handed", "scorer", "handed-runner")))
    applied = world.wif("apply", setup, "--only", "google", "--yes", "--accept-loss")
    assert applied.code == 0
    commands = [line.strip() for line in applied.out.splitlines() if line.startswith("  kubectl ")]
    assert world.wif("plan", setup).code == 2
    for command in commands:
        environ = world.sandbox.environ()
        done = subprocess.run(command, shell=True, env=environ, capture_output=True, text=True, timeout=LIMIT)
        assert done.returncode == 0, done.stderr
    assert world.wif("plan", setup).code == 0
