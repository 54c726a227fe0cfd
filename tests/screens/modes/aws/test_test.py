"""The live test on its page: asked for, walked, settled, failed, cancelled, and in worlds that are broken."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import yaml
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Static

from screens import bridge
from screens.bridge import ConsentNeeded, Failed, OutcomeHappened, ProgressHappened
from screens.modes.aws.test import AwsTestPage
from screens.session import Session
from screens.test import BUSY
from screens.widgets.chain_picture import ChainPicture
from screens.widgets.dialogs import TextDialog, YesNoDialog
from screens.widgets.error_panel import ErrorPanel
from screens.widgets.hop_details import HopDetails
from screens.widgets.long_text import LongText
from tests.commands import test_broken_worlds as worlds
from tests.commands.conftest import IMPERSONATED, SETUP
from tests.in_full import first
from tests.oracles.by_hand import aws_worlds
from tests.screens.conftest import Open
from tests.screens.driving import LARGE, SMALL, WALKS, Quiet, the_page, until
from tests.screens.frames import check, frame
from tests.screens.worlds import at_rest, opened_in, session_of, show
from wizard.chain.hop import EXCHANGE, IMPERSONATION, NETWORK, PERMISSION, Outcome, Refusal, Settling
from wizard.chain.report import skipped
from wizard.clouds.session import Clouds
from wizard.modes.aws.live import hops
from wizard.modes.aws.live.test import consent_for
from wizard.modes.aws.live.trusted import NeedsTrust
from wizard.sandbox.process import Sandbox
from wizard.setup.problems import BadInput
from wizard.work import applying, opening, planning

SIZES = [SMALL, LARGE]
CALLER = "arn:aws:iam::111122223333:user/operator"
STATEMENT = {
    "Sid": "WifWizardLiveTest0123abcd",
    "Effect": "Allow",
    "Principal": {"AWS": CALLER},
    "Action": "sts:AssumeRole",
    "Condition": {"DateLessThan": {"aws:CurrentTime": "2026-01-02T03:34:05Z"}},
}
CONSENT = consent_for(NeedsTrust("rds-to-bigquery", CALLER, STATEMENT))
OK = [
    Outcome(
        hops.CONFIG,
        "ok",
        ("the credential configuration is valid, and names the provider aws-111122223333 in aws-prod",),
    ),
    Outcome(hops.AWS_CREDENTIALS, "ok", ("the role trusts ecs-tasks.amazonaws.com",), elapsed=0.006),
    Outcome(NETWORK, "ok", ("sts.googleapis.com: reached",), elapsed=0.03),
    Outcome(hops.CALLER_IDENTITY, "ok", ("AWS identifies the caller",), elapsed=0.002),
    Outcome(hops.PRINCIPAL, "ok", ("subject arn:aws:sts::111122223333:assumed-role/rds-to-bigquery/0123",)),
    Outcome(EXCHANGE, "ok", ("the token service issued a federated token that is valid for 3600 s",), elapsed=0.061),
    Outcome(IMPERSONATION, "skipped", reason="access is direct"),
    Outcome(PERMISSION, "ok", ("bigquery.jobs.create is granted on acme-analytics",), elapsed=0.014),
    Outcome(hops.APPLICATION, "ok", ("google-auth works",), elapsed=1.21),
]
REFUSED = Outcome(
    EXCHANGE,
    "failed",
    ("asked sts.googleapis.com [b]for a token[/x]",),
    "the provider's attribute condition rejects the caller",
    "let the condition name the role rds-to-bigquery, or give the workload the role that it names",
    0.061,
    {"audience": "//iam.googleapis.com/projects/1/…"},
    {},
    Refusal("unauthorized_client", "The given credential is rejected by the [attribute][/condition]."),
)


def name_of(what: str, size: tuple[int, int]) -> str:
    """The name of a frame."""
    return f"{what}-{size[0]}x{size[1]}"


async def tell(pilot: Pilot[int], *messages: Message) -> None:
    """Let the test report."""
    for message in messages:
        the_page(pilot).post_message(message)
    await at_rest(pilot)


async def on_page(pilot: Pilot[int], folder: Path, session: Session, text: str = SETUP) -> Quiet:
    """The test page of a setup that is open, on which nothing happens by itself."""
    session.opened = opened_in(folder, text)
    quiet = Quiet(session)
    await show(pilot, "aws-test", quiet)
    await at_rest(pilot)
    return quiet


@pytest.mark.parametrize("size", SIZES)
async def test_the_way_is_drawn_before_anything_is_walked(
    open_wizard: Open, tmp_path: Path, size: tuple[int, int]
) -> None:
    session = session_of(tmp_path)
    async with open_wizard(size, session) as pilot:
        await on_page(pilot, tmp_path, session)
        check(pilot.app, name_of("test-ready", size))


@pytest.mark.parametrize("size", SIZES)
async def test_the_picture_fills_while_the_chain_is_walked_and_ends_with_what_now(
    open_wizard: Open, tmp_path: Path, size: tuple[int, int]
) -> None:
    session = session_of(tmp_path)
    async with open_wizard(size, session) as pilot:
        quiet = await on_page(pilot, tmp_path, session)
        await pilot.press("enter")  # the Test button has the focus
        assert quiet.asked[-1] == "test"
        await tell(pilot, *(OutcomeHappened(each) for each in OK[:5]))
        refusal = Refusal("invalid_target", "The target service [x]")
        await tell(pilot, ProgressHappened(Settling(EXCHANGE, 75.0, refusal)))
        check(pilot.app, name_of("test-settling", size))
        await tell(pilot, *(OutcomeHappened(each) for each in OK[5:]), bridge.Tested({"": OK}))
        check(pilot.app, name_of("test-passed", size))
        assert "aws-test" in session.done


@pytest.mark.parametrize("size", WALKS)
async def test_what_was_not_proven_is_named_on_the_page_and_on_result(
    open_wizard: Open, tmp_path: Path, size: tuple[int, int]
) -> None:
    name = "roles/billing.user on acme-analytics: Google Cloud cannot test any permission of the role on a project"
    session = session_of(tmp_path)
    async with open_wizard(size, session) as pilot:
        await on_page(pilot, tmp_path, session)
        await pilot.press("enter")
        hop = replace(OK[7], unproven=(name,), notes=("a note on the roles",)).as_not_proven(name, None, (name,))
        outcomes = [*OK[:7], hop, OK[8]]
        await tell(pilot, *(OutcomeHappened(each) for each in outcomes), bridge.Tested({"": outcomes}))
        verdict = str(the_page(pilot).query_one("#test-verdict", Static).content)
        assert verdict.splitlines()[1:] == [f"? {name}", "! a note on the roles"]
        assert "could not prove everything" in verdict and "✓" not in verdict
        assert session.verdict is not None and session.verdict.not_proven == (name,)
        page = await show(pilot, "aws-result")
        await at_rest(pilot)
        assert str(page.query_one("#result-verdict", Static).content).endswith(f"Not proven: {name}")


@pytest.mark.parametrize("size", SIZES)
async def test_a_failed_hop_is_open_with_the_clouds_words_the_reason_and_what_to_do(
    open_wizard: Open, tmp_path: Path, size: tuple[int, int]
) -> None:
    session = session_of(tmp_path)
    async with open_wizard(size, session) as pilot:
        quiet = await on_page(pilot, tmp_path, session)
        await pilot.press("t")
        outcomes = [*OK[:5], REFUSED, *(skipped(each.hop, EXCHANGE) for each in OK[6:])]
        await tell(pilot, *(OutcomeHappened(each) for each in outcomes), bridge.Tested({"": outcomes}))
        check(pilot.app, name_of("test-failed", size))
        assert "aws-test" not in session.done
        await pilot.press("c")
        assert "rejected by the [attribute][/condition]" in pilot.app.clipboard
        await pilot.press("r")
        assert isinstance(pilot.app.screen, TextDialog)
        raw = str(pilot.app.screen.query_one(".verbatim", LongText).render())
        assert '"audience": "//iam.googleapis.com/projects/1/…"' in raw
        await pilot.press("escape", "t")
        assert quiet.asked.count("test") == 2
        assert not the_page(pilot).query_one(HopDetails).children


async def test_the_page_says_what_could_not_even_begin(open_wizard: Open, tmp_path: Path) -> None:
    session = session_of(tmp_path)
    async with open_wizard(SMALL, session) as pilot:
        await on_page(pilot, tmp_path, session)
        await pilot.press("t")
        missing = "config.json does not exist; run `wif-wizard apply SETUP.yaml` to write the file [/x]"
        await tell(pilot, Failed(BadInput(missing), "test"))
        check(pilot.app, "test-broken-80x24")
        assert the_page(pilot).query_one(ErrorPanel).display


@pytest.mark.parametrize("size", WALKS)
async def test_consent_is_asked_for_with_no_as_the_default(
    open_wizard: Open, tmp_path: Path, size: tuple[int, int]
) -> None:
    session = session_of(tmp_path)
    async with open_wizard(size, session) as pilot:
        quiet = await on_page(pilot, tmp_path, session)
        await pilot.press("t")
        await tell(pilot, ConsentNeeded(CONSENT))
        assert isinstance(pilot.app.screen, YesNoDialog)
        check(pilot.app, name_of("test-consent", size))
        await pilot.press("enter")
        await at_rest(pilot)
        status = str(the_page(pilot).query_one("#test-now", Static).content)
        assert "The wizard did not change the trust policy, and did not run the test." in status
        assert quiet.asked.count("test") == 1
        await pilot.press("t")
        await tell(pilot, ConsentNeeded(CONSENT))
        await pilot.press("y")
        assert quiet.asked.count("test") == 3
        assert state(pilot) == "running"


async def test_consent_is_asked_for_once(open_wizard: Open, tmp_path: Path) -> None:
    session = session_of(tmp_path)
    later = {**STATEMENT, "Condition": {"DateLessThan": {"aws:CurrentTime": "2026-11-30T12:00:00Z"}}}
    again, other = (consent_for(NeedsTrust(role, CALLER, later)) for role in ("rds-to-bigquery", "another-role"))
    async with open_wizard(SMALL, session) as pilot:
        quiet = await on_page(pilot, tmp_path, session)
        await pilot.press("t")
        await tell(pilot, ConsentNeeded(CONSENT))
        await pilot.press("y")
        await tell(pilot, bridge.TestStopped())
        await pilot.press("t")
        await tell(pilot, ConsentNeeded(again))
        assert not isinstance(pilot.app.screen, YesNoDialog)
        assert state(pilot) == "running"
        assert quiet.asked.count("test") == 4
        await tell(pilot, ConsentNeeded(other))
        assert isinstance(pilot.app.screen, YesNoDialog)


async def test_the_test_can_be_cancelled_and_what_comes_late_is_not_shown(open_wizard: Open, tmp_path: Path) -> None:
    session = session_of(tmp_path)
    async with open_wizard(SMALL, session) as pilot:
        await on_page(pilot, tmp_path, session)
        await pilot.press("t")
        await tell(pilot, OutcomeHappened(OK[0]))
        await pilot.press("x")
        assert state(pilot) == "stopping"
        await tell(pilot, OutcomeHappened(OK[1]))
        assert len(the_page(pilot).query_one(HopDetails).children) == 1
        await tell(pilot, bridge.TestStopped())
        assert "You cancelled the test." in frame(pilot.app)
        assert state(pilot) == "ready"
        assert the_page(pilot).query_one(ChainPicture).state("aws-credentials") == "open"


async def test_inside_the_workload_the_page_says_so(
    open_wizard: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "loader")
    session = session_of(tmp_path)
    async with open_wizard(SMALL, session) as pilot:
        await on_page(pilot, tmp_path, session)
        assert "This machine runs the workload" in frame(pilot.app)


async def test_another_setup_starts_with_a_clean_picture(open_wizard: Open, tmp_path: Path) -> None:
    session = session_of(tmp_path)
    async with open_wizard(SMALL, session) as pilot:
        await on_page(pilot, tmp_path, session)
        await pilot.press("t")
        await tell(pilot, *(OutcomeHappened(each) for each in OK), bridge.Tested({"": OK}))
        await show(pilot, "aws-result")
        await show(pilot, "aws-test")
        assert state(pilot) == "passed"  # coming back loses nothing
        await on_page(pilot, tmp_path, session, IMPERSONATED)
        assert state(pilot) == "ready"
        assert "bq-loader" in frame(pilot.app)


def state(pilot: Pilot[int]) -> str:
    """The state of the test page."""
    page = the_page(pilot)
    assert isinstance(page, AwsTestPage)
    return page.state


# In a sandbox


@pytest.fixture(scope="module")
def broken_sandbox() -> Iterator[Sandbox]:
    """One for all worlds: each is mended by applying again."""
    with Sandbox(arguments=["--steady"]) as sandbox:
        yield sandbox


@pytest.fixture
def led(broken_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment leads to the sandbox."""
    for name, value in broken_sandbox.variables.items():
        monkeypatch.setenv(name, value)


