"""Any trust policy, any other writers: every other statement stays, and what others changed beside us is told."""

from pathlib import Path

from hypothesis import given

from tests.properties.tried import Foreign, Run, scratch, seeded
from tests.properties.trust_cases import (
    ACCOUNT,
    NAME,
    REGION,
    SERVICE,
    SID,
    Case,
    Edit,
    Stored,
    cases,
    check,
    clouds_of,
    is_ours,
)
from wizard.resources.aws_role import Role


@seeded()
@given(cases)
def test_apply_adds_one_statement_and_revert_removes_only_that(case: Case) -> None:
    with scratch() as folder:
        harm, _ = check(case, folder)
    assert harm.found == []


ALLOW = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}


def told(schedule: dict[int, list[Edit]], folder: Path) -> tuple[Stored, str]:
    """Apply while others write before these calls. Returns the role, and the text of the last event."""
    made = {call: [lambda edit=edit: edit.make(stored.document) for edit in edits] for call, edits in schedule.items()}
    stored = Stored({"Version": "2012-10-17", "Statement": [ALLOW]}, Foreign(made))
    run = Run(Role(ACCOUNT, REGION, NAME, SERVICE), clouds_of(stored), folder)
    run.apply(run.plan())
    return stored, run.texts[-1]


def test_what_others_add_just_after_the_write_is_left_and_told(tmp_path: Path) -> None:
    theirs = {**ALLOW, "Sid": "Theirs"}
    stored, text = told({4: [Edit("add", theirs)]}, tmp_path)
    assert theirs in stored.document["Statement"]
    assert text == (
        "updated. While the wizard was writing the trust policy of made-up-role, someone else added statement 3 "
        "(Sid Theirs). The wizard did not overwrite this change: review the trust policy."
    )


def test_what_others_remove_just_after_the_write_is_told(tmp_path: Path) -> None:
    _, text = told({4: [Edit("remove", ALLOW, 0)]}, tmp_path)
    assert "someone else removed statement 1." in text


def test_a_writer_who_undoes_our_statement_is_named_when_the_wait_ends(tmp_path: Path) -> None:
    theirs = {**ALLOW, "Sid": "Theirs"}
    stored, text = told({4: [Edit("add", theirs), Edit("remove", ALLOW, 1)]}, tmp_path)
    assert not any(is_ours(each) for each in stored.document["Statement"])
    assert text.startswith("timed out after 120 s: waiting until reads return the new values of assumable_by. While ")
    assert "someone else added statement 2 (Sid Theirs)." in text
    assert f"someone else removed statement 2 (Sid {SID})." in text


def test_without_others_nothing_is_told(tmp_path: Path) -> None:
    stored, text = told({}, tmp_path)
    assert text == "updated"
    assert stored.harm.found == []
