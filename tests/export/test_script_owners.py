"""The script sees the tools that manage a resource as apply does, and refuses with the same words."""

import json
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commands.conftest import lead_here, wif
from tests.commands.gke.worlds import SCENARIO
from tests.export.test_script import Lead, Wif, place, run
from tests.oracles.by_hand.worlds import World as Made
from tests.oracles.programs import Program, need
from wizard.export import script
from wizard.resources import owners
from wizard.resources.owners import MANAGERS, MARKS, Marked

__all__ = ["lead_here", "wif"]

Json = dict[str, Any]


def program() -> str:
    """The Python program in the script that finds the owner."""
    text = (
        files("assets")
        .joinpath("export", "owners.sh")
        .read_text(encoding="utf-8")
        .replace("@OWNERS@", script._owners())
    )
    (found,) = re.findall(r"<<'PYTHON' \|\| exit 1\n(.*?)\nPYTHON\n", text, re.DOTALL)
    return str(found)


def by_script(folder: Path, thing: Json, kind: str, name: str, namespace: str) -> str:
    """What the script says about an object."""
    path = folder / "object.json"
    path.write_text(json.dumps(thing), encoding="utf-8")
    command = [sys.executable, "-I", "-", kind, name, namespace, str(path)]
    done = subprocess.run(command, input=program(), capture_output=True, text=True, check=True)
    return done.stdout.strip()


def by_apply(thing: Json, kind: str, name: str, namespace: str) -> str:
    """What apply says about it."""
    metadata = thing["metadata"]
    marked = Marked(
        kind,
        name,
        namespace,
        metadata.get("labels") or {},
        metadata.get("annotations") or {},
        tuple(entry["manager"] for entry in metadata.get("managedFields") or ()),
        tuple(f"{each['kind']} {each['name']}" for each in metadata.get("ownerReferences") or () if each["controller"]),
    )
    found = owners.of(marked)
    return f"{found.tool} manages the resource. Make the change here: {found.place}" if found else ""


def _marked() -> list[Json]:
    """An object for each mark and each manager, and some that nobody manages."""
    things: list[Json] = [{}, {"labels": {owners.MANAGED_BY: "kubectl"}}, {"labels": {owners.MANAGED_BY: "Acme"}}]
    for mark in MARKS:
        others = {mark.other: "prod"} if mark.other else {}
        things.append({f"{mark.place}s": {mark.key: mark.required or "shop:apps/Deployment:x", **others}})
    things += [{"managedFields": [{"manager": f"{start}-x"}]} for start in MANAGERS]
    things.append({"ownerReferences": [{"kind": "Rollout", "name": "shop", "controller": True}]})
    things.append({"labels": {"helm.toolkit.fluxcd.io/name": "a", "app.kubernetes.io/managed-by": "Helm"}})
    return [{"metadata": thing} for thing in things]


@pytest.mark.parametrize("thing", _marked(), ids=lambda thing: json.dumps(thing["metadata"])[:60])
def test_the_script_names_the_owner_that_apply_names(thing: Json, tmp_path: Path) -> None:
    place_of = ("Deployment", "scorer", "anti-fraud")
    assert by_script(tmp_path, thing, *place_of) == by_apply(thing, *place_of)


def test_the_labels_of_the_cluster_and_of_the_node_pool_count(tmp_path: Path) -> None:
    label = {"goog-terraform-provisioned": "true"}
    for thing in ({"resourceLabels": label}, {"config": {"resourceLabels": label}}):
        said = by_script(tmp_path, thing, "node pool", "default-pool", "")
        assert said.endswith("Terraform configuration that contains the node pool default-pool")
    assert by_script(tmp_path, {"resourceLabels": None, "config": {}}, "cluster", "payments", "") == ""


def test_a_deployment_of_argo_cd_is_left_with_the_words_of_plan(tmp_path: Path, lead_here: Lead, wif: Wif) -> None:
    for name in ("sh", "gcloud", "kubectl"):
        need(name)
    scenario = yaml.safe_load(SCENARIO)
    with place(Made("pods of Argo CD", scenario, scenario["setup"]), tmp_path, lead_here, wif) as made:
        kubectl = Program("kubectl", made.sandbox.environ())
        context = kubectl.ok("config", "get-contexts", "--output=name").split()[0]
        mark = "argocd.argoproj.io/tracking-id=shop:apps/Deployment:anti-fraud/scorer"
        kubectl.ok(f"--context={context}", "--namespace=anti-fraud", "annotate", "deployment", "scorer", mark)
        planned = made.wif("plan", str(made.folder / "setup.yaml"))
        words = "Argo CD manages the resource. Make the change here: source of the application shop"
        assert f"pods' service account anti-fraud/Deployment scorer: {words}" in planned.out
        made.wif("export", str(made.folder / "setup.yaml"), "script", "--out", str(made.folder))
        stopped = run(made, "--accept-loss")
        assert stopped.code == 1
        assert f"pods' service account anti-fraud/Deployment scorer: {words}" in stopped.err
        done = run(made, "--accept-loss", "--override-owner")
        assert (done.code, "use the service account scorer" in done.out) == (0, True), done
