"""What is asked, on which page and when; defaults with their sources; checks in the words of the headless commands."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.setups import answers as no_answers
from tests.setups import loads, question
from wizard.federation.aws import AWS_DEFAULT_MAPPING
from wizard.modes.aws import derived, rules
from wizard.modes.aws.answers import QUESTIONS
from wizard.setup import derived as names
from wizard.setup import rules as google_rules
from wizard.setup.answers import Answers
from wizard.setup.problems import SetupError
from wizard.setup.question import Found, Question
from wizard.setup.usual_roles import PRODUCTS

PAGES = ("aws-workload", "aws-project", "aws-trust", "aws-access", "aws-result")


def answered(**answers: str) -> Answers:
    """Answers by path, with `__` for the dot."""
    made = no_answers()
    for path, value in answers.items():
        made.set(path.replace("__", "."), value)
    return made


def shown(page: str, answers: Answers) -> list[str]:
    return [each.path for each in answers.on_page(page) if each.shown(answers)]


def test_every_question_is_on_a_page_once() -> None:
    assert [each.path for page in PAGES for each in no_answers().on_page(page)] == [each.path for each in QUESTIONS]
    assert len({each.path for each in QUESTIONS}) == len(QUESTIONS)
    assert no_answers().on_page("review") == ()


@pytest.mark.parametrize("each", QUESTIONS, ids=lambda each: each.path)
def test_a_question_is_one_plain_sentence_with_one_or_two_of_help(each: Question) -> None:
    assert each.title.endswith("?")
    assert each.title.count("?") == 1
    assert each.help.endswith(".")
    assert "!" not in each.title + each.help


def test_asking_loads_nothing_heavy() -> None:
    heavy = "pydantic", "yaml", "boto3", "botocore", "google.auth", "cel_expr_python", "textual"
    code = (
        "import sys; from wizard.modes.mode import table\n"
        "[each.default(mode.answers()) for mode in table().values() for each in mode.questions]\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("runtime", "asked"),
    [
        ("batch-fargate", ["aws.job_definition", "aws.container"]),
        ("batch-ec2", ["aws.job_definition", "aws.container"]),
        ("ecs-fargate", ["aws.task_definition", "aws.container"]),
        ("ecs-ec2", ["aws.task_definition", "aws.container"]),
        ("ec2", ["aws.instance", "aws.containerized", "aws.imdsv2"]),
        ("lambda", ["aws.function"]),
    ],
)
def test_a_runtime_is_asked_about_what_it_has(runtime: str, asked: list[str]) -> None:
    usual = ["aws.runtime", "aws.account", "aws.region", "aws.role", "aws.profile"]
    assert shown("aws-workload", answered(aws__runtime=runtime)) == usual + asked


def test_names_are_derived_from_earlier_answers_and_say_so() -> None:
    answers = answered(aws__account="111122223333", aws__role="Data_Loader@prod", google__project="acme-analytics")
    assert answers.found("google.provider") == Found("aws-111122223333", "derived from the account")
    assert answers.found("google.pool") == Found("aws-workloads", "default name")
    assert answers.found("google.pool_project") == Found("acme-analytics", "the project that you chose before")
    assert answers.found("access.service_account") == Found("data-loader-prod", "derived from the IAM role")
    assert answers.text("credential_config") == "clientLibraryConfig-aws-111122223333.json"
    answers.set("google.provider", "prod-account")
    assert answers.text("credential_config") == "clientLibraryConfig-prod-account.json"
    assert answers.found("google.provider") is None


def test_nothing_is_derived_from_an_account_that_is_none() -> None:
    assert answered(aws__account="1111").found("google.provider") is None


@given(st.from_regex(rules.AWS_ROLE_NAME.replace("$", r"\Z")))
def test_a_service_account_derived_from_any_role_fits_the_rules(role: str) -> None:
    made = names.service_account(role, "aws")
    assert made is None or google_rules.service_account_id(made) is None
    assert made is not None or not any(letter.isalnum() for letter in role)


@given(st.from_regex(rules.ACCOUNT_ID.replace("$", r"\Z")))
def test_a_provider_derived_from_any_account_fits_the_rules(account: str) -> None:
    assert rules.provider_id(str(derived.provider(account))) is None


def test_what_was_detected_comes_before_what_is_derived() -> None:
    answers = no_answers({"google.project": Found("acme-analytics", "gcloud config")})
    assert answers.found("google.project") == Found("acme-analytics", "gcloud config")
    assert answers.text("access.on") == "acme-analytics"
    answers.set("google.project", "acme-staging")
    assert answers.found("google.project") is None
    answers.clear("google.project")
    assert answers.text("google.project") == "acme-analytics"


def test_a_product_that_takes_no_federated_identity_makes_a_service_account_the_default_and_says_why() -> None:
    answers = answered(aws__role="caller-role", access__product="run")
    found = answers.found("access.via")
    assert found is not None
    assert found.value == "service-account"
    assert "require an ID token" in found.source
    assert "access.service_account" in shown("aws-access", answers)
    answers.set("access.roles", ("roles/bigquery.jobUser",))
    assert answers.get("access.via") == "direct"
    assert "access.service_account" not in shown("aws-access", answers)
    answers.set("access.roles", ("roles/bigquery.jobUser", "roles/run.invoker"))
    assert str(answers.found("access.via")).count("roles/run.invoker") == 1


def test_direct_access_where_it_cannot_work_is_refused_as_the_headless_command_does() -> None:
    answers = answered(access__via="direct")
    answers.set("access.roles", ("roles/run.invoker",))
    (problem,) = [text for path, text in answers.missing("aws-access") if path == "access.via"]
    assert "roles/run.invoker: a federated identity cannot invoke Cloud Run" in problem


def test_some_roles_of_a_product_work_directly() -> None:
    assert answered(access__product="cloudsql").get("access.via") == "direct"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("aws.account", "1111-2222-3333"),
        ("aws.region", "ap-northeast-1a"),
        ("aws.role", "data/loader"),
        ("google.project", "projects/acme-analytics"),
        ("google.pool", "gcp-pool"),
        ("google.provider", "aws_prod"),
        ("credential_config", "configs/"),
    ],
)
def test_a_wrong_value_is_refused_in_the_words_of_the_headless_command(path: str, value: str) -> None:
    problem = question(path).check(value, no_answers())
    assert problem is not None
    section, _, key = path.rpartition(".")
    text = f"version: 1\nmode: aws\n{section}:\n  {key}: '{value}'\n" if section else f"mode: aws\n{key}: '{value}'\n"
    with pytest.raises(SetupError) as refused:
        loads(text)
    said = [f"{each.what}; {each.fix}" for each in refused.value.problems if each.where == path]
    assert said == [problem]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("aws.runtime", "nomad", '"nomad" is not a valid choice'),
        ("access.roles", ("bigquery.jobUser",), "use roles/bigquery.jobUser"),
        ("access.roles", (), "choose at least one"),
        ("access.token_lifetime", "1h", "is not a valid token lifetime; type a number of seconds from 600 to 43200"),
        ("access.token_lifetime", "60", "60 seconds is not a valid token lifetime"),
        ("access.token_lifetime", "9" * 5000, "is not a valid token lifetime"),
        ("google.attribute_condition", "attribute.aws_role ==", "line 1, column"),
        ("google.attribute_condition", "'admit'", "attributeCondition"),
        ("google.attribute_mapping", "google.subject=assertion.\nattribute.aws_role='x'", "google.subject: "),
        ("google.attribute_mapping", "whoever", '"whoever" is not a valid mapping line'),
    ],
)
def test_other_wrong_answers_are_explained_too(path: str, value: str | tuple[str, ...], said: str) -> None:
    problem = question(path).check(value, no_answers())
    assert problem is not None
    assert said in problem


def test_an_empty_answer_is_a_problem_only_where_one_is_needed() -> None:
    assert (
        question("aws.role").check("", no_answers())
        == "the answer is empty; choose an entry from the list, or type a value"
    )
    assert (
        question("aws.runtime").check(None, no_answers())
        == "you have not chosen an entry; choose an entry from the list"
    )
    assert question("aws.job_definition").check("", no_answers()) is None


@given(st.sampled_from(QUESTIONS), st.text() | st.booleans() | st.lists(st.text(), max_size=2).map(tuple))
def test_every_question_judges_every_value(asked: Question, value: str | bool | tuple[str, ...]) -> None:
    problem = asked.check(value, no_answers())
    assert problem is None or problem


def test_the_usual_roles_of_the_chosen_product_are_offered() -> None:
    offered = question("access.roles").options(answered(access__product="bigquery"))
    assert [each.value for each in offered][:2] == ["roles/bigquery.jobUser", "roles/bigquery.dataEditor"]
    assert offered[0].title == "BigQuery Job User"
    assert question("access.roles").options(no_answers()) == ()


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.key)
def test_the_usual_roles_of_a_product_are_roles_of_it(product: object) -> None:
    for each in product.roles:  # type: ignore[attr-defined]  # a Product
        assert google_rules.role(each.role) is None
        assert each.role.startswith(f"roles/{product.key}.")  # type: ignore[attr-defined]


def test_the_mapping_to_start_from_fits_the_role() -> None:
    short = answered(aws__account="111122223333", aws__role="loader", aws__runtime="lambda")
    assert derived.mapping_of(short.text("google.attribute_mapping")) == AWS_DEFAULT_MAPPING
    long = answered(aws__account="111122223333", aws__role="r" * 60, aws__runtime="lambda")
    found = long.found("google.attribute_mapping")
    assert found is not None
    assert found.source == "shortened, because the session's full ARN could be too long for a subject"


@given(
    st.dictionaries(
        st.from_regex(r"google\.subject|attribute\.[a-z_]{1,8}", fullmatch=True),
        st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda text: "=" not in text),
        min_size=1,
    )
)
def test_a_mapping_reads_back_from_its_lines(mapping: dict[str, str]) -> None:
    assert derived.mapping_of(derived.mapping_text(mapping)) == mapping
