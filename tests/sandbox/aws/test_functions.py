"""A Lambda function needs a role that lets Lambda in."""

import io
import zipfile

import pytest

from tests.sandbox.aws.served import Account, Accounts, refusal

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


def test_a_function_that_does_not_exist_is_not_found(account: Account) -> None:
    invoke = account.client("lambda").invoke
    arn = "arn:aws:lambda:ap-northeast-1:111122223333:function:load"
    assert refusal(invoke, FunctionName="load") == ("ResourceNotFoundException", f"Function not found: {arn}", 404)
    assert refusal(invoke, FunctionName=arn)[1] == f"Function not found: {arn}"


def test_a_function_that_exists_does_not_run_here(accounts: Accounts) -> None:
    client = accounts(roles=[{"name": "reader", "service": "lambda.amazonaws.com"}]).client("lambda")
    function = {"FunctionName": "load", "Runtime": "python3.13", "Handler": "app.handler", "Role": ARN}
    client.create_function(**function, Code={"ZipFile": package()})
    text = "the sandbox does not run functions: load was not invoked"
    assert refusal(client.invoke, FunctionName="load") == ("NotImplemented", text, 501)
    assert client.invoke(FunctionName="load", InvocationType="DryRun")["StatusCode"] == 204
    assert refusal(client.invoke, FunctionName="load", Qualifier="7")[0] == "ResourceNotFoundException"
