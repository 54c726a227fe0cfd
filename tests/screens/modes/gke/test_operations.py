"""Long operations of GKE in the wizard: seen going on, left, and found again; and a cluster that needs none."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Select

from screens.form import FormPage
from screens.widgets.dialogs import YesNoDialog
from screens.widgets.event_rows import ChangeProgress, EventRow
from screens.widgets.hop_details import HopDetails
from tests.commands.gke import worlds as gke
from tests.screens.conftest import Open
from tests.screens.driving import SMALL, WALKS, the_app, the_page, type_text, until
from tests.screens.frames import frame
from tests.screens.modes.gke.gke import check_timeless, walked
from tests.screens.worlds import at_rest
from wizard.engine.journal import Journal
from wizard.engine.resource import Change
from wizard.resources.node_pool import NodePool
from wizard.sandbox.process import Sandbox

DEFAULT_POOL = f"{gke.CLUSTER}/nodePools/default-pool"


def slow_at_first(world: gke.Json) -> None:
    """The first change of a node pool takes some seconds."""
    call = {"service": "container.googleapis.com", "call": "operation UPGRADE_NODES"}
    world["faults"] = [call | {"delay": 14.0, "times": 1}]


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A cluster that is in the pool already; a setup for it lies in the folder."""
    (tmp_path / "setup.yaml").write_text(gke.SETUP, encoding="utf-8")
    with gke.served(tmp_path, gke.joined, gke.all_services, slow_at_first) as sandbox:
        for name, value in sandbox.environ().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        yield sandbox


async def applying(pilot: Pilot[int]) -> str:
    """From the welcome page until nodes are made anew: what the row of the node pool says."""
    await until(pilot, lambda: "✓ anti-fraud/scorer in payments" in frame(pilot.app))
    await pilot.press("f8")
    await until(pilot, lambda: the_page(pilot).page_id == "review" and the_app(pilot).session.reviewed is not None)
    await pilot.press("f8")
    await until(pilot, lambda: "These changes remove access from other identities" in frame(pilot.app))
    await pilot.press("y")
    await until(pilot, lambda: "These changes affect running workloads" in frame(pilot.app))
    await pilot.press("y")
    await until(pilot, lambda: "nodes" in row(pilot))
    return row(pilot)


async def stopped(pilot: Pilot[int]) -> None:
    """No change is made any more."""
    await until(pilot, lambda: not the_app(pilot).session.applying)
    await at_rest(pilot)


@pytest.mark.parametrize("size", WALKS)
async def test_an_operation_is_seen_going_on_and_stopping_leaves_it_to_gke(
    open_wizard: Open, slow: Sandbox, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    assert slow.pid
    monkeypatch.setattr(ChangeProgress, "seconds", 1.0)
    async with open_wizard(size) as pilot:
        assert "(UPGRADE_NODES): 0 of 3 nodes" in await applying(pilot)
        await until(pilot, lambda: "1 of 3 nodes" in row(pilot))
        assert "2 of 3 changes are done, 1 running" in frame(pilot.app)
        await pilot.press("x")
        await until(pilot, lambda: "GKE will finish the running change" in frame(pilot.app))
        await pilot.press("y")
        await stopped(pilot)
        check_timeless(pilot.app, f"gke-apply-left-{size[0]}x{size[1]}")
        assert "2 of 3 changes are done, 1 still running in the cloud" in frame(pilot.app)
        await pilot.press("p")
        await until(pilot, lambda: the_page(pilot).page_id == "review" and "1 to change" in frame(pilot.app))


async def test_a_wizard_that_was_closed_finds_the_operation_again_and_goes_on(open_wizard: Open, slow: Sandbox) -> None:
    assert slow.pid
    async with open_wizard(SMALL) as pilot:
        operation = next(word for word in (await applying(pilot)).split() if word.startswith("operation-"))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(pilot.app.screen, YesNoDialog))
        await pilot.press("y")
        await until(pilot, lambda: pilot.app.return_code is not None)
        assert pilot.app.return_code == 130
    (run,) = Journal().runs()
    assert run.outcome == "interrupted"
    assert (Journal().writes(run.id)[-1].operation or "").endswith(f"/{operation}")

    async with open_wizard(SMALL) as pilot:
        assert f"{operation} (UPGRADE_NODES), already running: " in await applying(pilot)
        await until(pilot, lambda: "Everything is in place" in frame(pilot.app))
    sent = [json.loads(line) for line in slow.request_log.read_text(encoding="utf-8").splitlines()]
    put = [each["path"] for each in sent if each["method"] == "PUT"]
    assert put == [DEFAULT_POOL], "nothing was asked for twice"