def make(folder: Path, text: str) -> Session:
    """Put everything in place, and a session on it."""
    session = session_of(folder, text)
    made = opening.open_in_memory(session.answers.to_setup(), folder)
    result = applying.apply(made, planning.review(made), lambda _: None)
    assert result.ok, [failure.error for failure in result.failures]
    return session


def statements() -> list[dict[str, Any]]:
    """The statements in the role's trust policy."""
    role = Clouds("acme-analytics", "ap-northeast-1").aws.call("iam", "get_role", RoleName="rds-to-bigquery")["Role"]
    found: list[dict[str, Any]] = role["AssumeRolePolicyDocument"]["Statement"]
    return found


async def walk(pilot: Pilot[int]) -> str:
    """Test from here, and consent; the state in the end."""
    await pilot.press("h")
    await until(pilot, lambda: isinstance(pilot.app.screen, YesNoDialog) or state(pilot) not in BUSY)
    if isinstance(pilot.app.screen, YesNoDialog):
        await pilot.press("y")
    await until(pilot, lambda: state(pilot) not in BUSY)
    await at_rest(pilot)
    return state(pilot)


FIXES = {
    worlds.wrong_account: "aws-111122223333 --account-id=111122223333; or run the workload in account 999988887777",
    worlds.provider_disabled: "the provider is disabled",
    worlds.pool_soft_deleted: "gcloud iam workload-identity-pools undelete projects/123456789012/",
    worlds.condition_names_another_role: "add the role rds-to-bigquery to the condition",
    worlds.binding_on_another_role: "grant roles/iam.workloadIdentityUser on",
    worlds.no_workload_identity_user: "--role=roles/iam.workloadIdentityUser",
    worlds.role_missing_on_the_target: "grant roles/bigquery",
    worlds.trust_for_another_service: "lets ecs-tasks.amazonaws.com assume",
}
"""What the page says is to be done in each broken world."""


