"""Direct or through a service account: what decides, and what becomes of an annotation that is there."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.commands.conftest import Answer, World
from tests.commands.gke import worlds as gke
from wizard.federation.gke import ANNOTATION
from wizard.modes.gke.limits import PERIMETER
from wizard.sandbox.process import Sandbox

LEFT = f"left@{gke.PROJECT}.iam.gserviceaccount.com"
PERIMETERED = gke.SETUP.replace("via: direct", "perimeter: true")


@pytest.fixture
def annotated(tmp_path: Path, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer]) -> Iterator[World]:
    """The workload's service account carries the annotation of others."""

    def left(world: gke.Json) -> None:
        account = {"name": "scorer", "annotations": {ANNOTATION: LEFT}}
        gke.inside(world)["namespaces"][0]["service_accounts"] = [account]

    with gke.served(tmp_path, gke.joined, gke.all_services, left) as sandbox:
        lead_here(sandbox)
        yield World(tmp_path, sandbox, wif)


def test_an_annotation_is_taken_away_only_with_what_it_was_in_plain_sight(annotated: World) -> None:
    setup = annotated.setup(gke.SETUP)
    plan = annotated.wif("plan", setup)
    assert f"{ANNOTATION}: {LEFT} -> (absent)" in plan.out
    assert f"pods that use anti-fraud/scorer will stop acting as {LEFT}" in plan.out
    assert annotated.wif("apply", setup, "--yes", "--accept-loss").code == 0
    (run,) = annotated.wif("runs", "--json").json["runs"]
    (write,) = [each for each in run["writes"] if each["kind"] == "Kubernetes service account"]
    assert (write["before"], write["after"]) == ({ANNOTATION: LEFT}, {ANNOTATION: None})
    assert gke.tested(annotated, setup).code == 0


def test_an_annotation_is_changed_only_with_what_it_was_in_plain_sight(annotated: World) -> None:
    plan = annotated.wif("plan", annotated.setup(gke.IMPERSONATED))
    assert f"{ANNOTATION}: {LEFT} -> {gke.GSA}" in plan.out
    assert f"pods that use anti-fraud/scorer will stop acting as {LEFT}" in plan.out


def test_a_perimeter_leads_through_a_service_account_and_the_plan_says_why(annotated: World) -> None:
    setup = annotated.setup(PERIMETERED)
    plan = annotated.wif("plan", setup)
    assert plan.code == 2
    assert f"! anti-fraud/scorer acts as scorer: {PERIMETER}" in plan.out
    assert f"{ANNOTATION}: {LEFT} -> scorer@{gke.PROJECT}.iam.gserviceaccount.com" in plan.out
    assert annotated.wif("apply", setup, "--yes", "--accept-loss").code == 0
    assert gke.hops(gke.tested(annotated, setup))["impersonation"]["status"] == "ok"


def test_direct_access_through_a_perimeter_is_one_clear_problem(annotated: World) -> None:
    setup = annotated.setup(gke.SETUP.replace("via: direct", "perimeter: true\n  via: direct"))
    plan = annotated.wif("plan", setup)
    assert (plan.code, plan.out) == (64, "")
    assert f"workloads[0].via: {PERIMETER}; write `via: service-account`" in plan.err
    assert len(plan.err.strip().splitlines()) == 2
