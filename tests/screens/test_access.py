"""Access: roles found, typed, kept; direct or service account; and the sentence that says what is granted to whom."""

from typing import TYPE_CHECKING

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select, Static

from screens import bridge
from screens.access import AccessPage
from screens.app import WizardApp
from screens.widgets.field import Field
from screens.widgets.role_field import RolesField
from screens.widgets.role_picker import SHOWN, Offer, RoleFilter, RoleList, RolePicker, order_offers
from tests.screens.driving import LARGE, SMALL, TINY, resized, settled, tell, type_text, until
from tests.screens.filled import check_frame, filled
from wizard.clouds.errors import CloudError
from wizard.engine.plan import Plan
from wizard.engine.resource import Change
from wizard.resources.grants import ProjectGrants
from wizard.sandbox.process import Sandbox
from wizard.setup.question import Choice
from wizard.work.planning import Review

if TYPE_CHECKING:
    from tests.screens.conftest import Open

pytestmark = pytest.mark.usefixtures("sandboxed")

ROLES = (
    Choice("roles/bigquery.jobUser", "BigQuery Job User", "Access to run jobs", recommended=True),
    Choice("roles/bigquery.dataEditor", "BigQuery Data Editor", "Access to edit datasets", recommended=True),
    Choice("roles/bigquery.admin", "BigQuery Admin", "Administer all BigQuery resources and data"),
    Choice("roles/bigquery.user", "BigQuery User", "Run queries, create datasets"),
    Choice("roles/storage.objectViewer", "Storage Object Viewer", "View [/x] objects"),
    Choice("roles/owner", "Owner", "[/x] Full access to most resources"),
)


def page(pilot: Pilot[int]) -> AccessPage:
    """The page."""
    assert isinstance(pilot.app, WizardApp)
    assert isinstance(pilot.app.page, AccessPage)
    return pilot.app.page


def picker(pilot: Pilot[int]) -> RolePicker:
    """The picker of roles."""
    return page(pilot).query_one(RolesField).picker


def beside(field: Field, name: str) -> str:
    """What a part of a field says."""
    return str(field.query_one(f".{name}", Static).render())


def told(pilot: Pilot[int], name: str) -> str:
    """What a part of the page says."""
    return str(page(pilot).query_one(f".{name}", Static).render())


def prompts(pilot: Pilot[int]) -> list[str]:
    """The rows of the list."""
    roles = picker(pilot).query_one(RoleList)
    return [str(roles.get_option_at_index(place).prompt) for place in range(roles.option_count)]


async def listed(pilot: Pilot[int], roles: tuple[Choice, ...] = ROLES) -> None:
    """Let the page hear of a list, and go to the field above it."""
    await settled(pilot)
    await tell(pilot, bridge.Listed("grantable-roles", roles))
    picker(pilot).query_one(RoleFilter).focus()
    await pilot.pause()


