"""A Lambda function needs a role that lets Lambda in."""

import base64
import io
import json
import zipfile
from typing import Any

import pytest

from tests.sandbox.aws.served import Account, Accounts, refusal

ARN = "arn:aws:iam::111122223333:role/reader"


def package(source: str = "def handler(event, context): pass") -> bytes:
    """A function's code, as Lambda takes it."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("app.py", source)
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


@pytest.fixture
def client(accounts: Accounts) -> Any:
    return accounts(roles=[{"name": "reader", "service": "lambda.amazonaws.com"}]).client("lambda")


def invoke(client: Any, source: str, event: Any = None, **more: Any) -> Any:
    """Create a function with that source, and invoke it; the answer, its payload read."""
    function = {"FunctionName": "load", "Runtime": "python3.13", "Handler": "app.handler", "Role": ARN, **more}
    client.create_function(**function, Code={"ZipFile": package(source)})
    answer = client.invoke(FunctionName="load", Payload=json.dumps(event), LogType="Tail")
    return {**answer, "Payload": json.loads(answer["Payload"].read())}


def test_a_function_runs_with_the_credentials_of_its_role_and_nothing_else(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/made-up/operator.json")
    source = "import os\ndef handler(event, context): return [event, dict(os.environ), context.function_name]"
    answer = invoke(client, source, {"day": 1}, Environment={"Variables": {"TABLE": "sales"}})
    event, environment, name = answer["Payload"]
    assert (event, name, environment["TABLE"]) == ({"day": 1}, "load", "sales")
    assert environment["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert environment["AWS_SESSION_TOKEN"]
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "load"
    assert "GOOGLE_APPLICATION_CREDENTIALS" not in environment
    assert not [variable for variable in environment if variable.startswith("AWS_CONTAINER_")]


def test_what_a_function_prints_is_in_its_log(accounts: Accounts) -> None:
    account = accounts(roles=[{"name": "reader", "service": "lambda.amazonaws.com"}])
    answer = invoke(account.client("lambda"), "def handler(event, context): print('loaded 7 rows')")
    assert base64.b64decode(answer["LogResult"]) == b"loaded 7 rows\n"
    logs = account.client("logs")
    (stream,) = logs.describe_log_streams(logGroupName="/aws/lambda/load")["logStreams"]
    events = logs.get_log_events(logGroupName="/aws/lambda/load", logStreamName=stream["logStreamName"])["events"]
    assert [event["message"] for event in events][1] == "loaded 7 rows"


def test_an_error_of_a_function_is_its_answer(client: Any) -> None:
    answer = invoke(client, "def handler(event, context): raise KeyError('table')")
    assert answer["FunctionError"] == "Unhandled"
    assert (answer["Payload"]["errorType"], answer["Payload"]["errorMessage"]) == ("KeyError", "'table'")


def test_a_function_that_takes_too_long_is_killed(client: Any) -> None:
    answer = invoke(client, "import time\ndef handler(event, context): time.sleep(60)", Timeout=1)
    assert answer["FunctionError"] == "Unhandled"
    assert answer["Payload"]["errorMessage"].endswith("Task timed out after 1.00 seconds")


def test_a_function_of_another_runtime_does_not_run_here(accounts: Accounts) -> None:
    client = accounts(roles=[{"name": "reader", "service": "lambda.amazonaws.com"}]).client("lambda")
    function = {"FunctionName": "load", "Runtime": "nodejs22.x", "Handler": "app.handler", "Role": ARN}
    client.create_function(**function, Code={"ZipFile": package()})
    text = "the sandbox cannot run this function: load was not invoked"
    assert refusal(client.invoke, FunctionName="load") == ("NotImplemented", text, 501)
    assert client.invoke(FunctionName="load", InvocationType="DryRun")["StatusCode"] == 204
    assert refusal(client.invoke, FunctionName="load", Qualifier="7")[0] == "ResourceNotFoundException"
