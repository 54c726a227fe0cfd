"""Any annotations, any other writers: a revert restores our annotation, unless others have set it since."""

from hypothesis import given

from tests.properties.annotation_cases import ANNOTATION, EMAIL, Case, Edit, cases, check
from tests.properties.tried import scratch, seeded


@seeded()
@given(cases)
def test_apply_sets_one_annotation_and_revert_restores_it(case: Case) -> None:
    with scratch() as folder:
        harm, _ = check(case, folder)
    assert harm.found == []


def test_what_others_set_between_two_runs_is_restored_when_both_are_reverted() -> None:
    theirs = Edit(ANNOTATION, "theirs@made-up-project.iam.gserviceaccount.com")
    # They write after the plan, so that the second run is what writes over it.
    case = Case({ANNOTATION: "not an email"}, EMAIL, ({1: [theirs]}, {}), [])
    with scratch() as folder:
        harm, _ = check(case, folder)
    assert harm.found == []


def test_what_others_set_after_our_write_is_restored_when_the_next_run_is_reverted_too() -> None:
    theirs = Edit(ANNOTATION, "theirs@made-up-project.iam.gserviceaccount.com")
    case = Case({}, EMAIL, ({3: [theirs]}, {}), [])
    with scratch() as folder:
        harm, _ = check(case, folder)
    assert harm.found == []
