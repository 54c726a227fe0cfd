"""Access with several workloads at 80x24: what has the focus is in view, and filters end with what they filtered."""

from textual.widgets import Static

from screens.widgets.choices import Choices
from screens.widgets.plan_table import MANY, lines_of
from screens.widgets.role_picker import RoleFilter, RoleList
from screens.widgets.searchable_list import SearchableList
from tests.screens.conftest import Open
from tests.screens.driving import SMALL, Quiet, settled, the_app, the_page, type_text
from tests.screens.frames import frame
from tests.screens.modes.gke import gke
from wizard.engine.resource import Change
from wizard.federation.gke import ClusterName
from wizard.modes.gke.chosen import Chosen
from wizard.resources.namespace import Namespace
from wizard.setup.question import Choice

ROLES = {"access.product": "spanner", "access.roles": ("roles/spanner.databaseUser",)}
TEAM = [Chosen("team", f"app-{number}", access=ROLES) for number in range(30)]


async def test_going_back_and_forth_leaves_the_focus_in_view_with_its_question(open_wizard: Open) -> None:
    bridge = Quiet(gke.new_session(*TEAM))
    async with open_wizard(SMALL, bridge=bridge, page="gke-access") as pilot:
        await pilot.press("tab", "tab", "tab")
        the_page(pilot).scroll_end(animate=False)
        await pilot.press("escape")
        await settled(pilot)
        assert the_page(pilot).page_id == "gke-workloads"
        await the_app(pilot).show_page("gke-access")
        await settled(pilot)
        assert isinstance(pilot.app.focused, Choices)
        assert "Which workload?" in frame(pilot.app)
        assert "(o)" in frame(pilot.app)
        await pilot.press("down")
        await settled(pilot)
        assert "(o) ✓ team/app-1" in frame(pilot.app)


async def test_the_row_of_the_current_workload_is_in_view_in_a_long_list(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet(gke.new_session(*TEAM)), page="gke-access") as pilot:
        await pilot.press(*["down"] * 20)
        await settled(pilot)
        assert "(o) ✓ team/app-20" in frame(pilot.app)
        assert "Which workload?" in frame(pilot.app)


async def test_a_filter_ends_with_the_workload_and_with_the_product(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet(gke.new_session(*TEAM)), page="gke-access") as pilot:
        page = the_page(pilot)
        words = page.query_one(RoleFilter)
        words.focus()
        await type_text(pilot, "nothing")
        assert str(page.query_one(".roles--about", Static).content).startswith("No role matches nothing.")
        page.query_one("#access-rows").query_one(Choices).focus()
        await pilot.press("down")
        await settled(pilot)
        assert words.value == ""
        assert page.query_one(RoleList).option_count > 0

        words.focus()
        await type_text(pilot, "nothing")
        page.answers.set("access.product", "bigquery")
        page.refreshed()
        await settled(pilot)
        assert words.value == ""
        assert page.query_one(RoleList).option_count > 0


def test_many_changes_of_a_kind_are_one_line_with_all_of_them_in_it() -> None:
    cluster = ClusterName("acme-payments", "asia-northeast1", "payments")
    spaces = [Namespace(cluster, f"team-{number}") for number in range(MANY + 1)]
    changes = [Change(space, None, space.desired()) for space in spaces]
    (line,) = lines_of(changes)
    assert f"namespace: {MANY + 1} resources" in line.head
    assert all(space.name in line.text for space in spaces)
    assert len(lines_of(changes[:MANY])) == MANY


async def test_a_long_list_says_what_it_leaves_out_and_typing_finds_it(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet(gke.new_session()), page="gke-cluster") as pilot:
        found = SearchableList()
        await the_page(pilot).mount(found)
        found.offer([Choice(f"project-{number}", f"project-{number}") for number in range(900)])
        found.open("")
        assert str(found.get_option_at_index(200).prompt) == "700 more entries: type to find these entries"
        found.open("project-899")
        assert (found.option_count, found.choices[-1].value) == (1, "project-899")
