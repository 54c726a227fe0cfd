"""`test --from task`: the live test in a one-off job of AWS Batch or task of ECS, which leaves nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import google.auth
import pytest
import yaml

from tests.commands.conftest import IMPERSONATED, SETUP, Answer, World
from tests.in_full import first
from wizard.clouds.aws import Aws
from wizard.commands import demo as demo_command
from wizard.commands.output import Console
from wizard.engine.journal import Journal, default_path
from wizard.modes.aws.live import leftovers
from wizard.modes.aws.live.task import batch, function, removal
from wizard.modes.aws.live.task.wanted import started as begun
from wizard.sandbox import scenario as scenarios
from wizard.sandbox.process import Sandbox

ACCOUNT, REGION, ROLE = "111122223333", "ap-northeast-1", "rds-to-bigquery"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"
EXECUTION = f"arn:aws:iam::{ACCOUNT}:role/ecsTaskExecutionRole"
SCENARIO = Path(__file__).parents[2] / "assets" / "scenarios" / "batch-bigquery.yaml"
TASK = {"name": "app", "image": "acme/load:1", "memory": 256}
MORE = {
    "instances": [{"metadata_options": {"HttpTokens": "required"}}],
    "clusters": ["main"],
    "container_instances": ["main"],
    "job_queues": ["nightly", {"name": "nightly-on-ec2", "type": "EC2"}],
    "task_definitions": [
        {
            "family": "load",
            "requiresCompatibilities": ["FARGATE"],
            "networkMode": "awsvpc",
            "cpu": "256",
            "memory": "512",
            "taskRoleArn": ROLE_ARN,
            "executionRoleArn": EXECUTION,
            "containerDefinitions": [TASK],
        },
        {"family": "on-ec2", "networkMode": "bridge", "taskRoleArn": ROLE_ARN, "containerDefinitions": [TASK]},
    ],
    "services": [
        {"cluster": "main", "serviceName": "loader", "taskDefinition": "load", "launchType": "FARGATE"},
        {"cluster": "main", "serviceName": "on-ec2", "taskDefinition": "on-ec2", "launchType": "EC2"},
    ],
}
RUNTIMES = {
    "batch-fargate": "",
    "batch-ec2": "",
    "ecs-fargate": ", task_definition: load",
    "ecs-ec2": ", task_definition: on-ec2",
    "lambda": "",
    "ec2": ", imdsv2: true",
}


NOT_IN_IMAGE = (
    "the image of the one-off task has no auth library (No module named 'google'). To test the library too, write "
    "the application's own image in the setup (probe: {image: IMAGE}), or run the test with --from here"
)
NO_LIBRARY = {
    "lambda": "the one-off function has no auth library. To test the library too, run the test with --from here",
    "ec2": "the test on the instance runs without an auth library. To test the library too, run the test with --from "
    "here, or with --from inside on the instance",
}


def every_runtime(folder: Path) -> str:
    """The demo's scenario, with everything that the four runtimes need; the path of its file."""
    document = yaml.safe_load(SCENARIO.read_text(encoding="utf-8"))
    document["aws"] |= MORE
    path = folder / "all-runtimes.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(every_runtime(tmp_path_factory.mktemp("scenario"))) as sandbox:
        yield sandbox


@pytest.fixture
def ours(
    tmp_path: Path,
    everywhere: Sandbox,
    lead_here: Callable[[Sandbox], None],
    wif: Callable[..., Answer],
    monkeypatch: pytest.MonkeyPatch,
) -> World:
    lead_here(everywhere)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return World(tmp_path, everywhere, wif)


def setup_for(runtime: str, text: str = SETUP) -> str:
    return text.replace("runtime: batch-fargate", f"runtime: {runtime}").replace(
        f"role: {ROLE}", f"role: {ROLE}{RUNTIMES[runtime]}"
    )


def operator() -> Aws:
    return Aws(os.environ, REGION)


