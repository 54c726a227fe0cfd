"""Trust: typing, previews, mistakes with their place, and the question before a whole account is let in."""

from typing import TYPE_CHECKING

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from screens.app import WizardApp
from screens.form import Fold
from screens.modes.aws.principal_preview import PrincipalPreview
from screens.modes.aws.trust import NUMBER, ProviderRead, TrustPage
from screens.widgets.chain_picture import ChainPicture
from screens.widgets.dialogs import YesNoDialog
from tests.screens.driving import LARGE, SMALL, TINY, WALKS, resized, until
from tests.screens.filled import check_frame, filled
from tests.screens.worlds import at_rest
from wizard.federation.aws import AWS_DEFAULT_MAPPING

if TYPE_CHECKING:
    from tests.screens.conftest import Open

pytestmark = pytest.mark.usefixtures("sandboxed")

ROLE = "arn:aws:sts::111122223333:assumed-role/rds-to-bigquery"


def page(pilot: Pilot[int]) -> TrustPage:
    """The page."""
    assert isinstance(pilot.app, WizardApp)
    assert isinstance(pilot.app.page, TrustPage)
    return pilot.app.page


def texts(pilot: Pilot[int]) -> str:
    """All that the page says now, without line breaks."""
    shown = [each for each in page(pilot).query("Static") if each.display and all(a.display for a in each.ancestors)]
    return "\n".join(str(each.render()) for each in shown)


async def says(pilot: Pilot[int], text: str) -> None:
    """Wait until the page says it."""
    await until(pilot, lambda: text in texts(pilot))


async def type_condition(pilot: Pilot[int], text: str) -> None:
    """Choose a condition of one's own, and type it."""
    await pilot.press("down", "down", "enter")
    area = pilot.app.focused
    assert isinstance(area, TextArea)
    await type_over(pilot, area, text)


async def type_over(pilot: Pilot[int], area: TextArea, text: str) -> None:
    """Paste all but the last two characters, and type these."""
    area.text = text[:-2]
    area.move_cursor(area.document.end)
    await pilot.press(*text[-2:])


async def open_details(pilot: Pilot[int]) -> TextArea:
    """Unfold the details, and go to the mapping."""
    page(pilot).query_one(Fold).focus()
    await pilot.press("enter", "tab")
    area = pilot.app.focused
    assert isinstance(area, TextArea)
    return area


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_the_preview_shows_sample_subject_verdicts_and_principal(
    open_wizard: "Open", size: tuple[int, int]
) -> None:
    async with open_wizard(size, filled(), "aws-trust") as pilot:
        await says(pilot, "projects/123456789012/")
        said = texts(pilot)
        assert "87 of 127 bytes" in said
        assert "true: Google Cloud accepts this workload" in said
        assert "other roles\nrefused" in said
        assert f"/workloadIdentityPools/aws-prod/attribute.aws_role/{ROLE}" in said
        await check_frame(pilot, "trust")


async def test_the_details_leave_nothing_out_of_the_preview(open_wizard: "Open") -> None:
    async with open_wizard(LARGE, filled(), "aws-trust") as pilot:
        await says(pilot, "…cdef")
        await open_details(pilot)
        await says(pilot, f"{ROLE}/0123456789abcdef0123456789abcdef")
        assert "…" not in str(page(pilot).query_one(PrincipalPreview).query_one(".preview--lines"))


async def test_a_condition_is_tried_as_one_types(open_wizard: "Open") -> None:
    async with open_wizard(LARGE, filled(), "aws-trust") as pilot:
        await type_condition(pilot, "assertion.account == '111122223333'")
        await says(pilot, "Google Cloud also accepts this identity, but the workload does not need it")
        await says(pilot, "true: Google Cloud accepts this workload")
        assert page(pilot).query_one(ChainPicture).state("principal") == "ok"
        await pilot.press("backspace", "backspace", "0", "'")
        await says(pilot, "false: Google Cloud rejects this workload")
        assert page(pilot).query_one(ChainPicture).state("principal") == "failed"


