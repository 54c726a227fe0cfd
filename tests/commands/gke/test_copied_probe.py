"""The probe as one file to copy, in a pod on GKE: printed for one workload, and its output judged with the cluster."""

import ast
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.commands.conftest import Answer, World
from tests.commands.gke import worlds as gke
from wizard.sandbox.process import Sandbox


@pytest.fixture
def applied(tmp_path: Path, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer]) -> Iterator[World]:
    with gke.served(tmp_path, gke.joined, gke.all_services) as sandbox:
        lead_here(sandbox)
        world = World(tmp_path, sandbox, wif)
        assert wif("apply", world.setup(gke.SETUP), "--yes", "--accept-loss").code == 0
        yield world


def request_in(text: str) -> gke.Json:
    """The request that a printed file carries."""
    (line,) = [line for line in text.splitlines() if line.startswith("REQUEST")]
    found: gke.Json = json.loads(ast.literal_eval(line.partition(" = ")[2]))
    return found


def written_in_the_pod(world: World, setup: str) -> str:
    """What the probe writes in a pod of the workload: taken from a one-off pod, with the header of a copied probe."""
    answer = gke.tested(world, setup)
    assert answer.code == 0, answer.err
    (pod,) = gke.hops(answer)["pod"]["received"]["pods"]
    header = {"probe": 1, "time": "2026-01-02T03:04:05Z", **request_in(world.wif("probe", setup).out)["header"]}
    return "\n".join(json.dumps(each) for each in (header, *pod["hops"]))


def judged(world: World, setup: str, output: str) -> Answer:
    file = world.folder / "output.txt"
    file.write_text(output, encoding="utf-8")
    return world.wif("test", setup, "--from-output", str(file), "--json")


def test_the_printed_file_carries_whom_the_metadata_server_must_name(applied: World) -> None:
    text = applied.wif("probe", str(applied.folder / "setup.yaml")).out
    ast.parse(text, feature_version=(3, 8))
    request = request_in(text)
    assert request["form"] == "gke"
    assert request["identities"] == [gke.POOL, f"{gke.PRINCIPAL}/ns/anti-fraud/sa/scorer"]
    assert request["network"] == {"hosts": ["spanner.googleapis.com"]}


def test_its_output_takes_the_place_of_the_one_off_pod(applied: World) -> None:
    setup = str(applied.folder / "setup.yaml")
    output = written_in_the_pod(applied, setup)
    pods_before = len([each for each in gke.inside_writes(applied) if each["path"].endswith("/jobs")])
    answer = judged(applied, setup, output)
    assert answer.code == 0, answer.err
    pod = gke.hops(answer)["pod"]
    assert pod["status"] == "ok"
    assert "the probe script ran in a pod of the workload" in pod["evidence"]
    assert any("spanner.googleapis.com answered" in line for line in pod["evidence"])
    assert len([each for each in gke.inside_writes(applied) if each["path"].endswith("/jobs")]) == pods_before
    refused = output.splitlines()
    token = json.loads(refused[2])
    token.update(status="failed", error={"code": "HTTP 404", "message": "Unable to generate access token"})
    skipped = [json.dumps({**json.loads(line), "status": "skipped"}) for line in refused[3:]]
    failed = judged(applied, setup, "\n".join([*refused[:2], json.dumps(token), *skipped]))
    assert failed.code == 1
    assert gke.hops(failed)["pod"]["status"] == "failed"


def test_a_setup_of_several_workloads_or_another_output_is_one_clear_error(applied: World) -> None:
    setup = str(applied.folder / "setup.yaml")
    output = written_in_the_pod(applied, setup)
    assert judged(applied, setup, output.replace("anti-fraud/scorer", "web/shop", 1)).code == 64
    cut = judged(applied, setup, "\n".join(output.splitlines()[:-1]))
    assert (cut.code, "is cut off after the step network" in cut.err) == (64, True)
    both = applied.setup(gke.setup_of(gke.workload("anti-fraud", "scorer"), gke.workload("anti-fraud", "other")))
    several = applied.wif("probe", both)
    assert (several.code, "the setup has 2 workloads" in several.err) == (64, True)
