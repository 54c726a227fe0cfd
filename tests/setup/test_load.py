"""Setup files: what is read, and everything wrong with one told at once, with its line and what to write."""

from pathlib import Path

import pytest

from tests.setups import load, loads
from wizard.modes.aws.model import AwsSetup
from wizard.setup.problems import SetupError, SetupProblem
from wizard.setup.sections import Grant

GOOD = """\
version: 1
mode: aws
aws:    {account: "111122223333", region: ap-northeast-1, runtime: batch-fargate, role: rds-to-bigquery}
google: {project: acme-analytics, pool: aws-prod, provider: aws-111122223333}   # pool_project: if elsewhere
access:
  via: direct                                     # or service-account
  grants: [{on: projects/acme-analytics, roles: [roles/bigquery.dataEditor, roles/bigquery.jobUser]}]
credential_config: clientLibraryConfig-aws-provider.json
"""


def problems(text: str) -> list[SetupProblem]:
    with pytest.raises(SetupError) as refused:
        loads(text)
    return refused.value.problems


def only(text: str) -> SetupProblem:
    (problem,) = problems(text)
    return problem


def test_the_documented_setup_is_read(tmp_path: Path) -> None:
    file = tmp_path / "setup.yaml"
    file.write_text(GOOD)
    setup = load(file)
    assert setup.aws.account == "111122223333"
    assert setup.role_name == "rds-to-bigquery"
    assert setup.pool_project == "acme-analytics"
    assert setup.access.grants == (
        Grant(on="projects/acme-analytics", roles=("roles/bigquery.dataEditor", "roles/bigquery.jobUser")),
    )
    assert setup.service_account_email is None
    assert setup.credential_config_path == "clientLibraryConfig-aws-provider.json"


def test_what_is_left_out_has_defaults() -> None:
    setup = AwsSetup.example()
    assert (setup.access.via, setup.aws.imdsv2, setup.access.token_lifetime) == ("direct", False, None)
    assert setup.credential_config_path == "clientLibraryConfig-aws-111122223333.json"


@pytest.mark.parametrize(
    ("name", "project", "email"),
    [
        ("loader", "acme-analytics", "loader@acme-analytics.iam.gserviceaccount.com"),
        ("loader", "acme.example:analytics", "loader@analytics.acme.example.iam.gserviceaccount.com"),
        (
            "loader@other-project.iam.gserviceaccount.com",
            "acme-analytics",
            "loader@other-project.iam.gserviceaccount.com",
        ),
    ],
)
def test_a_service_account_is_named_by_its_name_or_its_email(name: str, project: str, email: str) -> None:
    text = GOOD.replace("via: direct", f"via: service-account\n  service_account: {name}")
    setup = loads(text.replace("project: acme-analytics,", f'project: "{project}",'))
    assert setup.service_account_email == email


def test_the_pool_may_live_in_another_project() -> None:
    setup = loads(GOOD.replace("google: {", "google: {pool_project: acme-identity, "))
    assert setup.pool_project == "acme-identity"


