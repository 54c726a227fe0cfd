"""Characters that a terminal obeys, or that nobody sees, are visible; others stay as they are."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.outside.text import json_text, one_line, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2K\x1b]52;c;aGk=\x07", r"\x1b[2K\x1b]52;c;aGk=\x07"),
        ("a\rb\tc\x7f", r"a\rb\tc\x7f"),
        ("\x9b31m\x85", r"\x9b31m\x85"),
        ("user\u202etxt.exe\u2066", r"user\u202etxt.exe\u2066"),
        ("zero\u200bwidth\ufeff\u00ad", r"zero\u200bwidth\ufeff\xad"),
        ("tag\U000e0041", r"tag\U000e0041"),
        ("line\u2028paragraph\u2029", r"line\u2028paragraph\u2029"),
        ("half\ud800", r"half\ud800"),
        ("plain, ümläut, 日本語, no\u00a0break, 🚀", "plain, ümläut, 日本語, no\u00a0break, 🚀"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_what_would_be_obeyed_or_unseen_is_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_one_line_stays_one_line_and_has_nothing_that_is_obeyed_or_unseen(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert not [each for each in line if unicodedata.category(each) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "true"),
        (False, "false"),
        (None, "not set"),
        (0, "0"),
        ("", '""'),
        ("true", "true"),
        ("é", "é"),
        ({"a": [True, None]}, '{"a": [true, null]}'),
    ],
)
def test_a_value_is_shown_as_people_write_it(value: object, shown: str) -> None:
    assert json_text(value, "not set") == shown
