"""A typing error in a name, and what is another name."""

import pytest

from wizard.federation.spelling import is_misspelled


@pytest.mark.parametrize(
    ("wrong", "misspelled"),
    [
        ("rds-to-bigqurey", True),
        ("rds-to-bigquey", True),
        ("rds-to-biigquery", True),
        ("rds-to-bigquery", False),
        ("rds-to-bigquerz", False),
        ("rds-to-bigquery-2", False),
        ("query-to-bigrds", False),
        ("", False),
    ],
)
def test_a_typing_error_is_a_swap_or_one_character_more_or_less(wrong: str, misspelled: bool) -> None:
    assert is_misspelled(wrong, "rds-to-bigquery") is misspelled
    assert is_misspelled("rds-to-bigquery", wrong) is misspelled
