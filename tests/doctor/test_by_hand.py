"""Faults that somebody made with gcloud, aws and kubectl, without a look at the doctor, and what the doctor says."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commands.conftest import Answer, World, lead_here, wif
from tests.in_full import first
from wizard.sandbox.process import Sandbox

__all__ = ["lead_here", "wif"]

HERE = Path(__file__).parent
SCENARIOS = HERE.parent.parent / "assets" / "scenarios"
ACCOUNT_KEYS = {"batch-bigquery": "service_account", "gke-spanner": "google_service_account"}
AT_ONCE = ("--propagation", "0", "--latency", "0")

Row = dict[str, Any]
ROWS: list[Row] = yaml.safe_load((HERE / "by_hand.yaml").read_text(encoding="utf-8"))


def _tested() -> Iterator[Any]:
    for scenario in ACCOUNT_KEYS:
        for row in first(2, [row for row in ROWS if row["scenario"] == scenario]):
            yield pytest.param(row, id=row["id"])


def _setup(row: Row) -> str:
    """The setup of the scenario, through a service account if the row names one."""
    scenario = yaml.safe_load((SCENARIOS / f"{row['scenario']}.yaml").read_text(encoding="utf-8"))
    text = str(scenario["setup"])
    if "account" not in row:
        return text
    account = f"{ACCOUNT_KEYS[row['scenario']]}: {row['account']}"
    return text.replace("via: direct", f"via: service-account\n  {account}")


@pytest.fixture
def broken(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lead_here: Callable[[Sandbox], None],
    wif: Callable[..., Answer],
) -> Iterator[World]:
    """A folder with the setup that was applied, and then broken by the commands of the row."""
    row: Row = request.param
    commands = "\n".join(row["commands"])
    for program in ("gcloud", "aws", "kubectl"):
        if program in commands and not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    monkeypatch.chdir(tmp_path)
    with Sandbox(row["scenario"], AT_ONCE) as sandbox:
        lead_here(sandbox)
        world = World(tmp_path, sandbox, wif)
        applied = wif("apply", world.setup(_setup(row)), "--yes", "--accept-loss")
        if applied.code:
            raise RuntimeError(applied.err)
        done = subprocess.run(["bash", "-e"], input=commands, cwd=tmp_path, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr)
        yield world


@pytest.mark.parametrize("broken", list(_tested()), indirect=True)
def test_the_doctor_names_a_fault_made_by_hand(broken: World, request: pytest.FixtureRequest) -> None:
    row: Row = request.node.callspec.params["broken"]

    answer = broken.wif("doctor", str(broken.folder / "setup.yaml"), "--json")

    codes = [finding["code"] for finding in answer.json["findings"] if finding["severity"] == "broken"]
    assert answer.code == 1
    assert codes
    assert codes[0] == row["code"]


def test_ten_faults_are_on_aws_and_ten_on_gke_each_judged_once() -> None:
    assert [sum(row["scenario"] == scenario for row in ROWS) for scenario in ACCOUNT_KEYS] == [10, 10]
    assert len({row["id"] for row in ROWS}) == len(ROWS)