def left_behind() -> list[str]:
    """What tests in a task have left in the account and in the journal."""
    aws = operator()
    jobs = aws.call("batch", "describe_job_definitions", status="ACTIVE")["jobDefinitions"]
    tasks = aws.call("ecs", "list_task_definitions", status="ACTIVE")["taskDefinitionArns"]
    groups = aws.call("logs", "describe_log_groups")["logGroups"]
    streams = [
        stream["logStreamName"]
        for group in groups
        for stream in aws.call("logs", "describe_log_streams", logGroupName=group["logGroupName"])["logStreams"]
    ]
    running = aws.call("ecs", "list_tasks", cluster="main")["taskArns"]
    names = [each["jobDefinitionName"] for each in jobs] + tasks + streams + [each["logGroupName"] for each in groups]
    functions = aws.call("lambda", "list_functions")["Functions"]
    names += [each["FunctionName"] for each in functions]
    journal = [each.name for each in Journal(default_path(os.environ)).abandoned()]
    return [name for name in names if "wif-wizard" in name] + running + journal


def manage_the_instance() -> None:
    """Give the instance the role, and let Systems Manager reach it."""
    aws = operator()
    policy = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    aws.call("iam", "attach_role_policy", RoleName=ROLE, PolicyArn=policy)
    instance = aws.call("ec2", "describe_instances")["Reservations"][0]["Instances"][0]
    if "IamInstanceProfile" not in instance:
        profile = {"Name": ROLE}
        aws.call("ec2", "associate_iam_instance_profile", InstanceId=instance["InstanceId"], IamInstanceProfile=profile)


WAYS = [pytest.param(runtime, SETUP, id=f"{runtime}-direct") for runtime in RUNTIMES]
THROUGH_AN_ACCOUNT = [pytest.param(runtime, IMPERSONATED, id=f"{runtime}-impersonated") for runtime in RUNTIMES]


@pytest.mark.parametrize(("runtime", "setup"), [*WAYS, *first(1, THROUGH_AN_ACCOUNT)])
def test_a_setup_passes_from_here_and_in_a_one_off_task(ours: World, runtime: str, setup: str) -> None:
    file = ours.setup(setup_for(runtime, setup))
    applied = ours.wif("apply", file, "--yes")
    assert applied.code == 0, applied.err + applied.out
    if runtime == "ec2":
        manage_the_instance()
    here = ours.wif("test", file, "--from", "here", "--yes")
    assert here.code == 0, here.err + here.out
    inside = ours.wif("test", file, "--from", "task", "--yes", "--json")
    assert inside.code == 0, inside.err
    hops = {hop["hop"]: hop for hop in inside.json["hops"]}
    statuses = {name: hop["status"] for name, hop in hops.items()}
    impersonation = "ok" if setup is IMPERSONATED else "skipped"
    definition = {"definition": "ok"} if runtime.startswith("ecs") else {}
    assert statuses == {
        **definition,
        "task": "ok",
        "config": "ok",
        "aws-credentials": "ok",
        "network": "ok",
        "caller-identity": "ok",
        "principal": "ok",
        "exchange": "ok",
        "impersonation": impersonation,
        "permission": "ok",
        "application": "skipped",
    }
    source = {"lambda": "environment", "ec2": "instance metadata"}.get(runtime, "container endpoint (")
    assert hops["aws-credentials"]["received"]["source"].startswith(source)
    assert hops["caller-identity"]["received"]["arn"].startswith(f"arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/")
    assert inside.json["not_proven"] == [f"The application's library: {NO_LIBRARY.get(runtime, NOT_IN_IMAGE)}"]
    assert left_behind() == []


@pytest.mark.parametrize("setup", first(1, [SETUP, IMPERSONATED]), ids=first(1, ["direct", "impersonated"]))
@pytest.mark.parametrize("runtime", ["batch-fargate", "ecs-ec2"])
def test_in_the_applications_image_its_library_is_proven_too(ours: World, runtime: str, setup: str) -> None:
    named = setup_for(runtime, setup) + "probe: {image: registry.acme.example/load:1}\n"
    file = ours.setup(named)
    applied = ours.wif("apply", file, "--yes")
    assert applied.code == 0, applied.err + applied.out
    inside = ours.wif("test", file, "--from", "task", "--yes", "--strict", "--json")
    assert inside.code == 0, inside.err + inside.out
    library = next(hop for hop in inside.json["hops"] if hop["hop"] == "application")
    assert (library["status"], inside.json["not_proven"]) == ("ok", [])
    way = f"google-auth {google.auth.__version__} with an AwsSecurityCredentialsSupplier backed by botocore"
    assert library["evidence"][0].startswith(f"{way} got a token that is valid until ")
    assert left_behind() == []


