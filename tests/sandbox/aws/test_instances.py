"""EC2 starts as many instances as an account can have, and no more."""

from typing import Any

import pytest

from tests.sandbox.aws.served import Accounts, refusal
from wizard.sandbox.aws.ec2_instances import MOST

IMAGE = "ami-03cf127a"


@pytest.mark.parametrize(
    ("least", "most", "code"),
    [(0, 1, "InvalidParameterValue"), (900, 0, "InvalidParameterValue"), (MOST + 1, MOST + 1, "InstanceLimitExceeded")],
)
def test_a_number_that_no_account_can_have_is_refused(accounts: Accounts, least: int, most: int, code: str) -> None:
    ec2 = accounts().client("ec2")
    assert refusal(ec2.run_instances, ImageId=IMAGE, MinCount=least, MaxCount=most)[0] == code
    assert ec2.describe_instances()["Reservations"] == []


def test_instances_count_until_the_account_is_full(accounts: Accounts) -> None:
    ec2 = accounts().client("ec2")
    assert len(ec2.run_instances(ImageId=IMAGE, MinCount=3, MaxCount=3)["Instances"]) == 3
    assert refusal(ec2.run_instances, ImageId=IMAGE, MinCount=MOST, MaxCount=MOST)[0] == "InstanceLimitExceeded"


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        ({"MinCount": "3600"}, "MissingParameter"),
        ({"MaxCount": "1"}, "MissingParameter"),
        ({"MinCount": "x", "MaxCount": "1"}, "InvalidParameterValue"),
        ({"MinCount": "1", "MaxCount": "9" * 5000}, "InvalidParameterValue"),
    ],
)
def test_a_number_that_is_missing_or_none_is_refused(accounts: Accounts, counts: dict[str, str], code: str) -> None:
    account = accounts()
    ec2 = account.client("ec2")
    ec2.meta.events.register("before-call.ec2.RunInstances", lambda params, **_: _count(params, counts))
    assert refusal(ec2.run_instances, ImageId=IMAGE, MinCount=1, MaxCount=1)[0] == code


def _count(params: dict[str, Any], counts: dict[str, str]) -> None:
    """Send other numbers than botocore lets pass."""
    for name in ("MinCount", "MaxCount"):
        params["body"].pop(name, None)
    params["body"].update(counts)
