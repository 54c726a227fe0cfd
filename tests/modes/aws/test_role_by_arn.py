"""A setup can name its role by an ARN, from which the account and the path are taken."""

import pytest

from wizard.modes.aws.model import AwsSetup

ACCOUNT = "111122223333"


def aws(role: str, **changes: str | None) -> tuple[str, str, str | None]:
    """The account, the name and the path of the role in a setup that names this role."""
    data = AwsSetup.example().model_dump(mode="json", exclude_none=True)
    data["aws"] |= {"role": role, **changes}
    data["aws"] = {key: value for key, value in data["aws"].items() if value is not None}
    found = AwsSetup.model_validate(data).aws
    return found.account, found.role, found.role_path


@pytest.mark.parametrize(
    ("arn", "path"),
    [
        (f"arn:aws:iam::{ACCOUNT}:role/loader", "/"),
        (f"arn:aws:iam::{ACCOUNT}:role/team/data/loader", "/team/data/"),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/loader", None),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/loader/0123456789abcdef", None),
    ],
)
def test_an_arn_names_the_account_the_role_and_its_path(arn: str, path: str | None) -> None:
    assert aws(arn) == aws(arn, account=None) == (ACCOUNT, "loader", path)


def test_a_name_says_nothing_about_the_path() -> None:
    assert aws("loader") == (ACCOUNT, "loader", None)


def test_an_arn_of_the_partition_of_the_region_is_accepted() -> None:
    arn = f"arn:aws-eusc:iam::{ACCOUNT}:role/loader"
    assert aws(arn, region="eusc-de-east-1") == (ACCOUNT, "loader", "/")
