"""The application's library: what it can reach, what it reports, and that no secret is in any outcome."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import google.auth.exceptions
import pytest

from tests.chain.fakes import FakeCloud, config, environment, refused
from tests.chain.outcomes import outcome_of, statuses
from tests.modes.aws.live.sandbox_world import World
from wizard.chain import child
from wizard.chain.hop import Outcome, verdict
from wizard.chain.slots import Stopped
from wizard.modes.aws.live import application, as_application
from wizard.modes.aws.live import walk as aws
from wizard.modes.aws.live.facts import AwsTest
from wizard.modes.aws.live.hops import AWS_CREDENTIALS
from wizard.modes.aws.live.places import Place, inside


@pytest.mark.parametrize(
    ("url", "link_local"),
    [
        ("https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/x:allowedLocations", True),
        ("http://169.254.169.254/latest/api/token", False),
        ("http://[fd00:ec2::254]/latest/api/token", False),
    ],
)
def test_no_other_host_is_reached(url: str, link_local: bool):
    known = ["127.0.0.1:8080", "169.254.169.254", "[fd00:ec2::254]"]
    with pytest.raises(google.auth.exceptions.TransportError, match="this test does not call"):
        as_application.OnlyKnownHosts(known, link_local)(url)


def test_only_the_checked_files_hosts_and_the_targets_are_known():
    test = AwsTest(config(), bigquery_project="acme-analytics", endpoints={"bigquery": "http://127.0.0.1:1/bq/v2"})
    assert application._hosts(test) == ["127.0.0.1:1", "sts.googleapis.com"]


def test_google_auths_own_words_are_kept(cloud: FakeCloud):
    rejected = "The given credential is rejected by the attribute condition."
    cloud.answers["/sts/v1/token"] = (400, {"error": "unauthorized_client", "error_description": rejected})
    environ = {**environment(cloud), "PATH": "/usr/bin:/bin"}
    outcome = application.run(AwsTest(config()), inside(environ), supplier=False)
    assert outcome.status == "failed"
    assert outcome.refusal and outcome.refusal.code == "OAuthError"
    assert f"Error code unauthorized_client: {rejected}" in outcome.refusal.message


def test_a_call_that_the_target_refuses_is_told(cloud: FakeCloud):
    cloud.answers["/bigquery/bigquery/v2/"] = refused(403, "PERMISSION_DENIED", "no")
    test = AwsTest(config(), bigquery_project="x")
    outcome = application.run(test, inside(environment(cloud)), supplier=True)
    assert outcome.refusal and outcome.refusal.code == "HTTP 403"


@pytest.mark.parametrize(
    ("runtime", "same", "needed"),
    [("batch-ec2", True, True), ("lambda", False, False), (None, False, True), (None, True, False)],
)
def test_a_supplier_is_needed_where_google_auth_does_not_look(runtime: str | None, same: bool, needed: bool):
    found = Outcome(AWS_CREDENTIALS, "ok", received={"google_auth": {"same": same}})
    assert application.needs_supplier(Place({}, runtime=runtime), found) is needed


def test_no_secret_is_in_any_outcome(world: World):
    keys = world.session()
    outcomes = aws.run(world.test(world.inside_config(account="loader")), inside(world.workload_environment(**keys)))
    text = json.dumps([outcome.as_json() for outcome in outcomes])
    assert verdict(outcomes).passed
    assert not [name for name, value in keys.items() if value in text]
    assert "ya29." not in text


def test_outcomes_come_while_the_probe_runs(cloud: FakeCloud):
    """When the first outcome is told, the last call has not been made."""
    calls: dict[str, int] = {}
    test = AwsTest(config())
    aws.run(test, inside(environment(cloud)), lambda each: calls.setdefault(each.hop.id, len(cloud.asked)))
    assert calls["config"] < calls["application"]


@pytest.fixture
def script(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "script.py"


def test_a_child_that_hangs_is_ended(script: Path):
    script.write_text("import threading; print('here', flush=True); threading.Event().wait()")
    lines: list[str] = []
    ended = child.run(script, "", {}, lines.append, timeout=0.5)
    assert (lines, ended.stderr) == (["here\n"], "the process did not finish within 0 s")


def test_a_child_is_ended_as_soon_as_a_stop_is_asked_for(script: Path):
    script.write_text("import os, threading; print(os.getpid(), flush=True); threading.Event().wait()")
    pids: list[int] = []
    stop = threading.Event()

    def on_line(line: str) -> None:
        pids.append(int(line))
        stop.set()

    with pytest.raises(Stopped):
        child.run(script, "", {}, on_line, timeout=60, stop=stop)
    assert not Path(f"/proc/{pids[0]}").exists()


def test_a_child_does_not_outlive_an_interrupt(script: Path):
    script.write_text("import os, threading; print(os.getpid(), flush=True); threading.Event().wait()")
    pids: list[int] = []

    def on_line(line: str) -> None:
        pids.append(int(line))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        child.run(script, "", {}, on_line, timeout=60)
    assert not Path(f"/proc/{pids[0]}").exists()


def test_a_bare_configuration_can_pass(cloud: FakeCloud):
    """Nothing is known of its target: that hop is not proven, does not fail the test, and is named."""
    outcomes = aws.run(AwsTest(config()), inside(environment(cloud)))
    assert statuses(outcomes)["permission"] == "not_proven"
    assert outcome_of(outcomes, "permission").reason == "the live test could not check any permission"
    assert verdict(outcomes).passed
    assert verdict(outcomes).not_proven == ("Permission on the target: the live test could not check any permission",)
