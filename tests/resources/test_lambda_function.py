"""The function that is the workload: its role and variables are set, and all else is kept."""

import io
import json
import zipfile
from typing import Any

import pytest

from tests.resources.writing import action, change_of, revert, write
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.journal import encoded
from wizard.engine.resource import Change, Owner, Refused, owned
from wizard.federation.trust import TrustedService, trust_policy
from wizard.resources.aws_role import Role
from wizard.resources.kind import Needed
from wizard.resources.lambda_function import LambdaFunction
from wizard.resources.registration import Variables

ACCOUNT, REGION = "111122223333", "ap-northeast-1"
ROLE, OLD = (f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("for-lambda", "old-function"))
SERVICE = TrustedService("lambda.amazonaws.com", role_account=ACCOUNT)
VARIABLES = Variables({"GOOGLE_APPLICATION_CREDENTIALS": "/var/task/c.json", "GOOGLE_CLOUD_PROJECT": "acme-analytics"})
PASSWORD = "correct-horse-battery"


def function(name: str, **changes: Any) -> LambdaFunction:
    role = Role(ACCOUNT, REGION, "for-lambda", SERVICE)
    return LambdaFunction(ACCOUNT, REGION, name, role, VARIABLES, **changes)


def package() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): pass")
    return data.getvalue()


def create(clouds: Clouds, name: str, variables: dict[str, str] | None = None) -> None:
    """Create a function with another role, which publishes version 1 as the alias prod."""
    try:
        trust = json.dumps(trust_policy(SERVICE))
        clouds.aws.call("iam", "create_role", RoleName="old-function", AssumeRolePolicyDocument=trust)
    except CloudError as error:
        assert error.reason == "EntityAlreadyExists"
    clouds.aws.call(
        "lambda",
        "create_function",
        FunctionName=name,
        Runtime="python3.13",
        Handler="app.handler",
        Role=OLD,
        Timeout=77,
        Environment={"Variables": {"DB_PASSWORD": PASSWORD, **(variables or {})}},
        Code={"ZipFile": package()},
        Publish=True,
    )
    clouds.aws.call("lambda", "create_alias", FunctionName=name, Name="prod", FunctionVersion="1")


def configuration(clouds: Clouds, name: str, **qualifier: str) -> dict[str, Any]:
    return clouds.aws.call("lambda", "get_function_configuration", FunctionName=name, **qualifier)


def test_a_function_gets_its_role_and_variables_and_keeps_the_rest(clouds: Clouds) -> None:
    create(clouds, "kept")
    assert write(function("kept"), clouds).action == "update"
    found = configuration(clouds, "kept")
    assert found["Role"] == ROLE
    assert found["Environment"]["Variables"] == {"DB_PASSWORD": PASSWORD, **VARIABLES.always}
    assert found["Timeout"] == 77
    assert action(function("kept"), clouds) == "none"
    assert configuration(clouds, "kept", Qualifier="1")["Role"] == OLD


def test_what_is_lost_what_switches_and_what_stays_is_told(clouds: Clouds) -> None:
    create(clouds, "told")
    wanted = function("told", hints=("A hint.",))
    change = change_of(wanted, clouds)
    assert wanted.losers(change) == [
        "told loses the role old-function: AWS then denies the actions that for-lambda does not allow"
    ]
    assert (wanted.impact(change) or "").startswith(
        "the wizard changes the function itself ($LATEST). Callers that invoke told"
    )
    publish = "aws lambda publish-version --function-name told --query Version --output text"
    assert wanted.notes(change) == [
        "A function writes its logs with its role: for-lambda needs the permissions of AWSLambdaBasicExecutionRole.",
        "A hint.",
        "The alias prod continues to use version 1, which keeps its role and variables. To update the alias, "
        "publish a version and point the alias to it: aws lambda update-alias --function-name told --name prod "
        f'--function-version "$({publish})"',
    ]
    assert wanted.permissions(change) == [
        Needed("aws", "lambda:UpdateFunctionConfiguration", wanted.name),
        Needed("aws", "iam:PassRole", ROLE),
    ]


