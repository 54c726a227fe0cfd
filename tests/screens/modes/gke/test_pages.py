"""The pages of GKE: cluster, workloads, access and result, in each state, without any cloud."""

from dataclasses import replace

import pytest
from textual.widgets import Input, Static

from screens.bridge import Failed
from screens.form import FormPage
from screens.modes.gke.access import GkeAccessPage
from screens.modes.gke.messages import ClustersRead, IdentitiesRead, RunningRead
from screens.session import Session
from screens.widgets.choices import Choices
from screens.widgets.code_pane import CodePane
from screens.widgets.pick_list import PickList
from screens.widgets.plan_table import line_of
from screens.widgets.searchable_list import SearchableList
from tests.commands.gke import worlds
from tests.screens.conftest import Open
from tests.screens.driving import LARGE, SMALL, TINY, Quiet, tell, the_app, the_page, type_text
from tests.screens.frames import check, frame
from tests.screens.modes.gke import gke
from tests.screens.worlds import at_rest
from tests.setups import mode
from wizard.clouds.errors import CloudError, Unreachable
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change
from wizard.federation.gke import ClusterName
from wizard.modes.gke.blueprint import GkeBlueprint
from wizard.modes.gke.chosen import ActsAs, Chosen
from wizard.modes.gke.model import GkeSetup
from wizard.modes.gke.opened import GkeOpened
from wizard.resources.node_pool import NodePool
from wizard.setup.question import Found

TO_LEDGER = worlds.setup_of(worlds.workload("ledger", "ledger"), node_pools=["batch-pool"])
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE])
CLUSTER = ClusterName("acme-payments", "asia-northeast1", "payments")
DENIED = CloudError("container", "GET", 403, "PERMISSION_DENIED", 'Required "container.clusters.list" permission')
SILENT = Unreachable(
    "kubernetes payments", "list namespaces", None, "UNREACHABLE", "no answer", "10.0.0.2 is the private endpoint"
)
SCORER = Chosen("anti-fraud", "scorer", (gke.SCORER,), "default")
CHECKOUT = Chosen("checkout", "checkout")


def begun(*clusters: object) -> Session:
    """A new setup in a project that was found."""
    del clusters
    session = Session()
    session.mode = mode("gke")
    session.detect({"google.project": Found("acme-payments", "gcloud config")})
    return session


@SIZES
async def test_the_only_cluster_is_chosen_and_its_node_pools_are_shown(
    open_wizard: Open, size: tuple[int, int]
) -> None:
    async with open_wizard(size, bridge=Quiet(begun()), page="gke-cluster") as pilot:
        await tell(pilot, ClustersRead("acme-payments", [gke.STANDARD]))
        pilot.app.query_one(PickList).focus()
        await at_rest(pilot)
        check(pilot.app, f"gke-cluster-standard-{size[0]}x{size[1]}")
        answers = the_app(pilot).session.answers
        assert answers.text("gke.location") == "asia-northeast1"
        assert answers.get("gke.node_pools") == ("default-pool", "batch-pool")
        await pilot.press("space")
        assert answers.get("gke.node_pools") == ("batch-pool",)
        await pilot.press("f8")
        await pilot.pause()
        assert the_page(pilot).page_id == "gke-workloads"


@SIZES
async def test_an_autopilot_cluster_has_nothing_to_switch(open_wizard: Open, size: tuple[int, int]) -> None:
    async with open_wizard(size, bridge=Quiet(begun()), page="gke-cluster") as pilot:
        await tell(pilot, ClustersRead("acme-payments", [gke.AUTOPILOT]))
        check(pilot.app, f"gke-cluster-autopilot-{size[0]}x{size[1]}")
        assert not the_app(pilot).session.answers.get("gke.node_pools")


@SIZES
async def test_where_clusters_may_not_be_listed_names_are_typed(open_wizard: Open, size: tuple[int, int]) -> None:
    async with open_wizard(size, bridge=Quiet(begun()), page="gke-cluster") as pilot:
        await tell(pilot, Failed(DENIED, "list clusters"))
        page = the_page(pilot)
        assert isinstance(page, FormPage)
        for path, text in (("gke.cluster", "payments"), ("gke.location", "nowhere"), ("gke.node_pools", "A b")):
            page.field(path).control.focus()
            await type_text(pilot, text.replace(" ", ""))
            await at_rest(pilot)
        check(pilot.app, f"gke-cluster-typed-{size[0]}x{size[1]}")
        assert "you do not have permission to read the list" in frame(pilot.app) or size == SMALL


