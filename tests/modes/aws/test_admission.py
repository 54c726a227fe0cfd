"""What Google will make of the workload, computed without a cloud."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screens.modes.aws.principal_preview import explain_mistake
from screens.widgets.elided import elided
from wizard.federation.aws import SUBJECT_LIMIT
from wizard.modes.aws.admission import CONDITION, Mistake, Workload, admission, sample_session
from wizard.modes.aws.runtimes import RUNTIMES, with_role
from wizard.setup.wide_roles import too_wide

ARN = "arn:aws:sts::111122223333:assumed-role/rds-to-bigquery"


def workload(**changes: object) -> Workload:
    usual: dict[str, object] = {
        "account": "111122223333",
        "role": "rds-to-bigquery",
        "runtime": "batch-fargate",
        "region": "ap-northeast-1",
        "pool": "aws-prod",
        "number": "123456789012",
    }
    return Workload(**(usual | changes))  # type: ignore[arg-type]  # built from keywords


@pytest.mark.parametrize("runtime", sorted(with_role()))
def test_the_sample_is_as_long_as_the_runtime_makes_sessions(runtime: str) -> None:
    assert len(sample_session(runtime)) == RUNTIMES[runtime].session_length


def test_the_usual_expressions_admit_and_name_the_workload() -> None:
    found = admission(workload())
    assert found.arn.startswith(f"{ARN}/")
    assert found.subject == found.arn
    assert found.size == len(found.arn)
    assert found.attributes == {"aws_role": ARN}
    assert (found.admitted, found.named, found.mistakes, found.shortened) == (True, True, (), None)
    assert found.principal.endswith(f"/workloadIdentityPools/aws-prod/attribute.aws_role/{ARN}")


@given(st.text("abcXYZ019+=,.@_-", min_size=1, max_size=64), st.sampled_from(sorted(with_role())))
def test_the_usual_expressions_fit_every_role_in_every_runtime(role: str, runtime: str) -> None:
    found = admission(workload(role=role, runtime=runtime))
    assert found.admitted
    assert found.named
    assert 0 < found.size <= SUBJECT_LIMIT


def test_a_subject_that_would_be_too_long_is_foreseen_and_avoided() -> None:
    found = admission(workload(role="r" * 64))
    assert found.shortened == 136
    assert found.subject == f"arn:aws:sts::111122223333:assumed-role/{'r' * 64}"


def test_a_subject_too_long_by_the_operators_own_mapping_is_a_mistake() -> None:
    own = {"google.subject": "assertion.arn", "attribute.aws_role": "'x'"}
    found = admission(workload(role="r" * 64, mapping=own))
    assert found.subject is None
    assert found.admitted is None
    mistake = found.mistake("google.subject")
    assert mistake
    assert "127 bytes" in mistake.problem


def test_every_expression_has_its_own_mistake_with_its_place() -> None:
    own = {"google.subject": "assertion.arn +", "attribute.aws_role": "foo.bar"}
    found = admission(workload(mapping=own, condition="attribute.aws_role = 'x'"))
    places = {each.key: (each.line, each.column) for each in found.mistakes}
    assert places == {"google.subject": (1, 16), "attribute.aws_role": (1, 4), CONDITION: (1, 20)}


def test_a_condition_for_another_role_turns_the_workload_away() -> None:
    assert admission(workload(condition="attribute.aws_role == 'other'")).admitted is False


def test_a_mapping_that_loses_the_role_leaves_the_workload_without_grants() -> None:
    found = admission(workload(mapping={"google.subject": "assertion.arn", "attribute.aws_role": "'other'"}))
    assert found.named is False


def test_a_mapping_without_a_subject_is_a_mistake() -> None:
    found = admission(workload(mapping={"attribute.aws_role": "assertion.arn"}))
    assert found.mistake("google.subject")


def test_the_caret_stands_under_the_place() -> None:
    said, line, caret = explain_mistake(Mistake("x", "attribute.aws_role = 'x'", "no", 1, 20)).split("\n")
    assert said == "line 1, column 20: no"
    assert line[caret.index("^")] == "="


def test_the_caret_stands_under_the_place_in_a_long_line_and_after_wide_letters() -> None:
    expression = "first\n" + "'日本'" + " " * 100 + "== nope"
    _, line, caret = explain_mistake(Mistake("x", expression, "no", 2, 108), 40).split("\n")
    assert len(line) <= 40
    assert line[caret.index("^") :].startswith("nope")
    _, line, caret = explain_mistake(Mistake("x", "'日本' = 1", "no", 1, 6)).split("\n")
    assert caret == " " * 7 + "^"


@given(st.text(), st.integers(2, 80))
def test_an_elided_text_always_fits(text: str, width: int) -> None:
    from textual.content import Content

    shown = elided(text, width)
    assert Content(shown).cell_length <= width
    assert "\n" not in shown


def test_what_tells_names_apart_is_kept() -> None:
    assert elided(f"{ARN}/0123456789abcdef0123456789abcdef", 40) == "…assumed-role/rds-to-bigquery/01234…cdef"
    assert elided(f"attribute.aws_role == '{ARN}'", 45) == "attribute.aws_role == '…/rds-to-bigquery'"


def test_wide_roles_are_told_from_narrow_ones() -> None:
    assert too_wide("roles/owner")
    assert too_wide("roles/bigquery.admin")
    assert too_wide("roles/storage.objectAdmin") is None
    assert too_wide("roles/bigquery.jobUser") is None
    assert too_wide("projects/acme-analytics/roles/loader.admin") is None
