"""The Access page asks whose key the workload uses, and offers the roles of that service account."""

from textual.pilot import Pilot
from textual.widgets import Static

from screens import bridge
from screens.access import AccessPage
from screens.widgets.role_field import RolesField
from tests.screens.conftest import Open
from tests.screens.driving import SMALL, Quiet, settled, tell, the_page, type_text
from tests.screens.filled import filled
from tests.screens.frames import check
from tests.screens.worlds import at_rest
from wizard.setup.replacing import HeldRoles, KeyFound, Replaced

LOADER = Replaced("nightly-load@acme-analytics.iam.gserviceaccount.com", "acme-analytics")
WHERE = "the variable GOOGLE_APPLICATION_CREDENTIALS of the function loader names the file /key.json"
HELD = HeldRoles(("roles/bigquery.jobUser", "roles/bigquery.dataEditor", "roles/editor"))


def page(pilot: Pilot[int]) -> AccessPage:
    found = the_page(pilot)
    assert isinstance(found, AccessPage)
    return found


async def test_a_key_leads_to_the_roles_of_its_account(open_wizard: Open) -> None:
    quiet = Quiet(filled())
    async with open_wizard(SMALL, bridge=quiet, page="aws-access") as pilot:
        replaces = page(pilot).field("access.replaces")
        assert not replaces.display
        await tell(pilot, bridge.KeysFound({"": KeyFound(WHERE)}))
        assert replaces.control.has_focus, "the question about the key is now the first"
        assert "the wizard asks this question, because the variable" in str(
            replaces.query_one(".field-note", Static).render()
        )
        await type_text(pilot, "nightly-load")
        await pilot.press("tab")
        await settled(pilot)
        assert f"read the roles of {LOADER.email} on acme-analytics" in quiet.asked
        await tell(pilot, bridge.HeldRead(LOADER, HELD))
        picker = page(pilot).query_one(RolesField).picker
        assert picker.chosen == HELD.offered
        remarks = str(page(pilot).query_one(".granting--remarks", Static).render())
        assert "currently has roles/editor on acme-analytics" in remarks
        picker.query_one("RoleFilter").focus()
        await at_rest(pilot)
        check(pilot.app, "access-replaces-80x24")
        picker.post_message(picker.Changed(picker, ()))
        await settled(pilot)
        assert picker.chosen == (), "what the user cleared does not come back"
        assert page(pilot).session.answers.get("access.roles") == ()


async def test_a_page_without_a_key_asks_nothing_until_the_user_says_so(open_wizard: Open) -> None:
    quiet = Quiet(filled())
    async with open_wizard(SMALL, bridge=quiet, page="aws-access") as pilot:
        await tell(pilot, bridge.KeysFound({}))
        assert not page(pilot).field("access.replaces").display
        page(pilot).field("access.has_key").answer(True)
        await settled(pilot)
        assert page(pilot).field("access.replaces").control.has_focus
