"""Applying a setup: once, twice, at the same time, by halves."""

import json
import stat
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.commands.conftest import IMPERSONATED, SETUP, World
from tests.oracles.programs import LIMIT, need
from wizard.clouds.session import Clouds


@pytest.mark.parametrize("text", [SETUP, IMPERSONATED], ids=["direct", "impersonated"])
def test_a_second_apply_makes_no_write_call(fresh: World, text: str) -> None:
    setup = fresh.setup(text)
    assert fresh.wif("plan", setup).code == 2
    assert fresh.wif("apply", setup, "--yes").code == 0
    written = fresh.config.read_text(encoding="utf-8")
    before = len(fresh.writes())
    assert before > 0
    again = fresh.wif("apply", setup, "--yes")
    assert again.code == 0
    assert len(fresh.writes()) == before
    assert fresh.wif("plan", setup).code == 0
    assert fresh.config.read_text(encoding="utf-8") == written
    assert "0 to create, 0 to change" in again.out


@pytest.mark.parametrize("text", [SETUP, IMPERSONATED], ids=["direct", "impersonated"])
def test_two_applies_at_once_double_nothing_and_lose_nothing(fresh: World, text: str) -> None:
    setup = fresh.setup(text)
    command = [sys.executable, "-m", "wizard", "apply", setup, "--yes"]
    running = [
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(2)
    ]
    printed = [each.communicate(timeout=120)[0] for each in running]
    assert [each.returncode for each in running] == [0, 0], "\n".join(printed)
    assert fresh.wif("plan", setup).code == 0
    policy = Clouds("acme-analytics").google.call(
        "cloudresourcemanager", "POST", "/v1/projects/acme-analytics:getIamPolicy", {}
    )
    members = Counter((each["role"], member) for each in policy["bindings"] for member in each["members"])
    assert set(members.values()) == {1}
    assert members["roles/owner", "user:operator@acme.example"] == 1
    assert members["roles/bigquery.jobUser", "serviceAccount:nightly-load@acme-analytics.iam.gserviceaccount.com"] == 1


def test_the_members_and_conditions_of_others_stay(fresh: World) -> None:
    clouds = Clouds("acme-analytics")
    path = "/v1/projects/acme-analytics"
    read = {"options": {"requestedPolicyVersion": 3}}
    policy = clouds.google.call("cloudresourcemanager", "POST", f"{path}:getIamPolicy", read)
    condition = {"title": "until 2030", "expression": 'request.time < timestamp("2030-01-01T00:00:00Z")'}
    theirs = {"role": "roles/bigquery.jobUser", "members": ["user:analyst@acme.example"], "condition": condition}
    policy["bindings"].append(theirs)
    clouds.google.call("cloudresourcemanager", "POST", f"{path}:setIamPolicy", {"policy": {**policy, "version": 3}})
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    after = clouds.google.call("cloudresourcemanager", "POST", f"{path}:getIamPolicy", read)
    assert theirs in after["bindings"]


def test_a_role_that_trusts_another_service_gets_one_statement_more(fresh: World) -> None:
    clouds = Clouds("acme-analytics", "ap-northeast-1")
    theirs = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [theirs]})
    clouds.aws.call("iam", "create_role", RoleName="rds-to-bigquery", AssumeRolePolicyDocument=document)
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    role = clouds.aws.call("iam", "get_role", RoleName="rds-to-bigquery")["Role"]
    statements = role["AssumeRolePolicyDocument"]["Statement"]
    assert statements[0] == theirs
    assert [each["Principal"] for each in statements[1:]] == [{"Service": "ecs-tasks.amazonaws.com"}]


def test_a_role_that_trusts_its_service_is_left_as_it_is(fresh: World) -> None:
    clouds = Clouds("acme-analytics", "ap-northeast-1")
    theirs = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [theirs]}
    arguments = {"RoleName": "rds-to-bigquery", "Path": "/jobs/", "AssumeRolePolicyDocument": json.dumps(document)}
    clouds.aws.call("iam", "create_role", **arguments)
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    role = clouds.aws.call("iam", "get_role", RoleName="rds-to-bigquery")["Role"]
    assert role["AssumeRolePolicyDocument"] == document


