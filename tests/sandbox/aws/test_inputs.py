"""AWS refuses input that it cannot read, in the words of each protocol, before anything else is done with it."""

from typing import Any

import pytest

from tests.fuzz.aws_calls import answered, signed
from wizard.sandbox.aws.protocols import SERVICES
from wizard.sandbox.process import Sandbox

JSON = {"Content-Type": "application/x-amz-json-1.1"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ECS = "AmazonEC2ContainerServiceV20141113"
DEEP = b'{"family": ' + b"[" * 5_000 + b"]" * 5_000 + b"}"


@pytest.fixture(scope="module")
def running() -> Any:
    with Sandbox() as sandbox:
        yield sandbox


def ask(sandbox: Sandbox, service: str, path: str, body: bytes, headers: dict[str, str], method: str = "POST") -> Any:
    return answered(sandbox, signed(sandbox, SERVICES[service], method, path, body, headers))


@pytest.mark.parametrize("body", [DEEP, b"{", b"[]", b"null", b'{"family": 7}', b'{"containerDefinitions": [null]}'])
def test_json_that_cannot_be_read_is_a_serialization_exception(running: Sandbox, body: bytes) -> None:
    answer = ask(running, "ecs", "/", body, {**JSON, "X-Amz-Target": f"{ECS}.RegisterTaskDefinition"})
    assert (answer.status, answer.code) == (400, "SerializationException")


@pytest.mark.parametrize("body", [DEEP, b"{", b"[]", b'{"jobDefinitionName": []}', b'{"containerProperties": "x"}'])
def test_the_same_holds_for_services_that_are_called_by_path(running: Sandbox, body: bytes) -> None:
    answer = ask(running, "batch", "/v1/registerjobdefinition", body, JSON)
    assert (answer.status, answer.code) == (400, "SerializationException")


def test_null_is_as_if_it_was_not_there(running: Sandbox) -> None:
    headers = {**JSON, "X-Amz-Target": f"{ECS}.ListClusters"}
    assert ask(running, "ecs", "/", b'{"maxResults": null}', headers).status == 200


def test_a_number_that_is_none_is_malformed_input(running: Sandbox) -> None:
    for number in (b"x", b"%C2%B2", b"9" * 30, b"1.5"):
        body = b"Action=GetSessionToken&Version=2011-06-15&DurationSeconds=" + number
        answer = ask(running, "sts", "/", body, FORM)
        assert (answer.status, b"<Code>MalformedInput</Code>" in answer.body) == (400, True)


def test_a_session_token_lasts_no_longer_than_36_hours(running: Sandbox) -> None:
    answer = ask(running, "sts", "/", b"Action=GetSessionToken&Version=2011-06-15&DurationSeconds=129601", FORM)
    assert b"<Code>ValidationError</Code>" in answer.body


def test_what_xml_cannot_have_is_refused(running: Sandbox) -> None:
    answer = ask(running, "iam", "/", b"Action=GetRole&Version=2010-05-08&RoleName=%00", FORM)
    assert b"<Code>ValidationError</Code>" in answer.body
    answer = ask(running, "ec2", "/", b"Action=DescribeVpcs&Version=2016-11-15&VpcId.1=%00", FORM)
    assert b"<Code>InvalidCharacter</Code>" in answer.body


def test_a_path_that_no_operation_has_is_an_unknown_operation(running: Sandbox) -> None:
    for path in ("//", "/%zz", "/v1/nothing"):
        for method in ("GET", "PUT"):
            answer = ask(running, "batch", path, b"", JSON, method)
            assert (answer.status, answer.code) == (404, "UnknownOperationException")


def test_a_family_with_a_colon_is_refused(running: Sandbox) -> None:
    body = b'{"family": "a:b", "containerDefinitions": [{"name": "a", "image": "b", "memory": 64}]}'
    answer = ask(running, "ecs", "/", body, {**JSON, "X-Amz-Target": f"{ECS}.RegisterTaskDefinition"})
    assert (answer.status, answer.code) == (400, "ClientException")


def test_a_job_without_containers_is_refused(running: Sandbox) -> None:
    body = b'{"jobDefinitionName": "a", "type": "container", "ecsProperties": {"taskProperties": [{"containers": []}]}}'
    answer = ask(running, "batch", "/v1/registerjobdefinition", body, JSON)
    assert (answer.status, answer.code) == (400, "ClientException")
