"""What is written reads back, here and in readers of older YAML, and the published schema describes it."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.setups import json_schema, loads
from wizard.modes.aws.model import AwsSetup
from wizard.modes.mode import table
from wizard.setup import document
from wizard.setup.load import dump
from wizard.setup.problems import SetupError

words = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff\ufffe\uffff"))
traps = st.sampled_from(["on", "no", "y", "null", "~", "0777", "1e3", "1:30", "2026-01-02", "a: b", "# x", "", " x "])


@st.composite
def setups(draw: st.DrawFn) -> AwsSetup:
    data: dict[str, Any] = AwsSetup.example().model_dump(mode="json")
    data["aws"]["account"] = draw(st.from_regex(r"[0-9]{12}", fullmatch=True))
    data["aws"]["container"] = draw(st.none() | traps | words)
    data["aws"]["job_definition"] = draw(st.none() | st.from_regex(r"[A-Za-z0-9_-]{1,9}(:[0-9]{1,3})?", fullmatch=True))
    data["aws"]["imdsv2"] = draw(st.booleans())
    data["google"]["pool"] = draw(st.from_regex(r"(?!gcp-)[a-z0-9-]{4,32}", fullmatch=True))
    data["google"]["attribute_mapping"] = draw(st.none() | st.dictionaries(traps | words, traps | words))
    data["google"]["attribute_condition"] = draw(st.none() | traps | words)
    if draw(st.booleans()):
        lifetime = draw(st.none() | st.integers(600, 43200))
        data["access"] |= {"via": "service-account", "service_account": "loader", "token_lifetime": lifetime}
    data["probe"]["subnets"] = draw(st.lists(traps | words, max_size=3))
    return AwsSetup.model_validate(data)


@given(setups())
def test_a_setup_reads_back_as_it_was(setup: AwsSetup) -> None:
    read = document.read(dump(setup))
    assert read.problems == []
    assert AwsSetup.model_validate(read.data) == setup


@given(setups())
def test_readers_of_yaml_1_1_see_the_same_texts(setup: AwsSetup) -> None:
    assert AwsSetup.model_validate(yaml.safe_load(dump(setup))) == setup


def test_what_is_default_is_not_written() -> None:
    assert dump(AwsSetup.example()) == (
        "version: 1\n"
        "mode: aws\n"
        "aws:\n"
        '  account: "111122223333"\n'
        "  region: ap-northeast-1\n"
        "  runtime: batch-fargate\n"
        "  role: rds-to-bigquery\n"
        "google:\n"
        "  project: acme-analytics\n"
        "  pool: aws-prod\n"
        "  provider: aws-111122223333\n"
        "access:\n"
        "  grants:\n"
        '  - "on": projects/acme-analytics\n'
        "    roles:\n"
        "    - roles/bigquery.jobUser\n"
    )


@given(st.text())
def test_any_text_is_a_setup_or_a_list_of_problems(text: str) -> None:
    with pytest.raises(SetupError) as refused:
        loads(text)
    assert refused.value.problems
    assert all(problem.what and problem.fix for problem in refused.value.problems)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60)
@given(st.sampled_from(["aws", "google", "access", "probe", "credential_config", "version", "mode"]), json_values)
def test_any_value_anywhere_is_read_or_explained(key: str, value: object) -> None:
    data = AwsSetup.example().model_dump(mode="json") | {key: value}
    try:
        loads(json.dumps(data))
    except SetupError as error:
        assert all(problem.what and problem.fix and problem.where for problem in error.problems)


def test_half_a_surrogate_pair_is_a_problem_and_a_whole_one_is_a_character() -> None:
    text = json.dumps(AwsSetup.example().model_dump(mode="json"))
    whole = loads(text.replace('"container": null', '"container": "\\ud83d\\ude00"'))
    assert whole.aws.container == "\N{GRINNING FACE}"
    with pytest.raises(SetupError, match=r"aws\.container: half of a surrogate pair"):
        loads(text.replace('"container": null', '"container": "\\ud83d"'))


def test_the_schema_names_every_key_with_what_it_means() -> None:
    schema = json_schema()
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert [each["$ref"].rsplit("/", 1)[1] for each in schema["oneOf"]] == [
        mode.model().__name__ for mode in table().values()
    ]
    for mode in table().values():
        assert schema["$defs"][mode.model().__name__]["additionalProperties"] is False
    of_aws = schema["$defs"]["AwsSetup"]
    assert set(of_aws["required"]) == {"version", "mode", "aws", "google", "access"}
    aws = schema["$defs"]["Aws"]["properties"]
    assert aws["account"]["pattern"] == "^[0-9]{12}$"
    assert "batch-fargate" in aws["runtime"]["enum"]
    assert all("description" in part for part in aws.values())
    assert json.loads(json.dumps(schema)) == schema
