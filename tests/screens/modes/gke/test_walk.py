"""A setup of workloads on GKE from the welcome page to its test, by keyboard, on a sandbox; and broken worlds."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Select

from screens.bridge import Bridge
from screens.form import FormPage
from screens.session import Session
from screens.widgets.chain_picture import ChainPicture
from screens.widgets.dialogs import YesNoDialog
from screens.widgets.hop_details import HopLine
from tests.commands.gke import worlds as gke
from tests.screens.conftest import Open
from tests.screens.driving import LARGE, WALKS, settled, the_app, the_page, until
from tests.screens.frames import check, frame
from tests.screens.modes.gke.gke import check_timeless, session_of, walked
from tests.screens.worlds import at_rest
from wizard.sandbox.process import Sandbox
from wizard.work.demo import Demo

WRONG = f"serviceAccount:{gke.POOL}[antifraud/scorer]"


@pytest.fixture
def on_gke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox of one's own, to write to."""
    with gke.served(tmp_path) as sandbox:
        for name, value in sandbox.environ().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        yield sandbox


async def applied(pilot: Pilot[int]) -> None:
    """From the review, when it is read, to Result."""
    await until(pilot, lambda: the_page(pilot).page_id == "review" and the_app(pilot).session.reviewed is not None)
    await pilot.press("f8")
    await until(pilot, lambda: isinstance(pilot.app.screen, YesNoDialog))
    assert "loses the access to Google Cloud" in " ".join(frame(pilot.app).split())
    await pilot.press("y")
    await until(pilot, lambda: "recreates 3" in frame(pilot.app))
    await pilot.press("y")
    await until(pilot, lambda: the_page(pilot).page_id == "apply")
    await until(pilot, lambda: "Everything is in place" in frame(pilot.app))
    await pilot.press("f8")
    await until(pilot, lambda: "must use" in frame(pilot.app) or "uses" in frame(pilot.app))


@pytest.mark.parametrize("size", WALKS)
async def test_a_picked_up_setup_walks_to_a_passed_test(
    open_wizard: Open, on_gke: Sandbox, tmp_path: Path, size: tuple[int, int]
) -> None:
    assert on_gke.pid
    (tmp_path / "setup.yaml").write_text(gke.SETUP, encoding="utf-8")
    async with open_wizard(
        size, session=Session(demo=Demo("Payment pods on GKE read from Spanner", is_broken=True))
    ) as pilot:
        await until(pilot, lambda: "✓ anti-fraud/scorer in payments -> acme-payments" in frame(pilot.app))
        await pilot.press("f8")
        await applied(pilot)
        await at_rest(pilot)
        check(pilot.app, f"gke-result-{size[0]}x{size[1]}")
        await pilot.press("f8")
        await at_rest(pilot)
        check(pilot.app, f"gke-test-ready-{size[0]}x{size[1]}")
        await pilot.press("t")
        await at_rest(pilot)
        check(pilot.app, f"gke-test-asks-{size[0]}x{size[1]}")
        await pilot.press("enter")
        await until(pilot, lambda: "The wizard did not start" in frame(pilot.app))
        page = await walked(pilot)
        assert page.state == "passed"
        await at_rest(pilot)
        check_timeless(pilot.app, f"gke-test-passed-{size[0]}x{size[1]}")
        assert "✓ The live test passed" in frame(pilot.app)
        page = await walked(pilot, "h")
        assert page.state == "passed"
        assert "? The live test passed" in frame(pilot.app)
        assert {"review", "apply", "gke-result", "gke-test"} <= the_app(pilot).session.done


async def test_a_new_setup_of_two_workloads_walks_to_a_passed_test(open_wizard: Open, on_gke: Sandbox) -> None:
    assert on_gke.pid
    async with open_wizard(LARGE) as pilot:
        await until(pilot, lambda: "operator@acme.example" in frame(pilot.app))
        await pilot.press("down", "f8")
        await until(pilot, lambda: "default-pool" in frame(pilot.app))
        await pilot.press("f8")
        await until(pilot, lambda: "scorer (now default)" in frame(pilot.app))
        await pilot.press("space", "down", "space", "f8")
        await until(pilot, lambda: the_page(pilot).page_id == "gke-access")
        page = the_page(pilot)
        assert isinstance(page, FormPage)
        for _ in range(2):
            product = page.field("access.product").control
            assert isinstance(product, Select)
            product.value = "spanner"
            await until(pilot, lambda: "Cloud Spanner Database User" in frame(pilot.app))
            page.field("access.roles").control.focus()
            await pilot.press("down", "space", "f8")
            await pilot.pause()
        await applied(pilot)
        await until(pilot, lambda: "anti-fraud/scorer uses scorer" in frame(pilot.app))
        assert "checkout/checkout uses checkout" in frame(pilot.app)
        await pilot.press("f8")
        await until(pilot, lambda: the_page(pilot).page_id == "gke-test")
        ended = await walked(pilot)
        assert ended.state == "passed"
        assert len(ended.query(ChainPicture)) == 2


async def broken(pilot: Pilot[int], hop: str, key: str = "h") -> HopLine:
    """Test, and give the hop at which it stops."""
    await the_app(pilot).show_page("gke-test")
    await settled(pilot)
    page = await walked(pilot, key)
    assert page.state == "failed"
    (line,) = [each for each in page.query(HopLine) if each.outcome.status == "failed"]
    assert line.outcome.hop.id == hop and line.is_open
    await at_rest(pilot)
    return line


@pytest.mark.parametrize("size", WALKS)
async def test_a_node_pool_that_was_not_switched_is_named(
    open_wizard: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    with gke.served(tmp_path, gke.joined, gke.all_services) as sandbox:
        for name, value in sandbox.environ().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        gke.cloud().google.call(
            "container",
            "PUT",
            f"{gke.CLUSTER}/nodePools/default-pool",
            {"workloadMetadataConfig": {"mode": "GCE_METADATA"}},
        )
        async with open_wizard(size, bridge=Bridge(session_of())) as pilot:
            line = await broken(pilot, "node-pools")
            assert "default-pool" in (line.outcome.reason or "")
            check_timeless(pilot.app, f"gke-test-node-pool-{size[0]}x{size[1]}")


@pytest.mark.parametrize("size", WALKS)
async def test_a_binding_that_names_another_namespace_is_told(
    open_wizard: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    with gke.served(tmp_path) as sandbox:
        for name, value in sandbox.environ().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        async with open_wizard(size, bridge=Bridge(session_of(gke.IMPERSONATED))) as pilot:
            await the_app(pilot).show_page("review")
            await applied(pilot)
            email = f"scorer-runner@{gke.PROJECT}.iam.gserviceaccount.com"
            policy = gke.cloud().google_iam.get_policy(gke.PROJECT, email)
            policy["bindings"] = [{"role": "roles/iam.workloadIdentityUser", "members": [WRONG]}]
            gke.cloud().google_iam.set_policy(gke.PROJECT, email, policy)
            monkeypatch.setattr("wizard.work.testing.RECENT", 0.0)
            line = await broken(pilot, "impersonation")
            assert "another namespace" in (line.outcome.reason or "")
            check_timeless(pilot.app, f"gke-test-namespace-{size[0]}x{size[1]}")