async def test_of_several_clusters_none_is_chosen_for_the_operator(open_wizard: Open) -> None:
    async with open_wizard(LARGE, bridge=Quiet(begun()), page="gke-cluster") as pilot:
        await tell(pilot, ClustersRead("acme-payments", [gke.AUTOPILOT, gke.STANDARD]))
        page = the_page(pilot)
        assert isinstance(page, FormPage)
        assert the_app(pilot).session.answers.text("gke.cluster") == ""
        page.field("gke.cluster").control.focus()
        await pilot.press("down")
        await at_rest(pilot)
        check(pilot.app, "gke-cluster-list-120x40")
        await pilot.press("down", "enter")
        await pilot.pause()
        answers = the_app(pilot).session.answers
        assert (answers.text("gke.cluster"), answers.text("gke.location")) == ("payments", "asia-northeast1")


@pytest.mark.parametrize("size", [SMALL, TINY])
async def test_an_open_list_is_in_view_and_leaves_the_frame_alone(open_wizard: Open, size: tuple[int, int]) -> None:
    many = [replace(gke.STANDARD, name=f"payments-{number}") for number in range(9)]
    async with open_wizard(size, bridge=Quiet(begun()), page="gke-cluster") as pilot:
        await tell(pilot, ClustersRead("acme-payments", many))
        page = the_page(pilot)
        assert isinstance(page, FormPage)
        field = page.field("gke.cluster")
        field.control.focus()
        await at_rest(pilot)
        for keys in (("down",), ("enter", "shift+tab", "down"), ("escape", "backspace")):
            await pilot.press(*keys)
            await at_rest(pilot)
            shown = field.query_one(SearchableList)
            assert shown.display and page.region.contains_region(shown.region), keys
            assert page.region.contains_region(field.control.region), keys
        if size == SMALL:
            check(pilot.app, "gke-cluster-list-80x24")


@SIZES
async def test_workloads_are_chosen_from_what_runs(open_wizard: Open, size: tuple[int, int]) -> None:
    async with open_wizard(size, bridge=Quiet(gke.new_session()), page="gke-workloads") as pilot:
        await tell(pilot, RunningRead(CLUSTER, gke.RUNNING))
        await pilot.press("down", "space", "down", "space")
        await at_rest(pilot)
        check(pilot.app, f"gke-workloads-{size[0]}x{size[1]}")
        chosen = the_app(pilot).session.answers.workloads
        assert chosen == (SCORER, Chosen("checkout", "checkout", (gke.CHECKOUT,), "checkout"))


@SIZES
async def test_every_kind_that_has_pods_made_is_shown_and_what_may_not_be_listed_is_told(
    open_wizard: Open, size: tuple[int, int]
) -> None:
    async with open_wizard(size, bridge=Quiet(gke.new_session()), page="gke-workloads") as pilot:
        await tell(pilot, RunningRead(CLUSTER, gke.EVERY_KIND))
        await pilot.press("down", "space")
        await at_rest(pilot)
        check(pilot.app, f"gke-workloads-kinds-{size[0]}x{size[1]}")
        (chosen,) = the_app(pilot).session.answers.workloads
        assert chosen == Chosen("ledger", "ledger", (gke.LEDGER, gke.NIGHTLY, gke.MIGRATE), "ledger")


@SIZES
async def test_the_result_has_the_right_patch_for_each_kind(open_wizard: Open, size: tuple[int, int]) -> None:
    session = gke.session_of(TO_LEDGER)
    setup = session.answers.to_setup()
    assert isinstance(setup, GkeSetup)
    session.opened = GkeOpened(TO_LEDGER, Clouds("acme-payments", environ={}), setup, GkeBlueprint(setup, "1"))
    kinds = (gke.AGENT, gke.LEDGER, gke.NIGHTLY, gke.MIGRATE)
    session.answers.workloads = (Chosen("ledger", "ledger", kinds, "default"),)
    async with open_wizard(size, bridge=Quiet(session), page="gke-result") as pilot:
        await tell(pilot, RunningRead(CLUSTER, replace(gke.EVERY_KIND, controllers=())))
        await tell(pilot, ClustersRead("acme-payments", [gke.STANDARD]))
        await at_rest(pilot)
        check(pilot.app, f"gke-result-kinds-{size[0]}x{size[1]}")
        panes = {each._file: each._code for each in pilot.app.query(CodePane)}
        assert list(panes) == [
            "service-accounts.yaml",
            "daemonset-ledger-agent.yaml",
            "statefulset-ledger-ledger.yaml",
            "cronjob-ledger-nightly.yaml",
            "commands.sh",
        ]
        assert "nodeSelector" in panes["statefulset-ledger-ledger.yaml"]
        assert "nodeSelector" not in panes["daemonset-ledger-agent.yaml"], "it would leave the other nodes"