async def test_the_list_is_read_live_and_the_products_usual_roles_come_first(
    open_wizard: "Open", monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox() as sandbox:
        for name, value in sandbox.variables.items():
            monkeypatch.setenv(name, value)
        await _reads_the_list(open_wizard)


async def _reads_the_list(open_wizard: "Open") -> None:
    async with open_wizard(LARGE, filled(access__product="bigquery"), "aws-access") as pilot:
        await settled(pilot)
        assert [row[:5] for row in prompts(pilot)] == ["[ ] B"] * 4
        page(pilot).session.clouds().google.call(
            "serviceusage", "POST", "/v1/projects/acme-analytics/services/iam.googleapis.com:enable", {}
        )
        page(pilot).bridge.listing(page(pilot), "grantable-roles")
        await until(pilot, lambda: len(prompts(pilot)) > 20)
        assert "roles/bigquery.jobUser" in prompts(pilot)[0]
        assert any("Access Context Manager Admin" in row for row in prompts(pilot))


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_choosing_a_product_and_roles_says_what_is_granted(open_wizard: "Open", size: tuple[int, int]) -> None:
    async with open_wizard(size, filled(), "aws-access") as pilot:
        await settled(pilot)
        assert told(pilot, "granting--sentence").endswith("has no roles yet. Choose at least one role.")
        await check_frame(pilot, "access-empty")
        page(pilot).query_one(Select).value = "bigquery"
        await listed(pilot)
        await pilot.press("down", "space", "down", "enter")
        await until(pilot, lambda: len(picker(pilot).chosen) == 2)
        assert page(pilot).session.answers.get("access.roles") == (
            "roles/bigquery.jobUser",
            "roles/bigquery.dataEditor",
        )
        assert told(pilot, "granting--sentence") == (
            "IAM role rds-to-bigquery of account 111122223333 gets these roles on acme-analytics: "
            "BigQuery Job User, BigQuery Data Editor."
        )
        assert not page(pilot).problems()
        await check_frame(pilot, "access-roles")


async def test_typing_narrows_the_list_by_role_title_and_description(open_wizard: "Open") -> None:
    async with open_wizard(LARGE, filled(), "aws-access") as pilot:
        await listed(pilot)
        await pilot.press(*"most own")
        assert prompts(pilot) == ["[ ] Owner  (broad)  roles/owner"]
        assert told(pilot, "roles--about").startswith(
            "[/x] Full access to most resources\nroles/owner is broad: the role gives full control"
        )
        await pilot.press("enter")
        assert picker(pilot).chosen == ("roles/owner",)
        assert picker(pilot).query_one(RoleFilter).value == ""
        assert prompts(pilot)[0].startswith("[x] Owner")


async def test_several_fits_are_not_guessed_at(open_wizard: "Open") -> None:
    async with open_wizard(LARGE, filled(), "aws-access") as pilot:
        await listed(pilot)
        await pilot.press(*"bigq", "enter")
        assert told(pilot, "roles--problem") == "4 roles match. Press ↓ to choose a role in the list."
        assert picker(pilot).chosen == ()


async def test_a_role_that_is_chosen_can_be_left_out_again(open_wizard: "Open") -> None:
    async with open_wizard(LARGE, filled(access__roles=("roles/bigquery.user",)), "aws-access") as pilot:
        await listed(pilot)
        await pilot.press("down", "space")
        await until(pilot, lambda: picker(pilot).chosen == ())
        assert page(pilot).problems() == [
            "Which roles does your workload need in the project? you have not chosen a role; choose at least one role"
        ]


async def test_where_listing_is_denied_roles_are_typed(open_wizard: "Open") -> None:
    denied = CloudError("iam.googleapis.com", "queryGrantableRoles", 403, "PERMISSION_DENIED", "[/x] no")
    async with open_wizard(SMALL, filled(access__product="spanner"), "aws-access") as pilot:
        await settled(pilot)
        await tell(pilot, bridge.Failed(denied, "list grantable-roles"))
        picker(pilot).query_one(RoleFilter).focus()
        await type_text(pilot, "spanner.databaseAdmin")
        await pilot.press("enter")
        assert (
            told(pilot, "roles--problem")
            == '"spanner.databaseAdmin" is a role name without the prefix "roles/"; use roles/spanner.databaseAdmin'
        )
        await check_frame(pilot, "access-denied")
        await pilot.press("home", *"roles/", "enter")
        await until(pilot, lambda: picker(pilot).chosen == ("roles/spanner.databaseAdmin",))
        assert page(pilot).session.answers.get("access.roles") == ("roles/spanner.databaseAdmin",)


async def test_a_role_that_is_not_in_the_list_is_remarked_on(open_wizard: "Open") -> None:
    async with open_wizard(LARGE, filled(access__roles=("roles/bigquery.jobUsr",)), "aws-access") as pilot:
        await listed(pilot)
        assert "Google Cloud cannot grant roles/bigquery.jobUsr" in told(pilot, "granting--remarks")
        assert prompts(pilot)[0] == "[x] roles/bigquery.jobUsr  (not in the list)"


async def test_wide_roles_are_flagged_and_not_forbidden(open_wizard: "Open") -> None:
    async with open_wizard(LARGE, filled(access__roles=("roles/bigquery.admin", "roles/owner")), "aws-access") as pilot:
        await listed(pilot)
        assert prompts(pilot)[:2] == [
            "[x] BigQuery Admin  (broad)  roles/bigquery.admin",
            "[x] Owner  (broad)  roles/owner",
        ]
        said = told(pilot, "granting--remarks")
        assert (
            "roles/owner is broad: the role gives full control of the project, including control of who has "
            "access to the project."
        ) in said
        assert not page(pilot).problems()
        await check_frame(pilot, "access-wide")


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_product_that_takes_no_federated_identity_decides_for_a_service_account(
    open_wizard: "Open", size: tuple[int, int]
) -> None:
    async with open_wizard(size, filled(access__roles=("roles/run.invoker",)), "aws-access") as pilot:
        await settled(pilot)
        answers = page(pilot).session.answers
        assert answers.get("access.via") == "service-account"
        field = page(pilot).field("access.via")
        assert "a federated identity cannot invoke Cloud Run" in beside(field, "field-note")
        assert told(pilot, "granting--sentence").startswith(
            "IAM role rds-to-bigquery of account 111122223333 can act as the service account rds-to-bigquery, "
            "which gets these roles"
        )
        page(pilot).field("access.service_account").control.focus()
        await check_frame(pilot, "access-service-account")
        field.control.focus()
        await pilot.press("up")
        assert answers.get("access.via") == "direct"
        problem = beside(field, "field-problem")
        assert problem.startswith('✗ choose "Through a service account": ')
        assert problem.endswith("require an ID token")
        assert page(pilot).problems()


async def test_limits_of_direct_access_are_told(open_wizard: "Open") -> None:
    async with open_wizard(LARGE, filled(access__roles=("roles/storage.objectViewer",)), "aws-access") as pilot:
        await settled(pilot)
        assert "uniform bucket-level access" in told(pilot, "granting--remarks")


async def test_a_service_accounts_name_is_checked_while_typing(open_wizard: "Open") -> None:
    session = filled(access__roles=("roles/bigquery.jobUser",), access__via="service-account")
    async with open_wizard(LARGE, session, "aws-access") as pilot:
        await settled(pilot)
        field = page(pilot).field("access.service_account")
        assert isinstance(field.control, Input)
        assert field.control.value == "rds-to-bigquery"
        field.control.focus()
        field.control.value = ""
        await pilot.press(*"bq")
        assert '"bq" is not a valid service account name' in beside(field, "field-problem")
        await pilot.press(*"-load")
        assert not field.query_one(".field-problem").display
        assert "act as the service account bq-load, which gets" in told(pilot, "granting--sentence")


async def test_roles_are_kept_over_back_and_forward(open_wizard: "Open") -> None:
    async with open_wizard(LARGE, filled(), "aws-access") as pilot:
        await listed(pilot)
        await pilot.press("down", "space", "down", "space")
        chosen = picker(pilot).chosen
        assert len(chosen) == 2
        await pilot.press("escape")
        app = pilot.app
        assert isinstance(app, WizardApp)
        await until(pilot, lambda: app.page is not None and app.page.page_id == "aws-trust")
        await pilot.press("f8")
        await until(pilot, lambda: app.page is not None and app.page.page_id == "aws-access")
        assert picker(pilot).chosen == chosen
        assert [row[:3] for row in prompts(pilot)[:3]] == ["[x]", "[x]", "[ ]"]


async def test_a_very_long_list_is_cut_and_says_so(open_wizard: "Open") -> None:
    many = tuple(Choice(f"roles/thing.role{place:04}", f"Role {place}") for place in range(2000))
    async with open_wizard(LARGE, filled(), "aws-access") as pilot:
        await listed(pilot, many)
        assert prompts(pilot)[-1].strip() == f"{2000 - SHOWN} more roles: type to find these roles"
        await pilot.press(*"role1999")
        assert prompts(pilot) == ["[ ] Role 1999  roles/thing.role1999"]


async def test_the_smallest_terminal_shows_the_page_too(open_wizard: "Open") -> None:
    async with open_wizard(TINY, filled(access__roles=("roles/owner",)), "aws-access") as pilot:
        await listed(pilot)
        await resized(pilot, *LARGE)
        await resized(pilot, *TINY)
        await pilot.press("down", "space", "slash", "x", "tab", "tab", "tab")


def test_chosen_roles_come_first_then_usual_ones_then_those_of_the_product() -> None:
    usual = [Offer("roles/b.one", "One", "plain words", usual=True), Offer("roles/b.gone", "Gone", usual=True)]
    every = [Offer(f"roles/{name}") for name in ("a.other", "b.two", "b.one", "c.chosen")]
    found = order_offers(usual, every, ["roles/c.chosen", "roles/d.typed"], "b")
    assert [offer.role for offer in found] == [
        "roles/c.chosen",
        "roles/d.typed",
        "roles/b.one",
        "roles/b.two",
        "roles/a.other",
    ]
    assert found[2].about == "plain words"


def test_without_a_list_the_usual_roles_are_offered() -> None:
    usual = [Offer("roles/b.one", usual=True), Offer("roles/b.two", usual=True)]
    assert order_offers(usual, [], [], "b") == usual


async def test_what_the_last_plan_says_about_a_role_is_shown_with_it(open_wizard: "Open") -> None:
    grants = ProjectGrants("acme-analytics", {"roles/bigquery.jobUser": ("user:a@acme.example",)})
    said = "user:a@acme.example already has roles/bigquery.jobUser, through a grant on folders/1."
    state = {**grants.desired(), "notes": [said, "user:a@acme.example already has roles/viewer."]}
    answers = filled(access__product="bigquery", access__roles=("roles/bigquery.jobUser",))
    async with open_wizard(LARGE, answers, "aws-access") as pilot:
        await settled(pilot)
        assert said not in told(pilot, "granting--remarks")
        page(pilot).session.reviewed = Review(Plan((Change(grants, state, grants.desired()),)), [], [])
        page(pilot).refreshed()
        assert f"· {said}" in told(pilot, "granting--remarks")
        assert "roles/viewer" not in told(pilot, "granting--remarks"), "a role that the answers do not have"
