"""`wif-wizard probe` prints one file, and `test --from-output` judges what it wrote in the workload."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.chain.fakes import SECRET
from tests.commands.conftest import SETUP, World
from tests.modes.aws.live import sandbox_world

OLD_PYTHON = Path("~/.pyenv/versions/3.8.18/bin/python").expanduser()
WORKLOAD_VARIABLES = ("HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")
ALL = (
    "config",
    "aws-credentials",
    "network",
    "caller-identity",
    "principal",
    "exchange",
    "impersonation",
    "permission",
    "application",
)


@pytest.fixture
def applied(world: World) -> str:
    """A setup that is applied; its path."""
    file = world.setup(SETUP)
    assert world.wif("apply", file, "--yes").code == 0
    return file


def session(world: World) -> dict[str, str]:
    """The keys of a task with the workload's role, as variables."""
    made = sandbox_world.World(world.sandbox.variables)
    subnet = made.aws.call("ec2", "describe_subnets")["Subnets"][0]["SubnetId"]
    definition = {
        "family": "loader-of-the-test",
        "taskRoleArn": f"arn:aws:iam::{sandbox_world.ACCOUNT}:role/{sandbox_world.ROLE}",
        "containerDefinitions": [{"name": "app", "image": "app", "memory": 128}],
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
    }
    made.aws.call("ecs", "create_cluster", clusterName="default")
    made.aws.call("ecs", "register_task_definition", **definition)
    started = made.aws.call(
        "ecs",
        "run_task",
        cluster="default",
        taskDefinition="loader-of-the-test",
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet]}},
    )
    arn = started["tasks"][0]["taskArn"]
    return made.environment_of(arn, "full")


