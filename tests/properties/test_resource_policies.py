"""Any policy of any type of resource, any access list of a dataset, any other writers: nobody loses an entry."""

from hypothesis import given

from tests.properties import resource_cases
from tests.properties.resource_cases import NAMES, ResourceCase
from tests.properties.tried import scratch, seeded
from wizard.setup.resource_types import TYPES


def test_there_is_a_resource_of_each_type() -> None:
    assert {name.type.title for name in NAMES} == {kind.title for kind in TYPES if kind.title != "project"}


@seeded()
@given(resource_cases.cases())
def test_a_policy_of_a_resource_keeps_what_is_not_ours(case: ResourceCase) -> None:
    with scratch() as folder:
        assert resource_cases.check_beside(case, folder)[0].found == []


@seeded()
@given(resource_cases.datasets())
def test_an_access_list_keeps_views_routines_conditions_and_what_nobody_knows(case: ResourceCase) -> None:
    with scratch() as folder:
        assert resource_cases.check_beside(case, folder)[0].found == []
