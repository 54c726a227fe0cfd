"""Systems Manager runs shell commands on the instances that it manages, as the instance's role."""

import json
import time
from typing import Any

import pytest

from tests.sandbox.aws.served import ACCOUNT, Account, Accounts, refusal

CORE = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
ROLES = [
    {"name": "loader", "service": "ec2.amazonaws.com", "managed_policies": [CORE]},
    {"name": "plain", "service": "ec2.amazonaws.com"},
]
SHELL = "AWS-RunShellScript"


def account_with(accounts: Accounts, role: str) -> tuple[Account, str]:
    account = accounts(
        roles=ROLES, instance_profiles=[{"name": "own", "role": role}], instances=[{"instance_profile": "own"}]
    )
    reservations = account.client("ec2").describe_instances()["Reservations"]
    return account, str(reservations[0]["Instances"][0]["InstanceId"])


def ended(account: Account, instance: str, command: str) -> Any:
    ssm = account.client("ssm")
    deadline = time.monotonic() + 60
    while True:
        found = ssm.get_command_invocation(CommandId=command, InstanceId=instance)
        if found["Status"] not in ("Pending", "InProgress"):
            return found
        assert time.monotonic() < deadline
        time.sleep(0.05)


def send(account: Account, instance: str, *lines: str) -> str:
    answer = account.client("ssm").send_command(
        InstanceIds=[instance], DocumentName=SHELL, Parameters={"commands": list(lines)}
    )
    return str(answer["Command"]["CommandId"])


def test_a_command_runs_on_a_managed_instance(accounts: Accounts) -> None:
    account, instance = account_with(accounts, "loader")
    listed = account.client("ssm").describe_instance_information()["InstanceInformationList"]
    assert [(each["InstanceId"], each["PingStatus"]) for each in listed] == [(instance, "Online")]
    found = ended(account, instance, send(account, instance, "echo one", "echo two; exit 3"))
    assert (found["Status"], found["ResponseCode"]) == ("Failed", 3)
    assert found["StandardOutputContent"] == "one\ntwo\n"


def test_a_long_output_is_truncated(accounts: Accounts) -> None:
    account, instance = account_with(accounts, "loader")
    found = ended(account, instance, send(account, instance, "head -c 30000 /dev/zero | tr '\\0' x"))
    assert found["Status"] == "Success"
    assert len(found["StandardOutputContent"]) == 24_000


def test_a_command_is_cancelled(accounts: Accounts) -> None:
    account, instance = account_with(accounts, "loader")
    command = send(account, instance, "sleep 600")
    account.client("ssm").cancel_command(CommandId=command)
    assert ended(account, instance, command)["Status"] == "Cancelled"


@pytest.mark.parametrize("known", [True, False])
def test_an_instance_that_is_not_managed_is_refused(accounts: Accounts, known: bool) -> None:
    account, instance = account_with(accounts, "plain")
    wanted = instance if known else "i-0123456789abcdef0"
    ssm = account.client("ssm")
    code, text, status = refusal(
        ssm.send_command, InstanceIds=[wanted], DocumentName=SHELL, Parameters={"commands": ["id"]}
    )
    assert (code, status) == ("InvalidInstanceId", 400)
    assert text == f"Instances [[{wanted}]] not in a valid state for account {ACCOUNT}"
    assert json.dumps(ssm.describe_instance_information()["InstanceInformationList"]) == "[]"
