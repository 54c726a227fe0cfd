"""The roles of the service account whose key is being replaced: offered as found, but for the basic ones."""

from tests.setups import answers_of
from wizard.modes.aws.model import AwsSetup
from wizard.setup import replacing
from wizard.setup.answers import Answers
from wizard.setup.replacing import HeldRoles, KeyFound, Replaced

LOADER = Replaced("nightly-load@acme-analytics.iam.gserviceaccount.com", "acme-analytics")
HELD = HeldRoles(("roles/bigquery.jobUser", "roles/editor"), (("roles/storage.admin", "until 2026"),))


def unanswered() -> Answers:
    answers = answers_of(AwsSetup.example())
    answers.clear("access.roles")
    return answers


def test_a_key_that_was_found_names_the_account_whose_roles_are_offered() -> None:
    answers = unanswered()
    assert replacing.replaced(answers) is None
    assert not answers.question("access.replaces").shown(answers)
    replacing.see_key(
        answers, KeyFound("the variable KEY of the function loader contains a service account key", "nightly-load")
    )
    assert answers.question("access.replaces").shown(answers)
    assert replacing.replaced(answers) == LOADER
    replacing.see_roles(answers, LOADER, HELD)
    found = answers.found("access.roles")
    assert found is not None
    assert found.value == ("roles/bigquery.jobUser",)
    assert found.source == f"{LOADER.email} currently has these roles"
    assert answers.to_setup().access.replaces == "nightly-load"  # type: ignore[attr-defined]
    replacing.see_key(answers, None)
    replacing.see_roles(answers, None, None)
    assert answers.get("access.roles") is None


def test_what_the_operator_chose_stays() -> None:
    answers = answers_of(AwsSetup.example())
    replacing.see_roles(answers, LOADER, HELD)
    assert answers.get("access.roles") == ("roles/bigquery.jobUser",)
    assert answers.found("access.roles") is None


def test_basic_and_conditional_roles_are_said_and_not_chosen() -> None:
    texts = [remark.text for remark in replacing.remarks(LOADER, HELD)]
    assert f"{LOADER.email} currently has roles/editor on acme-analytics." in texts[0]
    assert "choose the roles that replace roles/editor" in texts[0]
    assert "roles/storage.admin" in texts[1] and "until 2026" in texts[1]
    assert ["no roles" in remark.text for remark in replacing.remarks(LOADER, HeldRoles())] == [True]
    (unread,) = replacing.remarks(LOADER, HeldRoles(problem="Permission denied"))
    assert unread.warn and unread.text.endswith("Permission denied")