def test_values_of_others_are_in_no_plan_and_in_no_journal(clouds: Clouds) -> None:
    create(clouds, "hidden", {"GOOGLE_APPLICATION_CREDENTIALS": f'{{"private_key": "{PASSWORD}"}}'})
    wanted = function("hidden")
    change = change_of(wanted, clouds)
    shown = repr(change) + encoded(owned(change.before, change.after)) + "".join(wanted.commands(change))
    assert PASSWORD not in shown
    assert "(not shown: 40 characters)" in shown


def test_it_is_restored_but_for_values_that_were_not_recorded(clouds: Clouds) -> None:
    create(clouds, "back", {"GOOGLE_CLOUD_PROJECT": "acme-old"})
    wanted = function("back")
    change = write(wanted, clouds)
    assert revert(change, clouds) == []
    found = configuration(clouds, "back")
    assert found["Role"] == OLD
    assert found["Environment"]["Variables"] == {"DB_PASSWORD": PASSWORD, "GOOGLE_CLOUD_PROJECT": "acme-old"}
    create(clouds, "half-back", {"GOOGLE_APPLICATION_CREDENTIALS": "{}{}{}"})
    wanted = function("half-back")
    change = write(wanted, clouds)
    assert revert(change, clouds) == [
        "The former value of environment.GOOGLE_APPLICATION_CREDENTIALS might be a secret, so the wizard did not "
        "record this value, and does not revert environment.GOOGLE_APPLICATION_CREDENTIALS."
    ]
    assert configuration(clouds, "half-back")["Role"] == OLD


def test_what_someone_else_changed_is_left(clouds: Clouds) -> None:
    create(clouds, "changed")
    wanted = function("changed")
    change = write(wanted, clouds)
    clouds.aws.call("lambda", "update_function_configuration", FunctionName="changed", Role=OLD)
    variables = {"Variables": {"GOOGLE_CLOUD_PROJECT": "theirs", "DB_PASSWORD": PASSWORD}}
    clouds.aws.call("lambda", "update_function_configuration", FunctionName="changed", Environment=variables)
    assert revert(change, clouds) == [
        "environment.GOOGLE_CLOUD_PROJECT is now theirs, but the run set it to acme-analytics.",
    ]
    assert configuration(clouds, "changed")["Role"] == OLD
    assert configuration(clouds, "changed")["Environment"] == variables


def test_an_update_of_someone_else_in_between_is_noticed(clouds: Clouds) -> None:
    create(clouds, "in-between")
    arguments = {"FunctionName": "in-between", "RevisionId": configuration(clouds, "in-between")["RevisionId"]}
    clouds.aws.call("lambda", "update_function_configuration", **arguments, Timeout=5)
    with pytest.raises(CloudError) as late:
        clouds.aws.call("lambda", "update_function_configuration", **arguments, Timeout=6)
    assert function("in-between").moved(late.value)


def test_a_role_that_lambda_cannot_assume_yet_is_waited_for(clouds: Clouds) -> None:
    create(clouds, "early")
    with pytest.raises(CloudError) as early:
        role = f"arn:aws:iam::{ACCOUNT}:role/for-batch"
        clouds.aws.call("lambda", "update_function_configuration", FunctionName="early", Role=role)
    assert function("early").not_yet(early.value)


def test_a_function_that_is_not_there_or_cannot_be_read_is_refused(
    clouds: Clouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refused, match=r"has no function nowhere in ap-northeast-1.*correct aws\.function"):
        function("nowhere").read(clouds)
    locked = {"Role": OLD, "Environment": {"Error": {"ErrorCode": "AccessDeniedException", "Message": "kms"}}}
    monkeypatch.setattr(LambdaFunction, "_configuration", lambda *_: locked)
    with pytest.raises(
        Refused, match=r"could not decrypt the environment variables of locked with your permissions \(AccessDenied"
    ):
        function("locked").read(clouds)


def test_what_cloudformation_made_is_left_to_it() -> None:
    wanted = function("of-a-stack")
    before = {"role": OLD, "environment": {}, "stack": "nights"}
    assert wanted.owner(Change(wanted, before, wanted.desired())) == Owner("CloudFormation", "stack nights")
