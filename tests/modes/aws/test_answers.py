"""Answers make a setup, and a setup makes answers; what is wrong is told at the question it is about."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.setups import answers as no_answers
from tests.setups import answers_of
from tests.setups import problems as problems_of
from wizard.federation.aws import AWS_ROLE
from wizard.federation.identifiers import PoolName
from wizard.federation.mapping import Condition, Mapped
from wizard.federation.principals import principal_set
from wizard.modes.aws import derived
from wizard.modes.aws.answers import QUESTIONS
from wizard.modes.aws.blueprint import Blueprint
from wizard.modes.aws.model import AwsSetup
from wizard.modes.aws.rules import AWS_ROLE_NAME
from wizard.setup.answers import Answers
from wizard.setup.problems import SetupError
from wizard.setup.question import Found

ROLE = "arn:aws:sts::111122223333:assumed-role/rds-to-bigquery"
PAGES = ("aws-workload", "aws-project", "aws-trust", "aws-access", "aws-result")


def enough() -> Answers:
    """The answers that nothing can be derived from."""
    answers = no_answers({"google.project": Found("acme-analytics", "gcloud config")})
    answers.set("aws.runtime", "batch-fargate")
    answers.set("aws.account", "111122223333")
    answers.set("aws.region", "ap-northeast-1")
    answers.set("aws.role", "rds-to-bigquery")
    answers.set("access.roles", ("roles/bigquery.jobUser",))
    return answers


def conditions(account: str, region: str) -> st.SearchStrategy[str | None]:
    wide = derived.account_condition(account, region)
    return st.sampled_from([None, wide, "attribute.aws_role == 'x'", "assertion.arn\n  .contains('x')"])


@st.composite
def setups(draw: st.DrawFn) -> AwsSetup:
    """Setups without what their runtime does not have."""
    data: dict[str, Any] = AwsSetup.example().model_dump(mode="json")
    aws, google, access = data["aws"], data["google"], data["access"]
    runtime = draw(st.sampled_from(["ecs-fargate", "ecs-ec2", "batch-fargate", "batch-ec2", "ec2", "lambda"]))
    word = st.none() | st.text(min_size=1)
    aws |= {
        "runtime": runtime,
        "account": draw(st.from_regex(r"[0-9]{12}", fullmatch=True)),
        "region": draw(st.sampled_from(["ap-northeast-1", "us-gov-west-1", "cn-north-1", "eusc-de-east-1"])),
        "role": draw(st.from_regex(AWS_ROLE_NAME.replace("$", r"\Z"))),
        "role_path": draw(st.sampled_from([None, "/", "/team/"])),
    }
    name = st.none() | st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
    if runtime == "ec2":
        aws |= {"imdsv2": draw(st.booleans()), "containerized": draw(st.booleans())}
        aws["instance"] = draw(st.sampled_from([None, "i-0123456789abcdef0"]))
    elif runtime == "lambda":
        aws["function"] = draw(name)
    else:
        kind = "task_definition" if runtime.startswith("ecs-") else "job_definition"
        aws |= {kind: draw(name), "container": draw(word)}
        if aws[kind]:
            aws["config_delivery"] = draw(st.sampled_from(["file", "environment"]))
        if aws.get("task_definition"):
            aws["services"] = draw(st.lists(st.sampled_from(["prod/orders", "prod/returns"]), max_size=2))
    google["pool_project"] = draw(st.sampled_from([None, "acme-analytics", "acme-identity"]))
    google["attribute_condition"] = draw(conditions(aws["account"], aws["region"]))
    mapping = {"google.subject": "assertion.arn", "attribute.aws_role": AWS_ROLE, "attribute.who": "'a'\n+ 'b'"}
    google["attribute_mapping"] = draw(st.sampled_from([None, mapping]))
    if draw(st.booleans()):
        account = draw(st.sampled_from(["bq-loader", "bq-loader@acme-identity.iam.gserviceaccount.com"]))
        lifetime = draw(st.none() | st.integers(600, 43200))
        access |= {"via": "service-account", "service_account": account, "token_lifetime": lifetime}
    roles = st.sampled_from(["roles/bigquery.jobUser", "roles/storage.objectViewer", "roles/run.invoker"])
    grants = st.fixed_dictionaries(
        {"on": st.sampled_from(["projects/acme-analytics", "projects/acme-data"]), "roles": st.lists(roles, min_size=1)}
    )
    access["grants"] = draw(st.lists(grants, max_size=3))
    data["credential_config"] = draw(st.sampled_from([None, "config.json"]))
    data["probe"] |= {"image": draw(word), "subnets": draw(st.lists(st.text(), max_size=2))}
    return AwsSetup.model_validate(data)


@given(setups())
def test_the_answers_of_a_setup_make_the_same_setup(setup: AwsSetup) -> None:
    answers = answers_of(setup)
    problems = problems_of(setup)
    if not problems:
        assert answers.to_setup() == setup
        return
    with pytest.raises(SetupError) as refused:
        answers.to_setup()
    assert [each.what for each in refused.value.problems] == [each.what for each in problems]


@given(setups())
def test_a_good_setup_leaves_nothing_to_answer(setup: AwsSetup) -> None:
    answers = answers_of(setup)
    missing = [path for page in PAGES for path, _ in answers.missing(page)]
    wrong = {each.where for each in problems_of(setup)}  # what is wrong is an answer to give again
    direct = {"access.via"} if wrong else set()
    assert set(missing) <= wrong | direct | (set() if setup.access.grants else {"access.roles"})


def test_few_answers_are_enough() -> None:
    answers = enough()
    assert [answers.missing(page) for page in PAGES] == [[], [], [], [], []]
    setup = answers.to_setup()
    assert setup.google.provider == "aws-111122223333"
    assert setup.access.via == "direct"
    assert setup.google.pool_project is None
    assert setup.google.attribute_condition is None
    assert setup.google.attribute_mapping is None
    assert setup.credential_config is None


def test_later_answers_follow_earlier_ones_until_they_are_given() -> None:
    answers = enough()
    answers.set("aws.account", "444455556666")
    assert answers.to_setup().google.provider == "aws-444455556666"
    answers.set("google.provider", "chosen")
    answers.set("aws.account", "111122223333")
    assert answers.to_setup().google.provider == "chosen"
    answers.clear("google.provider")
    assert answers.to_setup().google.provider == "aws-111122223333"


def test_what_is_not_asked_any_more_is_kept_but_not_used() -> None:
    answers = enough()
    answers.set("aws.job_definition", "nightly")
    answers.set("aws.runtime", "lambda")
    assert answers.to_setup().aws.job_definition is None
    answers.set("aws.runtime", "batch-ec2")
    assert answers.to_setup().aws.job_definition == "nightly"


def test_every_problem_is_told_at_its_question() -> None:
    answers = no_answers()
    answers.set("aws.account", "12")
    answers.set("access.roles", ("nonsense role", "roles/viewer"))
    answers.set("access.on", "123456789012")
    answers.set("access.via", "service-account")
    answers.set("access.token_lifetime", "soon")
    answers.set("trust.who", "own")
    with pytest.raises(SetupError) as refused:
        answers.to_setup()
    assert {each.where for each in refused.value.problems} == {
        "aws.runtime",
        "aws.account",
        "aws.region",
        "aws.role",
        "google.project",
        "google.provider",
        "access.on",
        "access.roles",
        "access.service_account",
        "access.token_lifetime",
    }
    assert all(each.line is None for each in refused.value.problems)


def test_problems_of_expressions_are_told_at_their_questions() -> None:
    answers = enough()
    answers.set("trust.who", "own")
    answers.set("google.attribute_condition", "attribute.aws_role ==")
    answers.set("google.attribute_mapping", "google.subject=assertion.")
    with pytest.raises(SetupError) as refused:
        answers.to_setup()
    assert {each.where for each in refused.value.problems} == {"google.attribute_condition", "google.attribute_mapping"}


def test_direct_access_that_cannot_work_is_told_at_the_roles() -> None:
    answers = enough()
    answers.set("access.via", "direct")
    answers.set("access.roles", ("roles/run.invoker",))
    with pytest.raises(SetupError, match="require an ID token") as refused:
        answers.to_setup()
    assert [each.where for each in refused.value.problems] == ["access.roles"]


def test_a_wider_trust_admits_every_role_of_the_account_and_nobody_else() -> None:
    answers = enough()
    answers.set("trust.who", "account")
    written = answers.to_setup().google.attribute_condition
    assert written == "attribute.aws_role.startsWith('arn:aws:sts::111122223333:assumed-role/')"
    condition = Condition(written)

    def admits(role: str) -> bool:
        return condition.evaluate({}, Mapped("subject", (), {"aws_role": role}))

    assert admits(ROLE)
    assert admits("arn:aws:sts::111122223333:assumed-role/another")
    assert not admits("arn:aws:sts::444455556666:assumed-role/rds-to-bigquery")
    assert not admits("arn:aws:iam::111122223333:user/somebody")


def test_a_wider_trust_follows_the_account() -> None:
    answers = answers_of(_wide(enough()).to_setup())
    assert answers.get("trust.who") == "account"
    answers.set("aws.account", "444455556666")
    assert "444455556666" in str(answers.to_setup().google.attribute_condition)


def test_with_a_wider_trust_the_binding_still_names_the_role() -> None:
    setup = _wide(enough()).to_setup()
    blueprint = Blueprint(setup, "123456789012", {}, Path())
    assert blueprint.principal == principal_set(PoolName("123456789012", "aws-workloads"), "aws_role", ROLE)


def _wide(answers: Answers) -> Answers:
    answers.set("trust.who", "account")
    return answers


def test_further_grants_and_the_probe_of_a_file_are_kept() -> None:
    data = AwsSetup.example().model_dump(mode="json")
    data["access"]["grants"].append({"on": "projects/acme-data", "roles": ["roles/storage.objectViewer"]})
    data["probe"]["queue"] = "nightly"
    answers = answers_of(AwsSetup.model_validate(data))
    answers.set("access.on", "acme-staging")
    setup = answers.to_setup()
    assert [grant.on for grant in setup.access.grants] == ["projects/acme-staging", "projects/acme-data"]
    assert setup.probe.queue == "nightly"
    assert answers.roles() == ("roles/bigquery.jobUser", "roles/storage.objectViewer")


def test_opening_a_setup_tells_the_product() -> None:
    assert answers_of(AwsSetup.example()).get("access.product") == "bigquery"


def test_only_questions_can_be_answered() -> None:
    with pytest.raises(KeyError):
        no_answers().set("aws.rolle", "x")
    assert set(enough().explicit()) < {each.path for each in QUESTIONS}
