"""Any annotations, any other writers: a revert restores our annotation, unless others have set it since."""

from hypothesis import given

from tests.properties.annotation_cases import Case, cases, check
from tests.properties.tried import scratch, seeded


@seeded()
@given(cases)
def test_apply_sets_one_annotation_and_revert_restores_it(case: Case) -> None:
    with scratch() as folder:
        harm, _ = check(case, folder)
    assert harm.found == []
