"""Columns of a terminal: Japanese characters take two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard import columns

LETTERS = st.text(alphabet=st.sampled_from("ab /:.-、。「」あ漢ー（）ｱé"), max_size=60)  # noqa: RUF001 (Japanese)


@pytest.mark.parametrize(("text", "cells"), [("", 0), ("abc", 3), ("日本", 4), ("ｱ", 1), ("か\u3099", 2), ("✓ 済", 4)])
def test_wide_characters_take_two_columns(text: str, cells: int) -> None:
    assert columns.cells(text) == cells


def test_labels_are_padded_to_columns() -> None:
    assert columns.left("原因", 6) == "原因  "
    assert columns.right("原因", 6) == "  原因"


def test_japanese_is_broken_between_characters_and_ascii_between_words() -> None:
    assert columns.wrapped("ロールを Google Cloud で付与します", 16) == ["ロールを Google", "Cloud で付与しま", "す"]


def test_no_line_begins_or_ends_with_a_mark_that_belongs_to_its_neighbour() -> None:
    assert columns.wrapped("あいう。えお", 6) == ["あい", "う。え", "お"]
    assert columns.wrapped("あい「うえ」", 6) == ["あい", "「う", "え」"]
    assert columns.wrapped("サーバー", 6) == ["サー", "バー"]
    assert columns.wrapped("何ですか?", 8) == ["何です", "か?"]


def test_a_word_in_katakana_stays_together() -> None:
    assert columns.wrapped("この名前のプロジェクト", 14) == ["この名前の", "プロジェクト"]


def test_a_long_word_is_broken_behind_a_slash() -> None:
    assert columns.wrapped("arn:aws:iam::111122223333:user/operator", 34) == [
        "arn:aws:iam::111122223333:user/",
        "operator",
    ]


@given(LETTERS, st.integers(min_value=4, max_value=30))
def test_no_line_is_wider_than_it_may_be_and_nothing_is_lost(text: str, width: int) -> None:
    lines = columns.wrapped(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(columns.cells(line) <= width for line in lines)
