"""The inventory on the Doctor page: the wizard starts with the workloads that were chosen in it."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from screens.messages import Inventoried
from screens.run import _session
from screens.widgets.inventory_list import InventoryList
from tests.screens.conftest import Open
from tests.screens.driving import LARGE, SMALL, Quiet, the_app, the_page, until
from tests.screens.frames import check, frame
from tests.screens.modes.gke.gke import RULES, SCORER
from tests.screens.worlds import at_rest
from wizard.modes.gke.workload_answers import GkeAnswers
from wizard.modes.mode import FROM_INVENTORY
from wizard.modes.opened import Inventory, InventoryRow

ROLES = "roles on acme-payments: 2"
CLUSTER = Inventory(
    "GKE cluster payments in acme-payments",
    (
        InventoryRow(
            "anti-fraud: Deployment rules, Deployment scorer",
            "anti-fraud/default",
            "node",
            "service account of the node",
            "wif-wizard wizard cluster/payments --workloads anti-fraud/default",
            "anti-fraud/default",
            {"controllers": [RULES, SCORER]},
        ),
        InventoryRow(
            "ledger: Job post", "ledger/post", "direct", ROLES, "no change", "ledger/post", {"controllers": []}
        ),
    ),
    ("you do not have permission to list CronJob objects, so workloads can be missing",),
    "cluster/payments",
    "gke",
    {"google.project": "acme-payments", "gke.cluster": "payments", "gke.location": "asia-northeast1"},
    several=True,
)


def _function(name: str) -> InventoryRow:
    start = {"aws.runtime": "lambda", "aws.function": name, "aws.role": f"{name}-role", "role_path": "/team/"}
    return InventoryRow(f"function {name}", f"{name}-role", "key", "a key", "set up", f"function/{name}", start)


ACCOUNT = Inventory(
    "AWS account 111122223333 in eu-west-1",
    (_function("loader"), _function("mailer")),
    (),
    "account/eu-west-1",
    "aws",
    {"aws.account": "111122223333", "aws.region": "eu-west-1", "google.project": "acme-analytics"},
)


def _quiet(place: str, *workloads: str) -> Quiet:
    bridge = Quiet()
    bridge.session.to_diagnose, bridge.session.to_set_up = place, workloads
    return bridge


async def _shown(pilot: Pilot[int], inventory: Inventory) -> None:
    await until(pilot, lambda: the_page(pilot).page_id == "doctor")
    the_page(pilot).post_message(Inventoried(inventory))
    await until(pilot, lambda: the_page(pilot).query_one(InventoryList).display)


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_the_workloads_that_are_chosen_are_set_up(open_wizard: Open, size: tuple[int, int]) -> None:
    async with open_wizard(size, bridge=_quiet("cluster/payments")) as pilot:
        await _shown(pilot, CLUSTER)
        await pilot.press("f8")
        assert str(the_page(pilot).query_one("#doctor-now", Static).content).startswith("Choose a workload")
        await pilot.press("space")
        await at_rest(pilot)
        check(pilot.app, f"doctor-inventory-{size[0]}x{size[1]}")
        await pilot.press("f8")
        await until(pilot, lambda: the_page(pilot).page_id == "gke-cluster")
        answers = the_app(pilot).session.answers
        assert isinstance(answers, GkeAnswers)
        assert answers.text("gke.location") == "asia-northeast1"
        found = answers.found("gke.cluster")
        assert found is not None
        assert (found.value, found.source) == ("payments", FROM_INVENTORY)
        chosen = [(workload.title, workload.was, workload.controllers) for workload in answers.workloads]
        assert chosen == [("anti-fraud/rules", "default", (RULES,)), ("anti-fraud/scorer", "default", (SCORER,))]
        assert "found: payments (from the inventory)" in frame(pilot.app)


async def test_another_cluster_makes_the_wizard_forget_the_place_of_the_first_one(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=_quiet("cluster/payments", "ledger/post")) as pilot:
        await _shown(pilot, CLUSTER)
        await until(pilot, lambda: the_page(pilot).page_id == "gke-cluster")
        answers = the_app(pilot).session.answers
        answers.set("gke.cluster", "edge")
        the_page(pilot).answered("gke.cluster")  # type: ignore[attr-defined]  # as the field says
        assert answers.text("gke.location") == ""


async def test_a_setup_for_aws_has_one_of_the_workloads(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=_quiet("account/eu-west-1")) as pilot:
        await _shown(pilot, ACCOUNT)
        await pilot.press("space", "down", "space", "f8")
        now = the_page(pilot).query_one("#doctor-now", Static)
        assert str(now.content).endswith("Choose only one workload.")
        await pilot.press("up", "space", "f8")
        await until(pilot, lambda: the_page(pilot).page_id == "aws-workload")
        data = the_app(pilot).session.mode.data(the_app(pilot).session.answers)
        assert data["aws"] == {
            "account": "111122223333",
            "region": "eu-west-1",
            "runtime": "lambda",
            "role": "mailer-role",
            "role_path": "/team/",
            "function": "mailer",
        }


async def test_a_name_that_the_table_does_not_have_is_said(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=_quiet("cluster/payments", "ledger/post", "ledger/lost")) as pilot:
        await _shown(pilot, CLUSTER)
        now = the_page(pilot).query_one("#doctor-now", Static)
        await until(pilot, lambda: "The table does not contain ledger/lost." in str(now.content))
        assert [row.key for row in the_page(pilot).query_one(InventoryList).chosen] == ["ledger/post"]


def test_the_command_line_names_a_cluster_or_a_missing_file() -> None:
    place = _session(None, Path("cluster/payments"), ("ledger/post",))
    assert (place.to_diagnose, place.to_set_up, place.to_open) == ("cluster/payments", ("ledger/post",), None)
    assert _session(None, Path("setup.yaml"), ()).to_open == Path("setup.yaml")