@pytest.mark.parametrize("size", WALKS)
async def test_a_mistake_is_shown_with_line_column_and_a_caret(open_wizard: "Open", size: tuple[int, int]) -> None:
    async with open_wizard(size, filled(), "aws-trust") as pilot:
        await says(pilot, "projects/123456789012/")
        await type_condition(pilot, "attribute.aws_role = 'x' [/x]")
        await says(pilot, "condition, line 1, column 20: Syntax error")
        await says(pilot, f"\nattribute.aws_role = 'x' [/x]\n{' ' * 19}^")
        await at_rest(pilot)  # the page brings the mistake into view itself; then:
        page(pilot).scroll_to_widget(page(pilot).field("google.attribute_condition"), top=True, animate=False)
        await check_frame(pilot, "trust-mistake")
        await pilot.press("f8")
        assert page(pilot).page_id == "aws-trust"


async def test_every_mistake_of_a_mapping_is_shown(open_wizard: "Open") -> None:
    async with open_wizard(LARGE, filled(), "aws-trust") as pilot:
        area = await open_details(pilot)
        await type_over(pilot, area, "google.subject=assertion.arn +\nattribute.aws_role=nope.x")
        await says(pilot, "google.subject, line 1, column 16")
        await says(pilot, "attribute.aws_role, line 1, column 5")


async def test_a_mapping_without_the_role_leaves_the_workload_without_grants(open_wizard: "Open") -> None:
    mapping = "google.subject=assertion.arn"
    async with open_wizard(LARGE, filled(google__attribute_mapping=mapping), "aws-trust") as pilot:
        await says(
            pilot,
            (
                "so a grant cannot name the role. Attributes of this mapping: google.subject contains the name of "
                "the session"
            ),
        )
        assert page(pilot).problems()


THERE = {
    "state": "ACTIVE",
    "disabled": False,
    "type": "aws",
    "account": "111122223333",
    "mapping": AWS_DEFAULT_MAPPING,
    "condition": "attribute.aws_role == 'nightly'",
}


async def show_provider(pilot: Pilot[int], **state: object) -> None:
    """Let the page find this provider."""
    await says(pilot, "true: Google Cloud accepts this workload")
    name = page(pilot)._provider_name()
    page(pilot).post_message(ProviderRead(name, {**THERE, **state}))


async def test_a_provider_that_exists_is_widened(open_wizard: "Open") -> None:
    async with open_wizard(LARGE, filled(), "aws-trust") as pilot:
        await show_provider(pilot)
        await says(pilot, "The wizard widens the condition of the existing provider")
        page(pilot).query_one(PrincipalPreview).show_whole(True)
        await says(pilot, f"attribute.aws_role in ['nightly', '{ROLE}']")
        await show_provider(pilot, condition=f"assertion.arn.contains('{ROLE.rpartition(':')[2]}/')")
        await says(pilot, "The condition of the existing provider does not change")
        assert "for example arn:aws:iam::111122223333:user/assumed-role/rds-to-bigquery/someone" in texts(pilot)


async def test_a_provider_that_cannot_serve_says_why_and_what_to_do(open_wizard: "Open") -> None:
    async with open_wizard(LARGE, filled(), "aws-trust") as pilot:
        await show_provider(pilot, type="oidc", account=None)
        await says(pilot, "is for OpenID Connect (OIDC), not for AWS")
        assert "write `provider: aws-rds-to-bigquery`" in texts(pilot)


async def test_an_emptied_mapping_is_the_usual_one_again(open_wizard: "Open") -> None:
    async with open_wizard(LARGE, filled(google__attribute_mapping="google.subject='x'"), "aws-trust") as pilot:
        area = await open_details(pilot)
        area.select_all()
        await pilot.press("delete")
        await says(pilot, "87 of 127 bytes")
        assert "google.attribute_mapping" not in page(pilot).session.answers.explicit()


