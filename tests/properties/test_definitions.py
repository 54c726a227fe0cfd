"""Any task definition, any other writers: a new revision keeps every other field, and a revert restores our values."""

from pathlib import Path

from hypothesis import given

from tests.properties.definition_cases import (
    ACCOUNT,
    FAMILY,
    REGION,
    ROLE,
    VARIABLES,
    Case,
    Edit,
    Stored,
    cases,
    check,
    clouds_of,
)
from tests.properties.tried import Foreign, Run, scratch, seeded
from wizard.resources.task_definition import TaskDefinition


@seeded()
@given(cases)
def test_a_revision_keeps_every_other_field_and_revert_restores_our_values(case: Case) -> None:
    with scratch() as folder:
        harm, _ = check(case, folder)
    assert harm.found == []


def test_a_revision_that_someone_else_registers_at_the_same_time_is_named(tmp_path: Path) -> None:
    stored = Stored({"family": FAMILY, "containerDefinitions": [{"name": "app"}]}, Foreign())
    theirs = Edit("image", "theirs").make(stored.newest())
    stored = Stored(stored.newest(), Foreign({3: [lambda: stored.register(theirs)]}))
    run = Run(TaskDefinition(ACCOUNT, REGION, FAMILY, ROLE, VARIABLES), clouds_of(stored), tmp_path)
    assert run.apply(run.plan()).ok
    assert run.texts[-1] == (
        "updated. While the wizard was registering revision 3 of made-up, someone else registered revision 2. "
        "Revision 3 does not include the changes in revision 2. Make these changes again in a new revision that is "
        "based on revision 3."
    )