def test_every_problem_is_told_at_once_in_the_order_of_lines() -> None:
    text = """\
version: 2
mode: aws
aws:
  acount: "111122223333"
  account: 012345678901
  region: ap-northeast-1a
  runtime: batch-farget
  role: team/rds-to-bigquery
google:
  project: 123456789012
  pool: gcp-pool
  provider: p
access:
  via: no
  grants:
  - on: acme-analytics
    roles: [bigquery.jobUser, roles/viewer]
  - roles: []
imdsv2: yes
"""
    assert [(problem.line, problem.where) for problem in problems(text)] == [
        (1, "version"),
        (4, "aws.acount"),
        (5, "aws.account"),
        (6, "aws.region"),
        (7, "aws.runtime"),
        (8, "aws.role"),
        (10, "google.project"),
        (11, "google.pool"),
        (12, "google.provider"),
        (14, "access.via"),
        (16, "access.grants[0].on"),
        (17, "access.grants[0].roles[0]"),
        (18, "access.grants[1].on"),
        (18, "access.grants[1].roles"),
        (19, "imdsv2"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "where", "line", "what", "fix"),
    [
        ('"111122223333"', "012345678901", "aws.account", 3, "drops leading zeros", 'write "012345678901"'),
        ('"111122223333"', "111122223333", "aws.account", 3, "has no quotes", 'write "111122223333"'),
        ('"111122223333"', "1111", "aws.account", 3, "is not a valid AWS account ID", "12 digits"),
        (
            '"111122223333"',
            '"1111-2222-3333"',
            "aws.account",
            3,
            "contains non-digits",
            '"111122223333"',
        ),
        ("region: ap-northeast-1, ", "", "aws.region", 3, "missing", "add region: ap-northeast-1"),
        ("region: ap-northeast-1", "region:", "aws.region", 3, "empty", "write a value"),
        ("batch-fargate", "fargate", "aws.runtime", 3, "not a valid choice", "did you mean"),
        ("batch-fargate", "kubernetes", "aws.runtime", 3, "not a valid choice", "these values: ecs-fargate, ecs-ec2"),
        ("rds-to-bigquery", "team/loader", "aws.role", 3, "contains a path", "use the role name only: loader"),
        (
            "rds-to-bigquery",
            "arn:aws:iam::444455556666:role/team/loader",
            "aws.role",
            3,
            "the role is in account 444455556666, but aws.account is 111122223333",
            "correct one of the two values",
        ),
        (
            "rds-to-bigquery",
            "arn:aws-cn:iam::111122223333:role/loader",
            "aws.role",
            3,
            "the role is in partition aws-cn, but aws.region is ap-northeast-1",
            "correct one of the two values",
        ),
        ("rds-to-bigquery", "arn:aws:iam::111122223333:user/loader", "aws.role", 3, "is the ARN of a role", "loader"),
        (
            "project: acme-analytics",
            "project: 123456789012",
            "google.project",
            4,
            "project number",
            "use the project ID",
        ),
        (
            "pool: aws-prod",
            "pool: 1234",
            "google.pool",
            4,
            "YAML reads the value as a number",
            'write "1234"',
        ),
        ("pool: aws-prod", "pool: gcp-prod", "google.pool", 4, "gcp-", "another prefix"),
        ("pool: aws-prod", "pool: [aws-prod]", "google.pool", 4, "one string", "same line"),
        ("version: 1", "version: 2", "version", 1, "not a valid choice", "use one of these values: 1"),
        ("version: 1\n", "", "version", 1, "missing", "add version: 1"),
        ("mode: aws\n", "", "mode", 1, "missing", "add mode: aws"),
        ("mode: aws", "mode: azure", "mode", 2, "is not a valid mode", "one of these modes: aws"),
        ("via: direct", "via: impersonation", "access.via", 6, "not a valid choice", "direct, service-account"),
        ("via: direct", "vai: direct", "access.vai", 6, "not a valid setup key", "did you mean via?"),
        ("via: direct", "imdsv2: true", "access.imdsv2", 6, "belongs in another section", "move this key to aws"),
        (
            "via: direct",
            "colour: red",
            "access.colour",
            6,
            "not a valid setup key",
            "keys of its section: via, service_account",
        ),
        (
            "via: direct",
            "via: direct\n  service_account: loader",
            "access.service_account",
            7,
            "access is direct",
            "via: service-account",
        ),
        (
            "via: direct",
            "via: service-account",
            "access.service_account",
            5,
            "does not name the account",
            "service_account: NAME",
        ),
        ("via: direct", "token_lifetime: 3600", "access.token_lifetime", 6, "lifetime", "remove token_lifetime"),
        (
            "via: direct",
            "via: service-account\n  service_account: loader\n  token_lifetime: 599",
            "access.token_lifetime",
            8,
            "599 seconds is not a valid token lifetime",
            "600 to 43200",
        ),
        (
            "via: direct",
            'via: service-account\n  service_account: loader\n  token_lifetime: "3600"',
            "access.token_lifetime",
            8,
            "not a whole number",
            "without quotes",
        ),
        (
            "via: direct",
            "via: service-account\n  service_account: loader@acme.example",
            "access.service_account",
            7,
            "email",
            "NAME@PROJECT.iam.gserviceaccount.com",
        ),
        ("on: projects/acme-analytics", "on: x", "access.grants[0].on", 7, "is not the name of", "projects/PROJECT_ID"),
        ("roles/bigquery.jobUser", "jobUser", "access.grants[0].roles[1]", 7, "prefix", "roles/jobUser"),
        (
            "[roles/bigquery.dataEditor, roles/bigquery.jobUser]",
            "roles/viewer",
            "access.grants[0].roles",
            7,
            "must be a list",
            "[ITEM, ...]",
        ),
        (
            "[roles/bigquery.dataEditor, roles/bigquery.jobUser]",
            "[]",
            "access.grants[0].roles",
            7,
            "the list is empty",
            "at least one",
        ),
        ("role: rds", "imdsv2: yes, role: rds", "aws.imdsv2", 3, "not true or false", "true or false"),
        (
            "role: rds",
            "task_definition: x, role: rds",
            "aws.task_definition",
            3,
            "does not use task_definition",
            "remove",
        ),
        ("pool: aws-prod", "pool: aws-prod, pool: aws-test", "google.pool", 4, "appears twice", "remove one"),
        ("mode: aws", "mode: aws\nmode: aws", "mode", 3, "first on line 2", "remove one"),
        (
            "credential_config: client",
            "credential_config: configs/ #",
            "credential_config",
            8,
            "not a valid file name",
            "json",
        ),
        ("google: {project", "google: [] #", "google", 4, "must be a mapping", "project, pool, provider"),
    ],
)
def test_a_problem_has_its_place_its_line_and_a_fix(
    old: str, new: str, where: str, line: int, what: str, fix: str
) -> None:
    problem = only(GOOD.replace(old, new, 1))
    assert (problem.where, problem.line) == (where, line)
    assert what in problem.what
    assert fix in problem.fix


