"""The chain from inside the workload, in a sandbox: every kind of credentials, direct and impersonated."""

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chain.outcomes import outcome_of, statuses
from tests.modes.aws.live import sandbox_world
from tests.modes.aws.live.sandbox_world import World
from tests.oracles.by_hand.ledger import command_of
from tests.oracles.programs import need
from wizard.chain import probing
from wizard.chain.hop import Outcome, verdict
from wizard.modes.aws.live import walk as aws
from wizard.modes.aws.live.places import inside

ALL_OK_DIRECT = {**sandbox_world.ALL_OK_DIRECT, "network": "ok"}
ALL_OK_IMPERSONATED = {**sandbox_world.ALL_OK_IMPERSONATED, "network": "ok"}


def walk(world: World, environ: dict[str, str], **options: str) -> list[Outcome]:
    return aws.run(world.test(world.inside_config(**options)), inside(world.workload_environment(**environ)))


def test_environment_keys_reach_the_target_directly(world: World):
    outcomes = walk(world, world.session())
    assert statuses(outcomes) == ALL_OK_DIRECT
    assert verdict(outcomes).passed
    assert outcome_of(outcomes, "aws-credentials").received["source"] == "environment"
    assert outcome_of(outcomes, "application").sent["way"].endswith("with only the credential configuration")


def test_environment_keys_reach_the_target_through_a_service_account(world: World):
    outcomes = walk(world, world.session(), account="loader")
    assert statuses(outcomes) == ALL_OK_IMPERSONATED
    assert outcome_of(outcomes, "permission").received["bigquery"] is not None


def test_a_profile_needs_a_supplier(world: World, tmp_path: Path):
    file, keys = tmp_path / "credentials", world.session()
    lines = (f"{name.lower()} = {value}" for name, value in keys.items())
    file.write_text("[loader]\n" + "\n".join(lines) + "\n")
    outcomes = walk(world, {"AWS_SHARED_CREDENTIALS_FILE": str(file), "AWS_PROFILE": "loader"})
    assert statuses(outcomes) == ALL_OK_DIRECT
    assert "supplier" in outcome_of(outcomes, "application").evidence[1]


def test_a_tasks_container_credentials_reach_the_target(world: World):
    outcomes = walk(world, world.task_environment("full"))
    assert statuses(outcomes) == ALL_OK_DIRECT
    found = outcome_of(outcomes, "aws-credentials")
    assert found.received["source"] == "container endpoint (full URI)"
    assert found.received["google_auth"]["same"] is False


def test_the_relative_uri_is_followed_to_the_container_host(world: World):
    variables = world.task_environment("relative")
    test = world.test(world.inside_config())
    test = dataclasses.replace(test, container_host=world.metadata)
    outcomes: list[Outcome] = []
    walked = aws.AwsChain(test, inside(world.workload_environment(**variables)), outcomes.append)
    walked._probe()  # botocore knows no other container host than the link-local one: no application's way here
    assert {outcome.hop.id: outcome.status for outcome in outcomes}["permission"] == "ok"
    assert outcome_of(outcomes, "aws-credentials").received["source"] == "container endpoint (relative URI)"


def test_an_instances_role_needs_no_supplier(world: World):
    config = world.inside_config(imdsv2=True)
    environ = world.workload_environment(AWS_EC2_METADATA_SERVICE_ENDPOINT=world.metadata)
    environ |= {"AWS_EC2_METADATA_DISABLED": "false"}
    del environ["AWS_REGION"]
    outcomes = aws.run(world.test(config), inside(environ))
    assert statuses(outcomes) == ALL_OK_DIRECT
    found = outcome_of(outcomes, "aws-credentials").received
    assert (found["source"], found["google_auth"]["same"]) == ("instance metadata", True)
    assert found["region"] == "ap-northeast-1"
    assert outcome_of(outcomes, "application").sent["way"].endswith("with only the credential configuration")


def test_no_credentials_stop_the_chain_at_once(world: World):
    outcomes = walk(world, {})
    assert statuses(outcomes) == {
        **dict.fromkeys(ALL_OK_DIRECT, "skipped"),
        "config": "ok",
        "aws-credentials": "failed",
    }
    failed = outcome_of(outcomes, "aws-credentials")
    assert "no AWS credentials" in (failed.reason or "")
    assert "taskRoleArn" in (failed.fix or "")
    assert not verdict(outcomes).passed


def test_no_region_is_told_with_what_to_set(world: World):
    environ = world.workload_environment(**world.session())
    del environ["AWS_REGION"]
    config = world.inside_config()
    del config["credential_source"]["region_url"]
    failed = outcome_of(aws.run(world.test(config), inside(environ)), "aws-credentials")
    assert failed.refusal and failed.refusal.message == "Unable to determine AWS region"
    assert "AWS_REGION" in (failed.fix or "")


@pytest.mark.parametrize(
    ("changes", "code", "reason"),
    [
        ({"AWS_SECRET_ACCESS_KEY": "wrong"}, "SignatureDoesNotMatch", "secret access key does not belong"),
        ({"AWS_SESSION_TOKEN": ""}, "InvalidClientTokenId", "AWS does not recognize these access keys"),
    ],
    ids=["another secret", "no session token"],
)
def test_keys_that_aws_refuses_are_refused_in_its_words(world: World, changes: dict[str, str], code: str, reason: str):
    outcomes = walk(world, {**world.session(), **changes})
    failed = outcome_of(outcomes, "caller-identity")
    assert failed.refusal and failed.refusal.code == code
    assert reason in (failed.reason or "")
    assert statuses(outcomes)["exchange"] == "skipped"