@pytest.mark.usefixtures("led")
@pytest.mark.parametrize("broken", first(2, worlds.WORLDS), ids=lambda each: each.how.__name__)
async def test_in_a_broken_world_the_page_says_what_is_wrong_and_what_to_do(
    open_wizard: Open,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    broken: worlds.Broken,
) -> None:
    monkeypatch.setattr("wizard.work.testing.RECENT", 0.0)
    session = make(tmp_path, broken.setup)
    broken.how(Clouds("acme-analytics", "ap-northeast-1"))
    async with open_wizard(SMALL, session, page="aws-test") as pilot:
        assert await walk(pilot) == "failed"
        line = the_page(pilot).query_one(HopDetails).line(broken.hop)
        assert line is not None
        assert line.is_open
        assert pilot.app.focused is line
        assert FIXES[broken.how] in line.text
        assert broken.reason in line.text
        assert broken.cloud is None or broken.cloud in line.text
        assert line.region.y >= the_page(pilot).region.y  # its head is in view
        assert the_page(pilot).query_one(ChainPicture).state(broken.hop) == "failed"
        make(tmp_path, broken.setup)
        assert await walk(pilot) == "passed"
    assert [each.get("Sid") for each in statements() if str(each.get("Sid")).startswith("WifWizardLiveTest")] == []