def run_in_the_workload(world: World, probe: Path, python: Path = Path(sys.executable), **more: str) -> str:
    """Run a printed probe as a task would, and return what it wrote."""
    kept = {name: world.sandbox.variables[name] for name in WORKLOAD_VARIABLES}
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_REGION": sandbox_world.REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        **kept,
        "GOOGLE_APPLICATION_CREDENTIALS": str(world.config),
        **session(world),
        **more,
    }
    done = subprocess.run(
        [str(python), "-I", "-S", str(probe)],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout


def printed(world: World, *arguments: str) -> Path:
    """The printed probe as a file."""
    answer = world.wif("probe", *arguments)
    assert answer.code == 0, answer.err
    path = world.folder / "probe.py"
    path.write_text(answer.out, encoding="utf-8")
    return path


@pytest.fixture
def output(world: World, applied: str) -> str:
    """What the probe of the setup wrote in the workload."""
    return run_in_the_workload(world, printed(world, applied))


def judged(world: World, text: str, *options: str) -> Any:
    """Judge an output; the answer of the command."""
    file = world.folder / "output.txt"
    file.write_text(text, encoding="utf-8")
    return world.wif("test", str(world.folder / "setup.yaml"), "--from-output", str(file), *options)


def test_the_printed_file_has_the_syntax_of_python_3_8_and_no_secret(
    world: World, applied: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", os.environ.get("AWS_SECRET_ACCESS_KEY", SECRET))
    text = printed(world, applied).read_text(encoding="utf-8")
    ast.parse(text, feature_version=(3, 8))
    for name, value in os.environ.items():
        if "SECRET" in name or "TOKEN" in name or "PASSWORD" in name:
            assert value not in text


@pytest.mark.parametrize("python", [Path(sys.executable), OLD_PYTHON], ids=["this Python", "Python 3.8"])
def test_it_runs_in_the_workload_with_nothing_installed_and_its_output_is_judged(
    world: World, applied: str, python: Path
) -> None:
    if not python.exists():
        pytest.skip("no such Python here")
    output = run_in_the_workload(world, printed(world, applied), python)
    answer = judged(world, output, "--json")
    assert answer.code == 0, answer.err
    hops = {hop["hop"]: hop for hop in answer.json["hops"]}
    assert tuple(hops) == ALL
    has_library = python != OLD_PYTHON
    without = {} if has_library else {"application": "not_proven"}
    assert {name: hop["status"] for name, hop in hops.items() if hop["status"] != "ok"} == {
        "impersonation": "skipped",
        **without,
    }
    assert (answer.json["passed"], answer.json["place"]) == (True, "output")
    if has_library:
        assert answer.json["not_proven"] == []
        assert "backed by botocore got a token" in hops["application"]["evidence"][0]
    else:
        assert answer.json["not_proven"] == [
            "The application's library: the Python installation that ran the probe script has no auth library (No "
            "module named 'google')"
        ]
    network = hops["network"]
    assert [each["host"] for each in network["received"]["hosts"]] == [
        "sts.googleapis.com",
        "cloudresourcemanager.googleapis.com",
        "bigquery.googleapis.com",
    ]
    assert "the TLS certificate is from" in network["evidence"][0]
    assert "subject arn:aws:sts::111122223333:assumed-role/rds-to-bigquery" in hops["principal"]["evidence"][0]
    assert "The probe ran".lower() in "".join(hops["config"]["evidence"])


@pytest.mark.usefixtures("applied")
def test_without_a_setup_it_tests_what_the_workload_has(world: World) -> None:
    answer = judged(world, run_in_the_workload(world, printed(world)), "--json")
    hops = {hop["hop"]: hop["status"] for hop in answer.json["hops"]}
    assert (hops["exchange"], hops["permission"]) == ("ok", "not_proven")
    assert any("print and run a new script" in each for each in answer.json["not_proven"])
    alone = world.wif("test", str(world.config), "--from-output", str(world.folder / "output.txt"), "--json")
    assert {hop["hop"]: hop["status"] for hop in alone.json["hops"]}["exchange"] == "ok"


def test_strict_and_junit_hold_for_an_output_too(world: World, output: str) -> None:
    report = world.folder / "report.xml"
    assert judged(world, output, "--strict", "--junit", str(report)).code == 0
    assert "<failure" not in report.read_text(encoding="utf-8")
    without_library = "".join(line for line in output.splitlines(True) if '"hop": "application"' not in line)
    assert without_library != output
    assert judged(world, without_library, "--strict", "--junit", str(report)).code == 1
    assert "the probe script runs without the application and its auth library" in report.read_text(encoding="utf-8")


def test_a_failed_step_has_its_cause_and_its_fix(world: World, applied: str) -> None:
    output = run_in_the_workload(world, printed(world, applied), AWS_CONTAINER_CREDENTIALS_FULL_URI="")
    answer = judged(world, output)
    assert answer.code == 1
    assert "✗" in answer.err + answer.out
    assert "check that the task has a task role" in answer.err + answer.out


def test_another_file_in_the_image_is_named(world: World, applied: str) -> None:
    other = world.folder / "other.json"
    document = json.loads(world.config.read_text(encoding="utf-8"))
    other.write_text(json.dumps({**document, "token_info_url": "https://sts.googleapis.com/v2"}), encoding="utf-8")
    probe = printed(world, applied)
    output = run_in_the_workload(world, probe, GOOGLE_APPLICATION_CREDENTIALS=str(other))
    (config,) = (hop for hop in judged(world, output, "--json").json["hops"] if hop["hop"] == "config")
    assert any("differ from the probe script's credential configuration" in line for line in config["evidence"])
    unset = run_in_the_workload(world, probe, GOOGLE_APPLICATION_CREDENTIALS="")
    (config,) = (hop for hop in judged(world, unset, "--json").json["hops"] if hop["hop"] == "config")
    assert config["status"] == "not_proven"


PREFIXES: dict[str, Callable[[str], str]] = {
    "CloudWatch": lambda line: f"2026-01-02T03:04:05.678Z loader/app/0123456789abcdef {line}",
    "kubectl": lambda line: f"[pod/probe/app] {line}\r",
    "docker": lambda line: json.dumps({"log": line + "\n", "stream": "stdout", "time": "2026-01-02T03:04:05Z"}),
    "aws logs get-log-events": lambda line: f'      "message": {json.dumps(line)},',
}


@pytest.mark.parametrize("prefix", PREFIXES)
def test_the_lines_of_a_log_are_read(world: World, output: str, prefix: str) -> None:
    lines = ["starting the task", *output.splitlines(), "bye"]
    assert judged(world, "\n".join(map(PREFIXES[prefix], lines))).code == 0


def test_it_is_read_from_stdin(world: World, output: str) -> None:
    command = [sys.executable, "-m", "wizard", "test", str(world.folder / "setup.yaml"), "--from-output", "-"]
    done = subprocess.run(command, input=output, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_the_last_of_several_runs_counts_and_an_old_one_is_said(world: World, output: str) -> None:
    first, *_ = output.splitlines()
    started = json.loads(first)["time"]
    old = output.replace(started, "2026-01-02T03:04:05Z")
    answer = judged(world, f"{output}\n{old}", "--json")
    assert [note for note in answer.json["notes"] if "the output of the probe is" in note]
    assert "2 runs" in json.dumps(answer.json["hops"][0]["evidence"])
    ahead = output.replace(started, "2196-01-02T03:04:05Z")
    assert [note for note in judged(world, ahead, "--json").json["notes"] if "ahead of the clock" in note]


def _other_shape(output: str, change: Callable[[dict[str, Any]], None]) -> str:
    """The output with the same change made to each step."""
    header, *lines = output.splitlines()
    records = [json.loads(line) for line in lines]
    for record in records:
        change(record)
    return "\n".join([header, *map(json.dumps, records)])


BROKEN: dict[str, tuple[Callable[[str], str], str]] = {
    "nothing": (lambda _: "", "does not contain the output of a probe script"),
    "another log": (lambda _: "started\nstopped\n" * 3, "does not contain the output of a probe script"),
    "cut between lines": (lambda text: "\n".join(text.splitlines()[:4]), "ends after the step network"),
    "cut in a line": (lambda text: text[:-40], "is damaged"),
    "only its header": (lambda text: text.splitlines()[0], "has no steps"),
    "another format": (lambda text: text.replace('"probe": 1', '"probe": 9'), "has format 9"),
    "another setup": (lambda text: text.replace("role rds-to-bigquery", "role other"), "is for a different setup"),
    "another kind of workload": (lambda text: text.replace('"hop": "config"', '"hop": "metadata-server"'), "kind"),
    "no time": (lambda text: text.replace('"time": "2', '"time": "x'), "is damaged"),
    "evidence of another type": (lambda text: _other_shape(text, lambda it: it.update(evidence=[1])), "is damaged"),
    "an unknown status": (lambda text: _other_shape(text, lambda it: it.update(status="great")), "is damaged"),
    "an endless time": (lambda text: _other_shape(text, lambda it: it.update(elapsed=float("inf"))), "is damaged"),
    "received of another type": (lambda text: _other_shape(text, lambda it: it.update(received={})), "is damaged"),
    "an error that is a text": (lambda text: _other_shape(text, lambda it: it.update(error="no")), "is damaged"),
    "deeply nested": (lambda text: f"{text}\n" + '{"hop": ' + "[" * 100_000, "is damaged"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_any_other_output_is_one_clear_error(world: World, output: str, broken: str) -> None:
    change, words = BROKEN[broken]
    answer = judged(world, change(output))
    assert answer.code == 64
    assert words in answer.err
    assert len(answer.err.strip().splitlines()) == 1


def test_control_characters_in_an_output_are_made_visible(world: World, output: str) -> None:
    hostile = _other_shape(output, lambda record: record["evidence"].append("\x1b[2J\u202eevil"))
    answer = judged(world, hostile)
    assert "\x1b" not in answer.out + answer.err
    assert "\\x1b[2J\\u202eevil" in answer.out + answer.err


def test_a_file_that_cannot_be_read_is_said(world: World, applied: str) -> None:
    answer = world.wif("test", applied, "--from-output", str(world.folder / "none"))
    assert (answer.code, len(answer.err.strip().splitlines())) == (64, 1)
    assert world.wif("test", applied, "--from-output", "x", "--from", "here").code == 64