async def test_a_subject_that_would_be_too_long_is_foreseen(open_wizard: "Open") -> None:
    async with open_wizard(LARGE, filled(aws__role="r" * 64), "aws-trust") as pilot:
        await says(pilot, "The ARN of the session can have up to 136 bytes")
        assert "103 of 127 bytes" in texts(pilot)
        await says(pilot, "projects/123456789012/")
        await check_frame(pilot, "trust-long-role")


async def test_a_role_name_too_long_for_aws_is_said_in_place_of_the_preview(open_wizard: "Open") -> None:
    async with open_wizard(SMALL, filled(aws__role="r" * 65), "aws-trust") as pilot:
        await says(pilot, "the role name has 65 characters; use at most 64 characters")


async def test_without_earlier_answers_the_page_says_what_is_missing(open_wizard: "Open") -> None:
    async with open_wizard(SMALL, None, "aws-trust") as pilot:
        await says(pilot, "To see the preview, answer this question first")
        await says(pilot, "Where does your workload run?")  # the account is detected, if not at once
        await check_frame(pilot, "trust-empty")


async def test_a_project_number_that_cannot_be_read_has_a_word_in_its_place(open_wizard: "Open") -> None:
    async with open_wizard(LARGE, filled(google__project="acme-elsewhere"), "aws-trust") as pilot:
        await says(pilot, "the project number of acme-elsewhere is not known yet")
        assert f"projects/{NUMBER}/locations" in texts(pilot)


async def test_letting_a_whole_account_in_is_asked_about_with_no_as_the_default(open_wizard: "Open") -> None:
    async with open_wizard(LARGE, filled(), "aws-trust") as pilot:
        await says(pilot, "projects/123456789012/")
        await pilot.press("down", "f8")
        await until(pilot, lambda: isinstance(pilot.app.screen, YesNoDialog))
        assert pilot.app.focused
        assert pilot.app.focused.id == "no"
        await check_frame(pilot, "trust-every-role")
        await pilot.press("enter")
        assert page(pilot).session.answers.get("trust.who") == "account"
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(pilot.app.screen, YesNoDialog))
        await pilot.press("y")
        app = pilot.app
        assert isinstance(app, WizardApp)
        await until(pilot, lambda: app.page is not None and app.page.page_id == "aws-access")
        await pilot.press("escape", "f8")
        assert not isinstance(app.screen, YesNoDialog)


async def test_going_back_and_forth_loses_nothing_and_shows_what_has_changed(open_wizard: "Open") -> None:
    async with open_wizard(LARGE, filled(), "aws-trust") as pilot:
        await type_condition(pilot, "true")
        await says(pilot, "also accepts")
        await pilot.press("escape")
        app = pilot.app
        assert isinstance(app, WizardApp)
        app.session.answers.set("aws.role", "nightly-load")
        await app.show_page("aws-trust")
        await says(pilot, "assumed-role/nightly-load/")
        assert page(pilot).session.answers.get("google.attribute_condition") == "true"
        assert page(pilot).query_one(TextArea).text == "true"


async def test_the_principal_can_be_copied(open_wizard: "Open") -> None:
    async with open_wizard(LARGE, filled(), "aws-trust") as pilot:
        await says(pilot, "87 of 127 bytes")
        await pilot.press("tab", "c")
        assert pilot.app.clipboard.startswith("principalSet://iam.googleapis.com/projects/")


async def test_the_smallest_terminal_shows_the_page_too(open_wizard: "Open") -> None:
    async with open_wizard(TINY, filled(), "aws-trust") as pilot:
        await says(pilot, "87 of 127 bytes")
        await resized(pilot, *LARGE)
        await resized(pilot, *TINY)
        await pilot.press("tab", "tab", "enter", "tab", "x")