def test_an_existing_different_file_is_shown_and_keeps_what_others_added(fresh: World) -> None:
    there = '{"type": "external_account", "credential_source": {"environment_id": "aws1"}, "mine": true}'
    fresh.config.write_text(there, encoding="utf-8")
    setup = fresh.setup()
    planned = fresh.wif("plan", setup).out
    assert "has different content" in planned
    assert "The credential configuration keeps these other fields: mine." in planned
    assert fresh.wif("apply", setup).code == 64
    assert fresh.config.read_text(encoding="utf-8") == there
    assert fresh.wif("apply", setup, "--yes").code == 0
    written = json.loads(fresh.config.read_text(encoding="utf-8"))
    assert written["mine"] is True and written["audience"]
    assert fresh.wif("plan", setup).code == 0
    assert stat.S_IMODE(fresh.config.stat().st_mode) == 0o600


def test_a_service_account_key_in_place_of_the_file_is_left_alone(fresh: World) -> None:
    key = '{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----"}'
    fresh.config.write_text(key, encoding="utf-8")
    before = len(fresh.writes())
    for command in (("plan",), ("apply", "--yes"), ("apply", "--yes", "--json")):
        answer = fresh.wif(*command, fresh.setup())
        assert answer.code == 1
        assert f"{fresh.config} exists (a service account key" in answer.err
    assert answer.json["error"]["kind"] == "refused"
    assert (fresh.config.read_text(encoding="utf-8"), len(fresh.writes())) == (key, before)


def test_the_file_of_another_provider_needs_an_acceptance_of_its_own(fresh: World) -> None:
    setup = fresh.setup()
    assert fresh.wif("apply", setup, "--yes").code == 0
    Path(setup).write_text(SETUP.replace("provider: aws-111122223333", "provider: aws-other"), encoding="utf-8")
    assert "applications that load" in fresh.wif("plan", setup).out
    assert fresh.wif("apply", setup, "--yes").code == 1
    assert json.loads(fresh.config.read_text(encoding="utf-8"))["audience"].endswith("/aws-111122223333")
    assert fresh.wif("apply", setup, "--yes", "--accept-loss").code == 0
    assert json.loads(fresh.config.read_text(encoding="utf-8"))["audience"].endswith("/aws-other")


def test_a_command_of_several_lines_is_printed_as_it_is_typed(fresh: World) -> None:
    setup = fresh.setup()
    file = fresh.folder / "clientLibraryConfig-aws-provider.json"
    source = {"environment_id": "aws1"}
    kept = {"type": "external_account", "credential_source": source, "quota_project_id": "acme-analytics"}
    file.write_text(json.dumps(kept), encoding="utf-8")  # gcloud would write over it
    printed = fresh.wif("plan", setup, "--only", "aws").out
    program = printed.partition(" <<'WIF_WIZARD'\n")[2].partition("\nWIF_WIZARD\n")[0]
    subprocess.run([sys.executable, "-", str(file)], input=program, text=True, check=True)
    written = json.loads(file.read_text(encoding="utf-8"))
    assert written["token_url"] == "https://sts.googleapis.com/v1/token"
    assert written["quota_project_id"] == "acme-analytics"


def test_each_half_is_planned_alone_and_the_other_is_handed_over(fresh: World) -> None:
    setup = fresh.setup()
    aws = fresh.wif("plan", setup, "--only", "aws", "--json").json
    assert {each["kind"] for each in aws["changes"]} == {"IAM role"}
    assert all(command.startswith(("gcloud ", "cat > ")) for command in aws["handover"])
    google = fresh.wif("plan", setup, "--only", "google", "--json").json
    assert "IAM role" not in {each["kind"] for each in google["changes"]}
    assert all(command.startswith("aws iam create-role") for command in google["handover"])


def test_what_exists_on_the_other_side_is_not_handed_over_as_a_creation(fresh: World) -> None:
    setup = fresh.setup()
    clouds = Clouds("acme-analytics", "ap-northeast-1")
    statement = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    arguments = {"RoleName": "rds-to-bigquery", "AssumeRolePolicyDocument": json.dumps(document)}
    clouds.aws.call("iam", "create_role", **arguments)
    handed = fresh.wif("plan", setup, "--only", "google", "--json").json
    (command,) = handed["handover"]
    assert command.startswith("aws iam update-assume-role-policy --role-name rds-to-bigquery ")
    assert '"ec2.amazonaws.com"' in command and handed["handover_notes"] == []
    assert fresh.wif("apply", setup, "--yes").code == 0
    for half in ("aws", "google"):
        handed = fresh.wif("plan", setup, "--only", half, "--json").json
        assert handed["handover"] == []
        assert handed["handover_notes"] == ["The resources of the other side are in place, so you need no commands."]