@pytest.mark.parametrize("size", WALKS)
async def test_a_workload_on_an_autopilot_cluster_walks_to_a_passed_test(
    open_wizard: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    with gke.served(tmp_path, gke.autopilot("pilot")) as sandbox:
        for name, value in sandbox.environ().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        async with open_wizard(size) as pilot:
            await until(pilot, lambda: "operator@acme.example" in frame(pilot.app))
            await pilot.press("down", "f8")
            await choose_cluster(pilot, "pilot")
            await at_rest(pilot)
            assert "This Autopilot cluster is in asia-northeast1." in frame(pilot.app)
            await pilot.press("f8")
            await until(pilot, lambda: "scorer (now default)" in frame(pilot.app))
            await pilot.press("space", "f8")
            await choose_role(pilot)
            await pilot.press("f8")
            await until(pilot, lambda: "0 to change" in frame(pilot.app) or "to create" in frame(pilot.app))
            await at_rest(pilot)
            check_timeless(pilot.app, f"gke-review-autopilot-{size[0]}x{size[1]}")
            assert not any(isinstance(each.resource, NodePool) for each in planned(pilot))
            await pilot.press("f8")
            await until(pilot, lambda: "recreates 3" in frame(pilot.app))
            await pilot.press("y")
            await until(pilot, lambda: "Everything is in place" in frame(pilot.app))
            await pilot.press("f8")
            await until(pilot, lambda: "scorer uses scorer" in frame(pilot.app))
            await pilot.press("f8")
            await until(pilot, lambda: the_page(pilot).page_id == "gke-test")
            page = await walked(pilot)
            assert page.state == "passed"
            (skipped,) = (each.line("node-pools") for each in page.query(HopDetails))
            assert skipped and skipped.outcome.status == "skipped"


async def choose_cluster(pilot: Pilot[int], name: str) -> None:
    """From the list under the line."""
    page = the_page(pilot)
    assert isinstance(page, FormPage)
    await until(pilot, lambda: "2 choices" in str(page.field("gke.cluster").query_one(".field-note").render()))
    page.field("gke.cluster").control.focus()
    await type_text(pilot, name)
    await pilot.press("down", "enter")
    await until(pilot, lambda: the_app(pilot).session.answers.text("gke.location") == gke.LOCATION)


async def choose_role(pilot: Pilot[int]) -> None:
    """The first usual role of Spanner."""
    await until(pilot, lambda: the_page(pilot).page_id == "gke-access")
    page = the_page(pilot)
    assert isinstance(page, FormPage)
    product = page.field("access.product").control
    assert isinstance(product, Select)
    product.value = "spanner"
    await until(pilot, lambda: the_app(pilot).session.answers.of(0).text("access.product") == "spanner")
    page.field("access.roles").control.focus()
    await until(pilot, lambda: "Cloud Spanner Database User" in frame(pilot.app))
    await pilot.press("down", "space")


def planned(pilot: Pilot[int]) -> tuple[Change, ...]:
    """What would be changed."""
    reviewed = the_app(pilot).session.reviewed
    assert reviewed is not None
    return reviewed.plan.pending


def row(pilot: Pilot[int]) -> str:
    """What the row of the node pool says, in one line."""
    found = [each.text for each in pilot.app.query(EventRow) if "metadata mode" in each.text]
    return " ".join(found[0].split()) if found else ""
