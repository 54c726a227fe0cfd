"""`wif-wizard doctor` on GKE: from a setup, an account, a pod or a cluster to the cause."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.commands.conftest import Answer, World
from tests.commands.gke import test_broken_worlds as broken
from tests.commands.gke import worlds as gke
from wizard.sandbox.process import Sandbox


@pytest.fixture(scope="module")
def gke_sandbox() -> Iterator[Sandbox]:
    with Sandbox("gke-spanner", ["--steady"]) as sandbox:
        yield sandbox


@pytest.fixture
def applied(
    gke_sandbox: Sandbox, tmp_path: Path, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer]
) -> World:
    """The scenario's setup through a service account, applied; each test breaks it, and the next one mends it."""
    lead_here(gke_sandbox)
    world = World(tmp_path, gke_sandbox, wif)
    file = world.setup(gke.IMPERSONATED)
    assert world.wif("apply", file, "--yes", "--accept-loss").code == 0
    return world


FAULTS = {
    "metadata mode": (broken.node_pool_on_gce_metadata, "mode is GCE_METADATA"),
    "account missing": (broken.ksa_missing, "Kubernetes service account anti-fraud/scorer"),
    "annotation missing": (broken.annotation_missing, "Kubernetes service account anti-fraud/scorer"),
    "annotation of nobody": (broken.annotation_names_a_missing_gsa, broken.MISSPELT),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_setup_leads_to_one_cause_and_the_fix_makes_the_test_pass(applied: World, fault: str) -> None:
    how, words = FAULTS[fault]
    how()
    file = str(applied.folder / "setup.yaml")

    answer = applied.wif("doctor", file, "--json")

    found = [finding for finding in answer.json["findings"] if finding["severity"] == "broken"]
    assert len(found) == 1
    assert words in " ".join(found[0]["evidence"])
    fixed = applied.wif("doctor", file, "--fix", "--yes", "--accept-loss")
    assert fixed.code == 0, fixed.out
    assert "The live test passed." in fixed.out


def test_an_account_a_pod_and_a_service_account_lead_to_the_setup(applied: World) -> None:
    saved = applied.folder / "found.yaml"
    answer = applied.wif("doctor", "anti-fraud/scorer", "--save", str(saved))
    assert answer.code == 0, answer.out
    assert applied.wif("plan", str(saved)).code == 0
    broken.node_pool_on_gce_metadata()
    for given in ("anti-fraud/scorer", gke.GSA):
        cause = applied.wif("doctor", given, "--json").json["findings"][0]
        assert "mode is GCE_METADATA" in " ".join(cause["evidence"])
    unknown = applied.wif("doctor", "pod/nothing-1")
    assert unknown.code == 64
    assert "has no pod nothing-1" in unknown.err


@pytest.mark.parametrize("fault", ["annotation missing", "annotation of nobody"])
def test_a_policy_tells_the_service_account_that_no_annotation_tells(applied: World, fault: str) -> None:
    FAULTS[fault][0]()
    answer = applied.wif("doctor", "anti-fraud/scorer", "--json").json
    assert any(f"acts as {gke.GSA}: the policy of {gke.GSA} names " in each for each in answer["assumed"])
    assert [each["code"][:5] for each in answer["findings"] if each["severity"] == "broken"] == ["WIF08"]


def test_the_inventory_of_a_cluster_says_who_is_left(applied: World) -> None:
    answer = applied.wif("doctor", "cluster/payments", "--json")
    ways = {row["identity"]: row["way"] for row in answer.json["rows"]}
    assert ways["reporting/settlement"] == "node"
    assert ways["checkout/checkout"] == "node"
    assert applied.wif("doctor", "cluster/nothing").code == 64
    together = applied.wif("doctor", "cluster/payments").out
    assert "--workloads anti-fraud/default,checkout/checkout,reporting/settlement" in together
    assert applied.wif("wizard", "setup.yaml", "--workloads", "a/b").code == 64