def test_what_is_printed_for_the_other_side_works_when_it_is_pasted(fresh: World) -> None:
    need("aws")
    setup = fresh.setup()
    printed = fresh.wif("plan", setup, "--only", "google").out
    pasted = printed.partition("must run these commands:\n")[2]
    typed = {"shell": True, "executable": "/bin/bash", "capture_output": True, "text": True, "timeout": LIMIT}
    done = subprocess.run(pasted, env=fresh.sandbox.environ(), **typed)
    assert done.returncode == 0, done.stderr
    assert fresh.wif("plan", setup, "--only", "aws").code == 0


def test_a_side_that_cannot_be_read_is_handed_over_as_if_nothing_existed(
    fresh: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup = fresh.setup()
    assert fresh.wif("apply", setup, "--yes").code == 0
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    text = fresh.wif("plan", setup, "--only", "google").out
    assert "cannot read the resources of the other side: " in text
    assert "The commands assume that these resources do not exist." in text
    assert "aws iam create-role --role-name rds-to-bigquery " in text


def test_one_half_needs_no_credentials_for_the_other(fresh: World, monkeypatch: pytest.MonkeyPatch) -> None:
    setup = fresh.setup()
    with monkeypatch.context() as without:
        without.delenv("AWS_ACCESS_KEY_ID")
        assert fresh.wif("apply", setup, "--only", "google", "--yes").code == 0
    with monkeypatch.context() as without:
        without.delenv("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE")
        without.setenv("PATH", "/nonexistent")
        assert fresh.wif("apply", setup, "--only", "aws", "--yes").code == 0
    assert fresh.wif("plan", setup).code == 0


def test_a_long_role_name_is_foreseen_and_its_subject_fits(fresh: World) -> None:
    name = "nightly-copy-of-all-relational-tables-into-the-warehouse-tokyo"
    setup = fresh.setup(SETUP.replace("role: rds-to-bigquery", f"role: {name}"))
    assert fresh.wif("apply", setup, "--yes").code == 0
    answer = fresh.wif("test", setup, "--from", "here", "--yes", "--json")
    assert answer.code == 0
    hops = {each["hop"]: each for each in answer.json["hops"]}
    assert len(hops["caller-identity"]["received"]["arn"].encode()) > 127
    assert len(hops["principal"]["received"]["subject"].encode()) <= 127


def test_permissions_that_are_missing_are_told_before_anything_is_written(fresh: World) -> None:
    clouds = Clouds("acme-analytics")
    path = "/v1/projects/acme-analytics"
    policy = clouds.google.call("cloudresourcemanager", "POST", f"{path}:getIamPolicy", {})
    for binding in policy["bindings"]:
        if binding["role"] == "roles/owner":
            binding["role"] = "roles/viewer"
    policy["bindings"] += [
        {"role": "roles/serviceusage.serviceUsageAdmin", "members": ["user:operator@acme.example"]},
        {"role": "roles/owner", "members": ["user:owner@acme.example"]},
    ]
    clouds.google.call("cloudresourcemanager", "POST", f"{path}:setIamPolicy", {"policy": policy})
    before = len(fresh.writes())
    answer = fresh.wif("apply", fresh.setup(), "--yes")
    assert answer.code == 1
    assert "you do not have the permission iam.workloadIdentityPools.create" in answer.out
    assert "roles/iam.workloadIdentityPoolAdmin" in answer.out
    assert "roles/resourcemanager.projectIamAdmin" in answer.out
    assert len(fresh.writes()) == before


def test_apply_as_json_prints_lines_of_json_and_nothing_else(fresh: World) -> None:
    answer = fresh.wif("apply", fresh.setup(), "--yes", "--json")
    lines = [json.loads(line) for line in answer.out.splitlines()]
    assert lines[-1]["event"] == "result"
    assert lines[-1]["outcome"] == "done"
    assert {each["event"] for each in lines[:-1]} >= {"started", "done"}
    runs = fresh.wif("runs", "--json").json["runs"]
    assert runs[0]["id"] == lines[-1]["run"]
    assert {each["outcome"] for each in runs[0]["writes"]} == {"done"}
    assert Path(SETUP.splitlines()[-1].split(": ")[1]).name in runs[0]["setup"]


def test_a_service_account_key_in_the_way_is_not_shown(fresh: World) -> None:
    key = {"type": "service_account", "project_id": "acme-analytics", "private_key": "-----BEGIN PRIVATE KEY-----MII"}
    fresh.config.write_text(json.dumps(key), encoding="utf-8")
    for arguments in (["plan"], ["plan", "--json"], ["apply", "--yes"]):
        answer = fresh.wif(arguments[0], fresh.setup(), *arguments[1:])
        assert "BEGIN PRIVATE KEY" not in answer.out + answer.err
    assert "BEGIN PRIVATE KEY" not in fresh.wif("runs", "--json").out
