"""The welcome page: who you are, what was found, and an existing file; each may fail, in place."""

import json
from pathlib import Path

import pytest
from textual.widgets import Static

from screens.bridge import Failed, Recognised
from screens.messages import Detected
from screens.page import Page
from screens.session import Session
from screens.widgets.choices import Choices
from tests.commands.conftest import SETUP
from tests.screens.conftest import Open
from tests.screens.driving import LARGE, SMALL, Quiet, settled, tell, the_app, the_page, type_text, until
from tests.screens.frames import check, frame
from wizard.clouds.errors import CloudError, ExpiredCredentials, NoCredentials, RefusedCredentials, Unreachable
from wizard.clouds.identity import Identity
from wizard.federation.credential_config import credential_config
from wizard.federation.identifiers import PoolName, ProviderName
from wizard.sandbox.process import Sandbox
from wizard.setup.question import Found

FOUND = {
    "aws.region": Found("ap-northeast-1", "AWS profile prod"),
    "google.project": Found("acme-analytics", "gcloud config"),
}
OPERATOR = Identity("arn:aws:iam::111122223333:user/operator", "AWS profile prod", "111122223333")
HINT = "set AWS_PROFILE, sign in with `aws sso login`, or export AWS access keys"


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_while_the_clouds_are_asked(open_wizard: Open, size: tuple[int, int]) -> None:
    async with open_wizard(size, bridge=Quiet()) as pilot:
        await tell(pilot, Detected(FOUND))
        check(pilot.app, f"welcome-asking-{size[0]}x{size[1]}")


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_what_was_found_says_where_it_came_from(open_wizard: Open, size: tuple[int, int]) -> None:
    async with open_wizard(size, bridge=Quiet()) as pilot:
        google = Identity("operator@acme.example", "Application Default Credentials")
        await tell(pilot, Detected(FOUND), Recognised("aws", OPERATOR), Recognised("google", google))
        check(pilot.app, f"welcome-found-{size[0]}x{size[1]}")


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_without_credentials_and_network_the_page_says_so_in_place(
    open_wizard: Open, size: tuple[int, int]
) -> None:
    none = NoCredentials("sts", "get_caller_identity", None, "NoCredentialsError", "Unable to locate credentials", HINT)
    silent = Unreachable("oauth2.googleapis.com", "POST /tokeninfo", None, "ConnectionError", "Network is unreachable")
    async with open_wizard(size, bridge=Quiet()) as pilot:
        await tell(pilot, Detected({}), Failed(none, "recognise aws"), Failed(silent, "recognise google"))
        check(pilot.app, f"welcome-nobody-{size[0]}x{size[1]}")
        await pilot.press("enter")
        await pilot.pause()
        assert the_page(pilot).page_id == "aws-workload", "typing goes on"


async def test_expired_and_refused_credentials_are_told_apart_and_have_no_tick(open_wizard: Open) -> None:
    ended = ExpiredCredentials("sts", "get_caller_identity", 403, "ExpiredToken", "x", "aws sso login --profile prod")
    refused = RefusedCredentials("google", "credentials", 401, "CREDENTIALS_REFUSED", "x", "gcloud auth login")
    async with open_wizard(LARGE, bridge=Quiet()) as pilot:
        await tell(pilot, Detected({}), Failed(ended, "recognise aws"), Failed(refused, "recognise google"))
        shown = frame(pilot.app)
    assert "the credentials have expired" in shown and "aws sso login --profile prod" in shown
    assert "the cloud did not accept the credentials" in shown and "gcloud auth login" in shown
    assert "✓" not in shown


async def test_looking_again_asks_again(open_wizard: Open) -> None:
    quiet = Quiet()
    async with open_wizard(SMALL, bridge=quiet) as pilot:
        await tell(pilot, Failed(CloudError("sts", "x", 403, "AccessDenied", "no"), "recognise aws"))
        assert "✗" in frame(pilot.app)
        await pilot.press("ctrl+r")
        await pilot.pause()
        assert "✗" not in frame(pilot.app) and quiet.asked.count("detect") == 2


async def test_in_a_sandbox_everything_is_found(open_wizard: Open, sandboxed: Sandbox) -> None:
    assert sandboxed.pid
    async with open_wizard(LARGE) as pilot:
        await until(pilot, lambda: "arn:aws:iam::111122223333:user/operator" in frame(pilot.app))
        await until(pilot, lambda: "operator@acme.example" in frame(pilot.app))
        answers = the_app(pilot).session.answers
        assert answers.text("aws.account") == "111122223333"
        assert answers.text("google.project") == "acme-analytics"


