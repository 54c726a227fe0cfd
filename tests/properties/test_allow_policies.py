"""Any allow policy, any wanted grants, any other writers: nobody loses a grant, and a revert leaves no trace."""

from hypothesis import given

from tests.properties.allow_cases import OURS, Case, Edit, cases, check
from tests.properties.tried import scratch, seeded


@seeded()
@given(cases())
def test_apply_adds_what_is_wanted_and_revert_removes_only_that(case: Case) -> None:
    with scratch() as folder:
        assert check(case, folder).found == []


def test_a_grant_that_someone_else_adds_between_our_read_and_our_write_is_theirs() -> None:
    role, member = "roles/storage.objectViewer", OURS[0]
    theirs = Edit("add", role, member)
    case = Case(True, {}, {role: (member,)}, [], ({2: [theirs]}, {}), [])
    with scratch() as folder:
        found = check(case, folder)
    assert found.found == []
