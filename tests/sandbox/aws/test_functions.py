"""A Lambda function needs a role that lets Lambda in."""

import io
import zipfile

import pytest

from tests.sandbox.aws.served import Accounts, refusal

ARN = "arn:aws:iam::111122223333:role/reader"


def package() -> bytes:
    """A function's code, as Lambda takes it."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): pass")
    return data.getvalue()


@pytest.mark.parametrize(("service", "made"), [("lambda.amazonaws.com", True), ("ec2.amazonaws.com", False)])
def test_a_function_is_made_if_its_role_trusts_lambda(accounts: Accounts, service: str, made: bool) -> None:
    create = accounts(roles=[{"name": "reader", "service": service}]).client("lambda").create_function
    function = {"FunctionName": "load", "Runtime": "python3.13", "Handler": "app.handler", "Role": ARN}
    code = {"ZipFile": package()}
    if made:
        assert create(**function, Code=code)["Role"] == ARN
    else:
        text = "The role defined for the function cannot be assumed by Lambda."
        assert refusal(create, **function, Code=code) == ("InvalidParameterValueException", text, 400)