@pytest.mark.usefixtures("fresh")
async def test_cancelling_takes_the_statement_out_again(open_wizard: Open, tmp_path: Path) -> None:
    session = make(tmp_path, SETUP)
    worlds.condition_names_another_role(Clouds("acme-analytics", "ap-northeast-1"))  # refused; the provider is young
    async with open_wizard(SMALL, session, page="aws-test") as pilot:
        await pilot.press("h")
        await until(pilot, lambda: isinstance(pilot.app.screen, YesNoDialog))
        await pilot.press("y")
        await until(pilot, lambda: the_page(pilot).query_one(ChainPicture).state("exchange") == "settling")
        assert any(str(each.get("Sid")).startswith("WifWizardLiveTest") for each in statements())
        await pilot.press("x")
        await until(pilot, lambda: state(pilot) == "ready")
    assert not any(str(each.get("Sid")).startswith("WifWizardLiveTest") for each in statements())


@pytest.mark.usefixtures("fresh")
async def test_leaving_in_the_middle_takes_the_statement_out_too(open_wizard: Open, tmp_path: Path) -> None:
    session = make(tmp_path, SETUP)
    worlds.condition_names_another_role(Clouds("acme-analytics", "ap-northeast-1"))
    async with open_wizard(SMALL, session, page="aws-test") as pilot:
        await pilot.press("h")
        await until(pilot, lambda: isinstance(pilot.app.screen, YesNoDialog))
        await pilot.press("y")
        await until(pilot, lambda: the_page(pilot).query_one(ChainPicture).state("exchange") == "settling")
        await pilot.press("ctrl+q")
    deadline = monotonic() + 10
    while any(str(each.get("Sid")).startswith("WifWizardLiveTest") for each in statements()):
        assert monotonic() < deadline