def test_a_probe_that_breaks_off_is_a_failed_hop(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    broken = tmp_path / "probe.py"
    broken.write_text("raise SystemExit('no memory left')\n")
    monkeypatch.setattr(probing, "PROBE", broken)
    outcomes = walk(world, {})
    assert statuses(outcomes) == {**dict.fromkeys(ALL_OK_DIRECT, "skipped"), "config": "failed"}
    assert outcome_of(outcomes, "config").reason == "the probe ended unexpectedly (exit code 1): no memory left"


IRSA = {"AWS_WEB_IDENTITY_TOKEN_FILE": "/var/run/token", "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/pod"}


@pytest.mark.parametrize(
    ("variables", "cause", "fix"),
    [
        ({"AWS_SECRET_ACCESS_KEY": "s"}, "AWS_ACCESS_KEY_ID is not set", "set AWS_ACCESS_KEY_ID too"),
        ({"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE"}, "AWS_SECRET_ACCESS_KEY is not set", "set AWS_SECRET_ACCESS_KEY too"),
        (
            IRSA,
            "google-auth does not read this token, and uses the role of the node",
            "aws configure export-credentials",
        ),
        (
            {
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/nowhere",
            },
            "EKS Pod Identity agent",
            "pod identity association",
        ),
    ],
)
def test_why_there_are_no_credentials_is_named(world: World, variables: dict[str, str], cause: str, fix: str):
    environ = world.workload_environment(**variables)
    failed = outcome_of(aws.run(world.test(world.inside_config()), inside(environ)), "aws-credentials")
    assert failed.status == "failed"
    assert cause in (failed.reason or "")
    assert fix in (failed.fix or "")


def role_of_another_profile(world: World, _: Path) -> str:
    """Return a profile that assumes the workload's role with the keys of another profile."""
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    keys = "".join(f"{name.lower()} = {world.variables[name]}\n" for name in names if name in world.variables)
    role = f"arn:aws:iam::{sandbox_world.ACCOUNT}:role/{sandbox_world.ROLE}"
    return f"[profile operator]\n{keys}[profile loader]\nrole_arn = {role}\nsource_profile = operator\n"


def keys_of_a_program(world: World, folder: Path) -> str:
    """Return a profile whose keys a program prints."""
    names = {
        "AWS_ACCESS_KEY_ID": "AccessKeyId",
        "AWS_SECRET_ACCESS_KEY": "SecretAccessKey",
        "AWS_SESSION_TOKEN": "SessionToken",
    }
    document = {"Version": 1, **{names[name]: value for name, value in world.session().items()}}
    (folder / "keys.json").write_text(json.dumps(document), encoding="utf-8")
    return f"[profile loader]\ncredential_process = cat {folder / 'keys.json'}\n"


EXPORTING = """#!{python}
import botocore.session
keys = botocore.session.Session().get_credentials().get_frozen_credentials()
print(f"export AWS_ACCESS_KEY_ID={{keys.access_key}}")
print(f"export AWS_SECRET_ACCESS_KEY={{keys.secret_key}}")
print(f"export AWS_SESSION_TOKEN={{keys.token}}")
"""
"""What `aws configure export-credentials --format env` of AWS CLI version 2 does; version 1 does not have it."""


def export_program(folder: Path) -> str:
    """Return a PATH whose aws can export credentials: the installed one, or else botocore in its place."""
    asked = subprocess.run(["aws", "--version"], capture_output=True, text=True, timeout=60, check=False)
    if not asked.stdout.startswith("aws-cli/1."):
        return os.environ["PATH"]
    (folder / "aws").write_text(EXPORTING.format(python=sys.executable), encoding="utf-8")
    (folder / "aws").chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


@pytest.mark.parametrize("profile", [role_of_another_profile, keys_of_a_program])
def test_credentials_that_the_test_does_not_follow_are_exported_as_the_fix_says(
    world: World, tmp_path: Path, profile: Callable[[World, Path], str]
):
    need("aws")
    (tmp_path / "config").write_text(profile(world, tmp_path), encoding="utf-8")
    chosen = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_PROFILE": "loader"}
    failed = outcome_of(walk(world, chosen), "aws-credentials")
    assert (failed.reason or "").startswith("the live test does not support this source of AWS credentials: Profile ")
    command = command_of(failed.fix)
    assert command == 'eval "$(aws configure export-credentials --format env)"'
    environ = world.workload_environment(**chosen, PATH=export_program(tmp_path))
    done = subprocess.run(
        ["bash", "-c", f"{command} && env -0"], env=environ, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr == ""
    exported = dict(line.split("=", 1) for line in done.stdout.split("\0") if line.startswith("AWS_"))
    assert statuses(walk(world, {**chosen, **exported})) == ALL_OK_DIRECT


def test_what_google_auth_would_take_in_a_pod_with_irsa_is_shown(world: World):
    environ = world.workload_environment(**IRSA)
    failed = outcome_of(aws.run(world.test(world.inside_config()), inside(environ)), "aws-credentials")
    assert failed.evidence[0].startswith("without wif-wizard, google-auth would ")
