"""Any credential configuration, any other writers: keys of others stay, and a revert restores the file."""

from hypothesis import given

from tests.properties.config_cases import Case, cases, check
from tests.properties.tried import scratch, seeded


@seeded()
@given(cases)
def test_apply_keeps_the_keys_of_others_and_revert_restores_the_file(case: Case) -> None:
    with scratch() as folder:
        assert check(case, folder).found == []