@pytest.mark.usefixtures("fresh")
async def test_the_first_choice_is_a_one_off_job(open_wizard: Open, tmp_path: Path) -> None:
    session = make(tmp_path, SETUP)
    async with open_wizard(SMALL, session, page="aws-test") as pilot:
        assert "one-off task" in frame(pilot.app)
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, YesNoDialog))
        assert "Start a one-off job for this test?" in frame(pilot.app)
        await pilot.press("y")
        await until(pilot, lambda: state(pilot) not in BUSY)
        await at_rest(pilot)
        assert state(pilot) == "passed"
        verdict = str(the_page(pilot).query_one("#test-verdict", Static).content)
        assert "with the workload's role, press h" in verdict
        line = the_page(pilot).query_one(HopDetails).line("task")
        assert line is not None
        assert "log group /aws/batch/job" in line.text
    batch = Clouds("acme-analytics", "ap-northeast-1").aws
    assert batch.call("batch", "describe_job_definitions", status="ACTIVE")["jobDefinitions"] == []


@pytest.mark.usefixtures("fresh")
async def test_cancelling_removes_the_one_off_job(open_wizard: Open, tmp_path: Path) -> None:
    session = make(tmp_path, SETUP)
    worlds.condition_names_another_role(Clouds("acme-analytics", "ap-northeast-1"))  # refused; the provider is young
    aws = Clouds("acme-analytics", "ap-northeast-1").aws
    async with open_wizard(SMALL, session, page="aws-test") as pilot:
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, YesNoDialog))
        await pilot.press("y")
        await until(pilot, lambda: the_page(pilot).query_one(ChainPicture).state("exchange") == "settling")
        assert aws.call("batch", "describe_job_definitions", status="ACTIVE")["jobDefinitions"]
        await pilot.press("x")
        await until(pilot, lambda: state(pilot) == "ready")
    assert aws.call("batch", "describe_job_definitions", status="ACTIVE")["jobDefinitions"] == []


INSTANCE = "i-0abc0abc0abc0abc0"
ON_EC2 = SETUP.replace("runtime: batch-fargate", f"runtime: ec2, imdsv2: true, instance: {INSTANCE}")


@pytest.fixture
def with_an_instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clouds]:
    """A sandbox whose account has an instance."""
    instances = {"instances": [{"id": INSTANCE, "metadata_options": {"HttpTokens": "required"}}]}
    path = tmp_path / "world.yaml"
    path.write_text(yaml.safe_dump(aws_worlds.scenario(aws=instances)), encoding="utf-8")
    with Sandbox(str(path), ["--steady"]) as sandbox:
        for name, value in sandbox.variables.items():
            monkeypatch.setenv(name, value)
        yield Clouds("acme-analytics", "ap-northeast-1")


async def test_the_first_choice_on_ec2_is_the_instance_of_the_setup(
    open_wizard: Open, with_an_instance: Clouds, tmp_path: Path
) -> None:
    session = make(tmp_path, ON_EC2)
    policy = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    with_an_instance.aws.call("iam", "attach_role_policy", RoleName="rds-to-bigquery", PolicyArn=policy)
    async with open_wizard(LARGE, session, page="aws-test") as pilot:
        about = str(the_page(pilot).query_one("#test-about", Static).content)
        assert f"AWS Systems Manager runs the test on the instance {INSTANCE}" in about
        await pilot.press("t")
        await until(pilot, lambda: "Run the test on an instance of the workload?" in frame(pilot.app))
        await pilot.press("y")
        await until(pilot, lambda: state(pilot) not in BUSY)
        await at_rest(pilot)
        assert state(pilot) == "passed"
        line = the_page(pilot).query_one(HopDetails).line("task")
        assert line is not None
        assert f"AWS Systems Manager ran the probe on the instance {INSTANCE}" in line.text


@pytest.mark.usefixtures("led")
async def test_without_an_instance_in_the_setup_the_test_on_ec2_runs_from_here(
    open_wizard: Open, tmp_path: Path
) -> None:
    session = session_of(tmp_path, ON_EC2.replace(f", instance: {INSTANCE}", ""))
    async with open_wizard(LARGE, session, page="aws-test") as pilot:
        about = str(the_page(pilot).query_one("#test-about", Static).content)
        assert about.startswith("The test runs here, on this machine")
