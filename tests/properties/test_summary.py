"""The row for the table of `make torture`."""

import re

from tests.properties.summary import PROPERTIES, Policies, policies


def test_the_row_counts_what_was_tried_and_no_harm() -> None:
    result = policies(10)
    assert result.tried >= 5 * len(PROPERTIES)
    assert result.beside > 0, "nobody wrote between a read and a write: these examples test nothing"
    assert result.harmless, result.examples
    assert re.fullmatch(
        r"\d+ policies tried, \d+ writers beside, 0 members lost, 0 kept twice, 0 foreign changes lost, "
        "0 other differences",
        result.line,
    )


def test_any_harm_is_not_harmless() -> None:
    for column in ("lost", "twice", "foreign_lost", "other"):
        none = {"lost": 0, "twice": 0, "foreign_lost": 0, "other": 0}
        assert not Policies(tried=1, beside=0, **(none | {column: 1})).harmless
