"""The table of runtimes: a new runtime is one more row, and everything follows from it."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.setups import answers as no_answers
from tests.setups import json_schema, loads, question
from wizard.federation.trust import TrustedService, trust_policy
from wizard.modes.aws import admission, app_code, chain_titles
from wizard.modes.aws.blueprint import Blueprint
from wizard.modes.aws.live import application, places
from wizard.modes.aws.live.test import likely_place
from wizard.modes.aws.model import AwsSetup
from wizard.modes.aws.runtimes import RUNTIMES, Runtime, Service, with_role
from wizard.resources.aws_role import InstanceProfile, Role
from wizard.setup.load import dump
from wizard.setup.problems import SetupError

ACCOUNT, REGION = "111122223333", "ap-northeast-1"

NOTEBOOK = Runtime(
    name="notebook",
    title="A notebook",
    note="an interactive session",
    service=Service("notebook.amazonaws.com", "Notebooks", source="notebook"),
    role_title="Notebook role",
    identity="The notebook acts as the role of its domain.",
    session_length=20,
    session_beginning="nb-",
    delivery="container endpoint",
    packaging="image",
    folder="/opt/google",
    environment="the environment of the notebook's image",
    plain_file="a notebook has no instance metadata",
    variables=("NOTEBOOK_ID",),
)


@pytest.fixture(autouse=True)
def another_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RUNTIMES, NOTEBOOK.name, NOTEBOOK)


def setup_for(runtime: str) -> AwsSetup:
    """The example, in another runtime."""
    document = AwsSetup.example().model_dump(exclude_defaults=True) | {"version": 1, "mode": "aws"}
    document["aws"]["runtime"] = runtime
    return AwsSetup.model_validate(document)


def blueprint_of(runtime: str) -> Blueprint:
    return Blueprint(setup_for(runtime), "123456789012", {}, Path())


def test_every_runtime_stands_under_its_own_name() -> None:
    assert [each.name for each in RUNTIMES.values()] == list(RUNTIMES)


def test_a_setup_may_name_a_new_runtime() -> None:
    setup = setup_for("notebook")
    assert loads(dump(setup)) == setup
    assert json_schema()["$defs"]["Aws"]["properties"]["runtime"]["enum"] == list(RUNTIMES)


@pytest.mark.parametrize("key", ["job_definition", "task_definition"])
def test_a_runtime_without_a_definition_refuses_both_kinds(key: str) -> None:
    text = dump(setup_for("notebook")).replace("  runtime: notebook\n", f"  runtime: notebook\n  {key}: nightly\n")
    with pytest.raises(SetupError, match=f'the runtime "notebook" does not use {key}'):
        loads(text)


def test_the_message_about_an_unknown_runtime_names_the_new_one() -> None:
    with pytest.raises(
        SetupError, match=r"not a valid choice; use one of these values: ecs-fargate, .*, lambda, eks, notebook"
    ):
        loads(dump(setup_for("ec2")).replace("runtime: ec2", "runtime: kubernetes"))


def test_the_questions_offer_a_new_runtime_and_ask_what_it_has() -> None:
    answers = no_answers()
    assert question("aws.runtime").options(answers)[-1].title == "A notebook"
    assert question("aws.runtime").check("notebook", answers) is None
    answers.set("aws.runtime", "notebook")
    asked = [each.path for each in answers.on_page("aws-workload") if each.shown(answers)]
    assert asked == ["aws.runtime", "aws.account", "aws.region", "aws.role", "aws.profile"]


def test_the_plan_lets_the_service_of_a_new_runtime_assume_the_role() -> None:
    (role,) = blueprint_of("notebook").resources("aws")
    assert isinstance(role, Role)
    assert role.wanted_trust()["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "notebook.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "ArnLike": {"aws:SourceArn": f"arn:aws:notebook:{REGION}:{ACCOUNT}:*"},
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
            },
        }
    ]


@pytest.mark.parametrize("runtime", sorted(with_role()))
def test_only_an_instance_gets_an_instance_profile(runtime: str) -> None:
    profiles = [each for each in blueprint_of(runtime).resources("aws") if isinstance(each, InstanceProfile)]
    assert len(profiles) == (1 if runtime == "ec2" else 0)


def test_the_application_of_a_new_runtime_gets_its_file_its_region_and_the_supplier() -> None:
    setup = setup_for("notebook")
    variables = {each.name: each.value for each in app_code.variables(setup)}
    assert variables["GOOGLE_APPLICATION_CREDENTIALS"].startswith("/opt/google/")
    assert variables["AWS_REGION"] == REGION
    snippets = app_code.snippets(setup, {})
    assert {"Credential supplier for Python", "Credential configuration in the image"} < {
        snippet.title for snippet in snippets
    }
    assert any(NOTEBOOK.environment in each.why for each in snippets)
    assert app_code.identity(setup) == NOTEBOOK.identity


def test_the_picture_and_the_preview_show_a_new_runtime() -> None:
    assert chain_titles.titles(setup_for("notebook"))["aws-credentials"] == "Notebook role"
    assert admission.sample_session("notebook") == "nb-0123456789abcdef0"


class Trusting:
    """The operator's calls in an account whose role trusts a service."""

    def __init__(self, service: TrustedService) -> None:
        self.policy = trust_policy(service)

    def call(self, _: str, operation: str, **arguments: Any) -> dict[str, Any]:
        if operation == "get_role":
            arn = f"arn:aws:iam::{ACCOUNT}:role/{arguments['RoleName']}"
            return {"Role": {"Arn": arn, "AssumeRolePolicyDocument": self.policy}}
        keys = {"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "made-up", "SessionToken": "made-up"}
        return {"Credentials": {**keys, "Expiration": datetime(2026, 1, 2, tzinfo=UTC)}}


def test_the_live_test_gives_credentials_as_a_new_runtime_does() -> None:
    workload = places.WorkloadRole(ACCOUNT, "loader", "notebook", REGION)
    assert len(places.session_name(workload)) == 20
    assert places.session_name(workload) != places.session_name(workload)
    with places.here(workload, Trusting(workload.service), os.environ) as place:
        assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" in place.environment
        assert "AWS_SECRET_ACCESS_KEY" not in place.environment
        assert application.needs_supplier(place, None)
    with places.here(workload, Trusting(TrustedService("ec2.amazonaws.com")), os.environ) as place:
        assert place.withheld == "the trust policy of loader does not let notebook.amazonaws.com assume the role"


def test_a_variable_of_a_new_runtime_tells_that_the_test_runs_inside_it() -> None:
    assert likely_place({"NOTEBOOK_ID": "1"}) == "inside"
    assert likely_place({"PATH": "/usr/bin"}) == "here"