async def test_a_setup_file_is_read_while_its_name_is_typed(open_wizard: Open, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(SETUP, encoding="utf-8")
    async with open_wizard(SMALL) as pilot:
        await settled(pilot)
        await pilot.press("down", "down", "down", "enter")
        await type_text(pilot, "mine.yam")
        await until(pilot, lambda: "the setup file does not exist" in frame(pilot.app))
        await type_text(pilot, "l")
        await until(pilot, lambda: "✓ rds-to-bigquery in 111122223333 -> acme-analytics" in frame(pilot.app))
        await pilot.press("enter")
        await until(pilot, lambda: the_page(pilot).page_id == "review")
        session = the_app(pilot).session
        assert session.source == Path("mine.yaml")
        assert session.answers.text("aws.role") == "rds-to-bigquery"
        assert {"welcome", "aws-workload", "aws-project", "aws-trust", "aws-access"} <= session.done


async def test_every_problem_of_a_setup_file_is_shown_with_its_line(open_wizard: Open, tmp_path: Path) -> None:
    broken = SETUP.replace('"111122223333"', '"1111"').replace("pool: aws-prod", "pool: A")
    (tmp_path / "setup.yaml").write_text(broken, encoding="utf-8")
    async with open_wizard(LARGE, bridge=None, session=Session(setup=Path("setup.yaml"))) as pilot:
        await until(pilot, lambda: "line 3: aws.account" in frame(pilot.app))
        assert "line 4: google.pool" in frame(pilot.app)
        await pilot.press("f8")
        await pilot.pause()
        assert the_page(pilot).page_id == "welcome"
        await until(pilot, lambda: "(1 of 2)" in frame(pilot.app))


async def test_a_setup_file_in_this_folder_is_offered(open_wizard: Open, tmp_path: Path) -> None:
    (tmp_path / "setup.yaml").write_text(SETUP, encoding="utf-8")
    async with open_wizard(SMALL) as pilot:
        await until(pilot, lambda: "✓ rds-to-bigquery" in frame(pilot.app))
        assert pilot.app.query_one(Choices).value == "file"
        await pilot.press("up", "up", "up")
        await pilot.pause()
        assert "Which setup file?" not in frame(pilot.app)
        await pilot.press("f8")
        await pilot.pause()
        assert the_page(pilot).page_id == "aws-workload"
        assert the_app(pilot).session.answers.text("aws.role") == ""


CONFIG = credential_config(ProviderName(PoolName("123456789012", "aws-prod"), "aws-111122223333"))


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (CONFIG, "run `wif-wizard test config.json` to test the credential configuration"),
        ({"type": "service_account", "private_key": "x"}, "the file contains a service account key"),
        ({"apiVersion": "v1", "kind": "Config"}, "the file contains a kubeconfig, not a setup"),
    ],
)
async def test_a_file_that_is_not_a_setup_is_named(
    open_wizard: Open, tmp_path: Path, document: dict[str, object], says: str
) -> None:
    (tmp_path / "config.json").write_text(json.dumps(document), encoding="utf-8")
    async with open_wizard(LARGE, bridge=None, session=Session(setup=Path("config.json"))) as pilot:
        await until(pilot, lambda: says in str(the_page(pilot).query_one("#setup-status", Static).render()))
        await pilot.press("f8")
        await pilot.pause()
        assert the_page(pilot).page_id == "welcome"


async def test_a_problem_stays_explained_when_something_else_was_read(open_wizard: Open, tmp_path: Path) -> None:
    (tmp_path / "setup.yaml").write_text(SETUP.replace("pool: aws-prod", "pool: A"), encoding="utf-8")
    async with open_wizard(LARGE, session=Session(setup=Path("setup.yaml"))) as pilot:
        await until(pilot, lambda: "line 4: google.pool" in frame(pilot.app))
        await pilot.press("f8")
        explained = str(pilot.app.query_one("#missing", Static).content)
        assert "google.pool" in explained
        the_page(pilot).post_message(Page.Changed())
        await settled(pilot)
        assert str(pilot.app.query_one("#missing", Static).content) == explained