def test_on_is_a_key_and_no_is_a_text() -> None:
    setup = loads(GOOD)
    assert setup.access.grants[0].on == "projects/acme-analytics"
    wired = loads(GOOD.replace("role: rds", "container: no, job_definition: on, role: rds"))
    assert (wired.aws.container, wired.aws.job_definition) == ("no", "on")


@pytest.mark.parametrize(
    ("text", "line", "what", "fix"),
    [
        ("", None, "the setup file is empty", "write a setup"),
        ("# nothing\n", None, "the setup file is empty", "write a setup"),
        ("- a\n", 1, "not a mapping of keys", "version: 1"),
        ("aws: account: x", 1, "mapping values are not allowed here", "correct this YAML line"),
        ("aws:\n\trole: x", 2, "cannot start any token", "spaces, not with tabs"),
        ("version: 1\nmode: 'aws", 2, "unexpected end of stream", "correct this YAML line"),
        ("version: 1\n---\nversion: 1", 2, "more than one YAML document", "only one YAML document"),
        ("a: 1\nb: &x 1", 2, "anchors and aliases", "write each value in full"),
        ("a: 1\nb: *x", 2, "anchors and aliases", "write each value in full"),
        ("a: !!python/object:os.system {}", 1, "tags", "write each value in full"),
        ("a: 1\nb: \x00", 2, "character that YAML does not allow", "remove the character"),
        ("[" * 20000, None, "nested too deeply", "fewer levels of nesting"),
    ],
)
def test_a_text_that_is_no_setup_is_one_clear_problem(text: str, line: int | None, what: str, fix: str) -> None:
    problem = only(text)
    assert (problem.where, problem.line) == ("file", line)
    assert what in problem.what
    assert fix in problem.fix


def test_a_file_that_cannot_be_read_is_one_clear_problem(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    for path, what in (
        (tmp_path / "none.yaml", "the setup file does not exist"),
        (tmp_path, "the path is a folder, not a file"),
        (binary, "the setup file is not UTF-8 text"),
        (binary / "setup.yaml", "cannot read the setup file"),
    ):
        with pytest.raises(SetupError, match=what) as refused:
            load(path)
        assert str(path) in str(refused.value)


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    file = tmp_path / "setup.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load(file) == loads(GOOD)


def test_a_missing_section_is_answered_with_its_keys() -> None:
    with pytest.raises(SetupError) as refused:
        loads(GOOD[: GOOD.index("access:")])
    assert "add access, with these keys below it: grants" in {problem.fix for problem in refused.value.problems}


def test_the_message_names_the_file_and_lists_every_problem(tmp_path: Path) -> None:
    file = tmp_path / "setup.yaml"
    file.write_text(GOOD.replace("region: ap-northeast-1, ", "").replace("via: direct", "via: x"))
    with pytest.raises(SetupError) as refused:
        load(file)
    first, *lines = str(refused.value).splitlines()
    assert first == f"{file} has 2 problems:"
    assert lines[0] == "  line 3: aws.region: a required key is missing; add region: ap-northeast-1"
    assert lines[1].startswith(
        '  line 6: access.via: "x" is not a valid choice; use one of these values: direct, service-account'
    )