@SIZES
async def test_a_namespace_may_keep_its_default(open_wizard: Open, size: tuple[int, int]) -> None:
    async with open_wizard(size, bridge=Quiet(gke.new_session()), page="gke-workloads") as pilot:
        await tell(pilot, RunningRead(CLUSTER, gke.RUNNING))
        await pilot.press("space", "o")
        await at_rest(pilot)
        check(pilot.app, f"gke-workloads-default-{size[0]}x{size[1]}")
        answers = the_app(pilot).session.answers
        assert answers.workloads == (Chosen("anti-fraud", "default", (gke.RULES, gke.SCORER), "default"),)
        await pilot.press("o")
        assert [each.title for each in answers.workloads] == ["anti-fraud/rules", "anti-fraud/scorer"]


@SIZES
async def test_where_a_cluster_cannot_be_reached_workloads_are_typed(open_wizard: Open, size: tuple[int, int]) -> None:
    async with open_wizard(size, bridge=Quiet(gke.new_session()), page="gke-workloads") as pilot:
        await tell(pilot, Failed(SILENT, "list workloads"))
        pilot.app.query_one("#page-gke-workloads Input", Input).focus()
        await type_text(pilot, "anti-fraud/scorer")
        await pilot.press("enter")
        await type_text(pilot, "anti-fraud/Rules")
        await at_rest(pilot)
        check(pilot.app, f"gke-workloads-typed-{size[0]}x{size[1]}")
        assert the_app(pilot).session.answers.workloads == (Chosen("anti-fraud", "scorer"),)
        await pilot.press("f8")
        await pilot.pause()
        assert the_page(pilot).page_id == "gke-workloads"


async def test_a_picked_up_workload_is_found_again_in_what_runs(open_wizard: Open) -> None:
    async with open_wizard(LARGE, bridge=Quiet(gke.session_of()), page="gke-workloads") as pilot:
        await tell(pilot, RunningRead(CLUSTER, gke.RUNNING))
        (workload,) = the_app(pilot).session.answers.workloads
        assert (workload.controllers, workload.was) == ((gke.SCORER,), "default")
        assert workload.access["access.roles"] == ("roles/spanner.databaseUser",)


@SIZES
async def test_access_is_asked_for_each_workload(open_wizard: Open, size: tuple[int, int]) -> None:
    session = gke.new_session(SCORER, CHECKOUT)
    async with open_wizard(size, bridge=Quiet(session), page="gke-access") as pilot:
        session.answers.of(0).set("access.roles", ("roles/spanner.databaseUser",))
        page = the_page(pilot)
        assert isinstance(page, GkeAccessPage)
        page.refreshed()
        await at_rest(pilot)
        check(pilot.app, f"gke-access-{size[0]}x{size[1]}")
        await pilot.press("f8")
        await pilot.pause()
        assert page.answers.workload == CHECKOUT, "the one that lacks something comes into view"
        assert "checkout/checkout: Which roles does" in frame(pilot.app)
        session.answers.of(1).set("access.roles", ("roles/run.invoker",))
        await pilot.press("f8")
        await pilot.pause()
        assert the_page(pilot).page_id == "review"


@SIZES
async def test_a_perimeter_decides_for_a_service_account_and_says_why(open_wizard: Open, size: tuple[int, int]) -> None:
    session = gke.new_session(SCORER)
    session.answers.of(0).set("access.roles", ("roles/spanner.databaseUser",))
    session.answers.of(0).set("access.perimeter", True)
    async with open_wizard(size, bridge=Quiet(session), page="gke-access") as pilot:
        page = the_page(pilot)
        assert isinstance(page, GkeAccessPage)
        page.field("access.service_account").control.focus()
        await at_rest(pilot)
        check(pilot.app, f"gke-access-perimeter-{size[0]}x{size[1]}")
        assert page.answers.text("access.service_account") == "scorer"
        assert "VPC" in frame(pilot.app)