def test_without_consent_nothing_is_started(ours: World) -> None:
    file = ours.setup(setup_for("batch-fargate"))
    ours.wif("apply", file, "--yes")
    before = len(ours.writes())
    answer = ours.wif("test", file, "--from", "task")
    assert answer.code == 64
    assert "add --yes" in answer.err
    assert len(ours.writes()) == before


def test_a_role_that_ecs_cannot_assume_is_named(ours: World) -> None:
    file = ours.setup(setup_for("ecs-fargate"))
    ours.wif("apply", file, "--yes")
    aws = operator()
    before = aws.call("iam", "get_role", RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"]
    other = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [other]})
    aws.call("iam", "update_assume_role_policy", RoleName=ROLE, PolicyDocument=policy)
    try:
        answer = ours.wif("test", file, "--from", "task", "--yes", "--json")
    finally:
        aws.call("iam", "update_assume_role_policy", RoleName=ROLE, PolicyDocument=json.dumps(before))
    assert answer.code == 1
    first, *rest = answer.json["hops"]
    assert (first["hop"], first["status"]) == ("task", "failed")
    assert first["error"]["message"].startswith("ECS was unable to assume the role 'arn:aws:iam::111122223333:role/")
    assert first["reason"].startswith(
        f"ECS cannot assume the role arn:aws:iam::{ACCOUNT}:role/{ROLE}: the role's trust"
    )
    assert {hop["hop"]: hop["status"] for hop in rest if hop["status"] != "skipped"} == {"definition": "ok"}
    assert left_behind() == []


@pytest.mark.parametrize(
    ("runtime", "denied", "shown"),
    [
        ("batch-fargate", "batch:RegisterJobDefinition", "batch:SubmitJob"),
        ("batch-fargate", "iam:PassRole", "iam:PassRole"),
        ("ecs-fargate", "ecs:RunTask", "ecs:StopTask"),
        ("ecs-fargate", "logs:CreateLogGroup", "logs:DeleteLogGroup"),
        ("lambda", "lambda:CreateFunction", "lambda:InvokeFunction"),
        ("lambda", "lambda:InvokeFunction", "lambda:CreateFunction"),
    ],
)
def test_a_missing_permission_is_one_clear_error(ours: World, runtime: str, denied: str, shown: str) -> None:
    file = ours.setup(setup_for(runtime))
    ours.wif("apply", file, "--yes")
    aws = operator()
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": denied, "Resource": "*"}]}
    named = {"UserName": "operator", "PolicyName": "less"}
    aws.call("iam", "put_user_policy", **named, PolicyDocument=json.dumps(document))
    try:
        answer = ours.wif("test", file, "--from", "task", "--yes")
    finally:
        aws.call("iam", "delete_user_policy", **named)
    assert answer.code == 1
    assert f"is not authorized to perform: {denied}" in answer.err
    assert "the test in the workload's runtime needs iam:PassRole" in answer.err
    assert shown in answer.err
    assert left_behind() == []


def started(world: World, file: str, folder: Path) -> subprocess.Popen[str]:
    """Start the test as a program; it goes on once its job or task exists."""
    program = [sys.executable, "-P", "-m", "wizard", "test", file, "--from", "task", "--yes"]
    before = sum(each["path"] in ("SubmitJob", "RunTask") for each in world.requests())
    process = subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, cwd=folder
    )
    deadline = time.monotonic() + 60
    while sum(each["path"] in ("SubmitJob", "RunTask") for each in world.requests()) == before:
        assert process.poll() is None, process.stdout and process.stdout.read()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return process


