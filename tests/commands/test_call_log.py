"""--debug and --log: a line for each cloud call, which never has a secret in it."""

import re
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.commands.conftest import IMPERSONATED, Answer, World
from tests.commands.gke import worlds as gke
from wizard.clouds import calls
from wizard.commands import call_log
from wizard.sandbox.process import Sandbox

LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (?P<client>[\w-]+) +(?P<operation>.+) (\S+) (\S+) \d+\.\d{3} s"
)


@pytest.fixture
def cluster(tmp_path: Path, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer]) -> Iterator[World]:
    """The GKE scenario."""
    with gke.served(tmp_path, gke.joined, gke.all_services) as sandbox:
        lead_here(sandbox)
        yield World(tmp_path, sandbox, wif)


def clients(text: str) -> set[str]:
    """The clients that have a line in a log, in which every line has the form of one."""
    lines = [LINE.fullmatch(line) for line in text.splitlines()]
    assert None not in lines, text
    return {line["client"] for line in lines if line}


def secrets(world: World) -> list[str]:
    """The operator's secrets in the sandbox, and what announces one."""
    variables = world.sandbox.variables
    token = Path(variables["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"]).read_text(encoding="utf-8").strip()
    return [variables["AWS_SECRET_ACCESS_KEY"], variables["AWS_ACCESS_KEY_ID"], token, "uthorization", "Bearer"]


def test_a_plan_logs_the_calls_of_google_and_aws(fresh: World) -> None:
    log = fresh.folder / "calls.log"
    assert fresh.wif("plan", fresh.setup(IMPERSONATED), "--log", str(log)).code == 2
    text = log.read_text(encoding="utf-8")
    assert clients(text) == {"google", "google-iam", "aws"}
    assert re.search(r"aws +iam\.GetRole \S+/ 404 ", text)
    assert re.search(r"google +GET \S+/v1/projects/acme-analytics 200 ", text)
    assert re.search(r"google-iam +gRPC \S+/google\.iam\.admin\.v1\.IAM/GetServiceAccount PERMISSION_DENIED ", text)
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_plan_logs_the_calls_to_a_cluster(cluster: World) -> None:
    log = cluster.folder / "calls.log"
    assert cluster.wif("plan", cluster.setup(gke.SETUP), "--log", str(log)).code == 2
    text = log.read_text(encoding="utf-8")
    assert "kubernetes" in clients(text)
    assert re.search(r"kubernetes +get serviceaccounts anti-fraud/scorer 203\.0\.113\.\d+ (ok|404) ", text)


def test_no_secret_and_no_value_of_a_query_is_logged(fresh: World) -> None:
    log = fresh.folder / "calls.log"
    setup = fresh.setup(IMPERSONATED)
    assert fresh.wif("apply", setup, "--yes", "--log", str(log)).code == 0
    assert fresh.wif("test", setup, "--from", "here", "--yes", "--log", str(log)).code == 0
    text = log.read_text(encoding="utf-8")
    assert clients(text) == {"google", "google-iam", "aws"}
    assert [each for each in secrets(fresh) if each in text] == []
    assert "?workloadIdentityPoolId " in text
    assert "=" not in text


def test_a_log_is_appended_to(world: World) -> None:
    log = world.folder / "calls.log"
    setup = world.setup()
    world.wif("plan", setup, "--log", str(log))
    once = log.read_text(encoding="utf-8")
    world.wif("plan", setup, "--log", str(log))
    assert log.read_text(encoding="utf-8").startswith(once)
    assert log.read_text(encoding="utf-8") != once


def test_debug_prints_the_calls_on_stderr_and_leaves_stdout_alone(world: World) -> None:
    setup = world.setup()
    answer = world.wif("plan", setup, "--debug", "--json")
    assert clients(answer.err) == {"google", "aws"}
    assert answer.json["format"] == 1
    assert world.wif("plan", setup).err == ""


def test_a_log_that_cannot_be_opened_is_bad_input(world: World) -> None:
    answer = world.wif("plan", world.setup(), "--log", str(world.folder))
    assert answer.code == 64
    assert f"--log: the wizard cannot write to {world.folder}: Is a directory; choose another file" in answer.err


def test_a_log_that_fills_its_disk_disturbs_no_call(world: World) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("/dev/full is not here")
    answer = world.wif("plan", world.setup(), "--log", "/dev/full")
    assert answer.code == 2
    assert answer.err == (
        "wif-wizard: the wizard cannot write to /dev/full: No space left on device; the wizard will not log any "
        "further API calls\n"
    )


@pytest.mark.parametrize(
    ("url", "place"),
    [
        (
            "https://iam.googleapis.com/v1/projects/a:b?updateMask=x&token=abc",
            "iam.googleapis.com/v1/projects/a:b?updateMask&token",
        ),
        ("http://user:password@127.0.0.1:80/x?secret", "127.0.0.1:80/x?secret"),
        ("https://sts.amazonaws.com", "sts.amazonaws.com"),
    ],
)
def test_a_place_has_the_names_of_a_query_only(url: str, place: str) -> None:
    assert calls.place(url) == place


def test_a_host_that_does_not_answer_is_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    heard = threading.Event()

    def complain(text: str) -> None:
        said.append(text)
        heard.set()

    monkeypatch.setattr(calls, "_UNUSUAL", 0.01)
    monkeypatch.setattr("wizard.commands.output.complain", complain)
    with call_log.waiting(), calls.awaited("iam.amazonaws.com"):
        assert heard.wait(10)
        calls.WAITING.info("still waiting for a response of %s", "iam.amazonaws.com")
    assert said == ["wif-wizard: still waiting for a response of iam.amazonaws.com ..."]
    calls.WAITING.info("still waiting for a response of %s", "sts.amazonaws.com")
    assert len(said) == 1, "only while a command listens"