@SIZES
async def test_whom_a_workload_acts_as_now_is_proposed_and_its_end_is_told(
    open_wizard: Open, size: tuple[int, int]
) -> None:
    session = gke.new_session(CHECKOUT, SCORER)
    for place in range(2):
        session.answers.of(place).set("access.roles", ("roles/spanner.databaseUser",))
    email = "checkout@acme-payments.iam.gserviceaccount.com"
    async with open_wizard(size, bridge=Quiet(session), page="gke-access") as pilot:
        page = the_page(pilot)
        assert isinstance(page, GkeAccessPage)
        assert page.answers.text("access.via") == "direct"
        seen = {("checkout", "checkout"): ActsAs(email, exists=True), ("anti-fraud", "scorer"): SILENT}
        await tell(pilot, IdentitiesRead(seen))
        assert page.answers.text("access.via") == "service-account"
        assert page.answers.text("access.service_account") == email
        page.field("access.via").control.focus()
        await at_rest(pilot)
        check(pilot.app, f"gke-access-annotated-{size[0]}x{size[1]}")
        await pilot.press("up")
        await at_rest(pilot)
        assert page.answers.text("access.via") == "direct"
        said = " ".join(str(each.render()) for each in page.query(".granting--remarks"))
        assert (
            f"annotation of this Kubernetes service account names {email}. The wizard will remove the annotation."
            in said
        )
        page.query(Choices).first().focus()
        await pilot.press("down")
        await at_rest(pilot)
        unread = str(page.query_one("#access-unread", Static).render())
        assert (
            unread.startswith("? The wizard could not read the current identity of this workload: ")
            and "no answer" in unread
        )
        assert page.answers.text("access.via") == "direct"


async def test_what_is_heard_after_one_has_gone_on_changes_no_answer(open_wizard: Open) -> None:
    session = gke.new_session(SCORER)
    session.answers.of(0).set("access.roles", ("roles/spanner.databaseUser",))
    async with open_wizard(LARGE, bridge=Quiet(session), page="gke-access") as pilot:
        page = the_page(pilot)
        await pilot.press("f8")
        await pilot.pause()
        assert the_page(pilot).page_id == "review"
        page.post_message(
            IdentitiesRead({("anti-fraud", "scorer"): ActsAs("x@acme-payments.iam.gserviceaccount.com", True)})
        )
        await pilot.pause()
        assert session.answers.of(0).text("access.via") == "direct"


async def test_a_product_without_federated_identities_decides_too() -> None:
    answers = gke.new_session(SCORER).answers.of(0)
    answers.set("access.roles", ("roles/run.invoker",))
    found = answers.found("access.via")
    assert found is not None
    assert found.value == "service-account" and "ID token" in found.source


async def test_what_is_answered_makes_the_setup() -> None:
    session = gke.session_of()
    again = session.answers.to_setup()
    assert again == gke.session_of().answers.to_setup()
    assert again.mode == "gke" and again.workloads[0].title == "anti-fraud/scorer"


async def test_going_to_the_other_mode_and_back_loses_nothing(open_wizard: Open) -> None:
    async with open_wizard(LARGE, bridge=Quiet()) as pilot:
        session = the_app(pilot).session
        session.answers.set("aws.role", "rds-to-bigquery")
        await pilot.press("down")
        await pilot.pause()
        assert session.mode.name == "gke" and "2 Cluster" in frame(pilot.app)
        session.answers.set("gke.cluster", "payments")
        await pilot.press("up")
        await pilot.pause()
        assert session.mode.name == "aws" and "2 Workload " in frame(pilot.app)
        assert session.answers.text("aws.role") == "rds-to-bigquery"


def test_a_plan_tells_what_is_worth_knowing_of_what_is_in_place() -> None:
    pool = NodePool(CLUSTER, "default-pool")
    change = Change(pool, pool.desired() | {"autopilot": True}, pool.desired())
    assert "of an Autopilot cluster" in line_of(change).head