@pytest.fixture
def slow(
    tmp_path: Path,
    lead_here: Callable[[Sandbox], None],
    wif: Callable[..., Answer],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[World]:
    """A sandbox whose tasks take half a minute until they run."""
    with Sandbox(every_runtime(tmp_path), ["--operation-time", "30s"]) as sandbox:
        lead_here(sandbox)
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        yield World(tmp_path, sandbox, wif)


@pytest.mark.parametrize("runtime", ["batch-fargate", "ecs-fargate"])
def test_the_next_command_removes_what_a_killed_test_left(slow: World, runtime: str, tmp_path: Path) -> None:
    file = slow.setup(setup_for(runtime))
    slow.wif("apply", file, "--only", "aws", "--yes")
    made_by_google(slow, file)
    with started(slow, file, tmp_path) as process:
        process.kill()
    found = left_behind()
    assert found, "the killed test left nothing, so this proves nothing"
    planned = slow.wif("plan", file)
    assert "An interrupted live test left behind the one-off" in planned.out
    assert "An interrupted live test left behind the one-off" in slow.wif("runs").out
    assert left_behind() == found, "plan and runs only report"
    assert "which an interrupted live test left behind." in slow.wif("apply", file, "--only", "aws", "--yes").out
    assert left_behind() == []
    assert "live test" not in slow.wif("plan", file).out


@pytest.mark.parametrize("runtime", ["batch-fargate", "ecs-fargate"])
def test_another_machine_finds_what_a_killed_test_left(
    slow: World, runtime: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = slow.setup(setup_for(runtime))
    slow.wif("apply", file, "--only", "aws", "--yes")
    made_by_google(slow, file)
    with started(slow, file, tmp_path) as process:
        process.kill()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another-machine"))
    assert "and might still use it." in slow.wif("plan", file).out, "it is younger than the longest test"
    monkeypatch.setattr(leftovers, "LONGEST", timedelta(0))
    monkeypatch.setattr(leftovers, "started", lambda name: begun(name) and datetime(2026, 1, 1, tzinfo=UTC))
    assert "An interrupted live test left behind the one-off" in slow.wif("plan", file).out
    assert "which an interrupted live test left behind." in slow.wif("apply", file, "--only", "aws", "--yes").out
    assert "live test" not in slow.wif("plan", file).out


def sids() -> list[str]:
    """The Sids of the statements in the role's trust policy."""
    policy = operator().call("iam", "get_role", RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"]
    return [str(each.get("Sid", "")) for each in policy["Statement"]]


def killed_from_here(arguments: list[str], folder: Path) -> str:
    """Kill a test from here once its statement is in the trust policy; the Sid of the statement."""
    program = [sys.executable, "-P", "-m", "wizard", "test", *arguments, "--from", "here", "--yes"]
    before = sids()
    with subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder) as process:
        deadline = time.monotonic() + 60
        while not (added := [sid for sid in sids() if sid not in before]):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    [sid] = added
    assert sid.startswith("WifWizardLiveTest")
    assert [each.name for each in Journal(default_path(os.environ)).abandoned()] == [f"{sid} of the role {ROLE}"]
    return sid


@pytest.mark.parametrize("of_configuration", [False, True], ids=["setup", "configuration alone"])
def test_the_next_command_removes_the_statement_of_a_killed_test(
    tmp_path: Path,
    lead_here: Callable[[Sandbox], None],
    wif: Callable[..., Answer],
    monkeypatch: pytest.MonkeyPatch,
    of_configuration: bool,
) -> None:
    with Sandbox(every_runtime(tmp_path), ["--steady", "--propagation", "20s"]) as sandbox:
        lead_here(sandbox)
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        world = World(tmp_path, sandbox, wif)
        file = world.setup(SETUP)
        assert wif("apply", file, "--yes").code == 0
        tested = [str(world.config), "--role", ROLE_ARN] if of_configuration else [file]
        others = sids()
        sid = killed_from_here(tested, tmp_path)
        role = operator().call("iam", "get_role", RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"]
        role["Statement"] += [{**role["Statement"][-1], "Sid": "WifWizardLiveTestOfSomebodyElse"}]
        operator().call("iam", "update_assume_role_policy", RoleName=ROLE, PolicyDocument=json.dumps(role))
        next_one = wif("test", *tested, "--from", "inside") if of_configuration else wif("apply", file, "--yes")
        said = (
            f"The wizard removed the temporary trust statement {sid} of the role {ROLE}, which an interrupted live "
            "test left behind."
        )
        assert said in next_one.out + next_one.err
        assert sids() == [*others, "WifWizardLiveTestOfSomebodyElse"]
        assert Journal(default_path(os.environ)).abandoned() == []
        assert "interrupted live test" not in wif("plan", file).out


def test_the_workloads_own_function_must_run_with_the_role(ours: World) -> None:
    aws, policy = operator(), {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [{**policy, "Action": "sts:AssumeRole"}]})
    other = aws.call("iam", "create_role", RoleName="other-function", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    code = {"FunctionName": "nightly-load", "Runtime": "python3.13", "Handler": "probe_function.handler", "Role": other}
    aws.call("lambda", "create_function", **code, Code={"ZipFile": function.package()})
    try:
        file = ours.setup(setup_for("lambda").replace(f"role: {ROLE}", f"role: {ROLE}, function: nightly-load"))
        assert ours.wif("apply", file, "--only", "google", "--yes").code == 0
        assert ours.wif("apply", ours.setup(setup_for("lambda")), "--yes").code == 0
        file = ours.setup(setup_for("lambda").replace(f"role: {ROLE}", f"role: {ROLE}, function: nightly-load"))
        answer = ours.wif("test", file, "--from", "task", "--yes", "--json")
        assert answer.code == 1
        assert answer.json["hops"][-1]["reason"] == (
            f"the function nightly-load runs with the role other-function, not with {ROLE}"
        )
        assert ours.wif("apply", file, "--yes", "--accept-loss").code == 0
        answer = ours.wif("test", file, "--from", "task", "--yes", "--json")
        assert answer.code == 0, answer.err
        assert answer.json["hops"][-1]["evidence"] == [f"function nightly-load: role {ROLE_ARN}"]
    finally:
        aws.call("lambda", "delete_function", FunctionName="nightly-load")


def test_a_new_role_is_waited_for(
    tmp_path: Path, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox(arguments=["--propagation", "8s"]) as sandbox:
        lead_here(sandbox)
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        world = World(tmp_path, sandbox, wif)
        file = world.setup(SETUP)
        assert wif("apply", file, "--yes").code == 0
        trust = operator().call("iam", "get_role", RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"]
        operator().call("iam", "delete_role", RoleName=ROLE)
        operator().call("iam", "create_role", RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(trust))
        answer = wif("test", file, "--from", "task", "--yes")
        assert answer.code == 0, answer.out + answer.err
        assert "ECS cannot assume the role yet, because the role is new; the test tries again" in answer.out


def test_the_next_command_removes_a_function_that_was_left(ours: World) -> None:
    file = ours.setup(setup_for("lambda"))
    ours.wif("apply", file, "--yes")
    journal, name = Journal(default_path(os.environ)), "wif-wizard-probe-0123abcd"
    record = journal.remember(removal.FUNCTION, name, {"account": ACCOUNT, "region": REGION})
    code = {"FunctionName": name, "Runtime": "python3.13", "Handler": "probe_function.handler", "Role": ROLE_ARN}
    operator().call("lambda", "create_function", **code, Code={"ZipFile": function.package()})
    assert ours.wif("plan", file).out.count("interrupted live test") == 0  # its process still runs
    journal.release(record)
    assert "left behind the one-off function wif-wizard-probe-0123abcd" in ours.wif("plan", file).out
    assert "removed the one-off function wif-wizard-probe-0123abcd" in ours.wif("apply", file, "--yes").out
    assert left_behind() == []


def test_a_role_that_lambda_cannot_assume_is_named(ours: World) -> None:
    file = ours.setup(setup_for("lambda"))
    ours.wif("apply", file, "--yes")
    trust = operator().call("iam", "get_role", RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"]
    others = [each for each in trust["Statement"] if "lambda" not in json.dumps(each)]
    someone = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    less = {**trust, "Statement": others or [someone]}
    operator().call("iam", "update_assume_role_policy", RoleName=ROLE, PolicyDocument=json.dumps(less))
    answer = ours.wif("test", file, "--from", "task", "--yes", "--json")
    assert answer.code == 1
    first = answer.json["hops"][0]
    assert (first["hop"], first["status"]) == ("task", "failed")
    assert first["error"]["message"] == "The role defined for the function cannot be assumed by Lambda."
    assert first["reason"].startswith("Lambda cannot assume the workload's role")
    assert left_behind() == []


def test_an_instance_that_allows_only_imdsv2_is_named_and_the_fix_makes_the_test_pass(ours: World) -> None:
    file = ours.setup(setup_for("ec2").replace(", imdsv2: true", ""))
    ours.wif("apply", file, "--yes")
    manage_the_instance()
    answer = ours.wif("test", file, "--from", "task", "--yes", "--json")
    assert answer.code == 1
    failed = next(hop for hop in answer.json["hops"] if hop["status"] == "failed")
    assert failed["hop"] == "aws-credentials"
    assert failed["reason"].startswith("the instance metadata service accepts only clients with a session token")
    assert failed["fix"].startswith("write aws.imdsv2: true in the setup")
    file = ours.setup(setup_for("ec2"))
    assert ours.wif("apply", file, "--yes").code == 0
    answer = ours.wif("test", file, "--from", "task", "--yes", "--json")
    assert answer.code == 0, answer.err


def test_without_an_instance_that_systems_manager_reaches_the_test_says_what_to_do(fresh: World) -> None:
    file = fresh.setup(setup_for("ec2"))
    fresh.wif("apply", file, "--yes")
    answer = fresh.wif("test", file, "--from", "task", "--yes")
    assert answer.code == 1
    assert "no running instance that has the role rds-to-bigquery and that AWS Systems Manager manages" in answer.err
    assert "Attach the managed policy AmazonSSMManagedInstanceCore" in answer.err
    assert "`wif-wizard probe SETUP.yaml > probe.py`" in answer.err


def made_by_google(world: World, file: str) -> None:
    """The credential configuration, without the wait for the slow operations of Google's side."""
    from wizard.work.opening import open_setup

    blueprint: Any = open_setup(file).blueprint  # type: ignore[attr-defined]
    world.config.write_text(json.dumps(blueprint.config()), encoding="utf-8")


def test_an_interrupted_test_removes_what_it_started(slow: World, tmp_path: Path) -> None:
    file = slow.setup(setup_for("batch-fargate"))
    slow.wif("apply", file, "--only", "aws", "--yes")
    made_by_google(slow, file)
    with started(slow, file, tmp_path) as process:
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert left_behind() == []


@pytest.fixture
def trapped(
    tmp_path: Path, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """The first trap of the story: the role is on the execution role only."""
    with Sandbox("batch-execution-role") as sandbox:
        lead_here(sandbox)
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        yield World(tmp_path, sandbox, wif)


def test_a_role_on_the_execution_role_only_is_named_and_the_plan_fixes_it(trapped: World) -> None:
    file = trapped.setup(scenarios.load("batch-execution-role").setup)
    assert trapped.wif("apply", file, "--only", "google", "--yes").code == 0
    answer = trapped.wif("test", file, "--from", "task", "--yes", "--json")
    assert answer.code == 1
    last = answer.json["hops"][-1]
    assert [hop["hop"] for hop in answer.json["hops"] if hop["status"] == "failed"] == ["definition"]
    assert last["reason"] == (
        "the job definition nightly-load:1 names the role rds-to-bigquery only as executionRoleArn. AWS itself "
        "uses this role to pull the image, to read secrets and to write logs. Because jobRoleArn is not set, the "
        "container gets no AWS credentials"
    )
    assert last["fix"].startswith("run wif-wizard apply, which registers a new revision of the job definition and sets")
    applied = trapped.wif("apply", file, "--yes")
    assert applied.code == 0, applied.out + applied.err
    answer = trapped.wif("test", file, "--from", "task", "--yes", "--json")
    assert answer.code == 0, answer.err
    assert (answer.json["hops"][-1]["hop"], answer.json["hops"][-1]["status"]) == ("definition", "ok")


def demo(folder: Path) -> int:
    setup = folder / "setup.yaml"
    setup.write_text(SETUP, encoding="utf-8")
    return demo_command._run_all(setup, Console())


def test_the_demo_ends_with_a_job_and_fails_without_its_role(
    fresh: World, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(fresh.folder / "state"))
    assert demo(fresh.folder) == 0
    shown = capfd.readouterr().out
    assert (
        "the wizard reads the output from CloudWatch Logs: log group /aws/batch/job, log stream wif-wizard-probe-"
        in shown
    )
    assert any(each["path"] == "GetLogEvents" for each in fresh.requests())
    whole = batch.definition

    def without_role(*arguments: Any) -> dict[str, Any]:
        definition = whole(*arguments)
        del definition["containerProperties"]["jobRoleArn"]
        return definition

    monkeypatch.setattr(batch, "definition", without_role)
    assert demo(fresh.folder) == 1
    shown = capfd.readouterr().out
    assert "the workload has no AWS credentials in the environment" in shown
    assert shown.count("The live test failed.") == 1
