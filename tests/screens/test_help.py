"""The help texts: there is one for every page, and the panel reads what they use."""

import re

import pytest

from screens.pages import ORDER
from screens.widgets.help_panel import lines, text_of


@pytest.mark.parametrize("page", ORDER)
def test_every_page_has_its_help(page: str) -> None:
    text = text_of(page)
    assert text.startswith("# ")


@pytest.mark.parametrize("page", ORDER)
@pytest.mark.parametrize("width", [12, 30, 60])
def test_no_help_line_is_wider_than_the_panel_and_no_mark_is_left(page: str, width: int) -> None:
    shown = [line.plain for line in lines(text_of(page), width)]
    assert all(len(line) <= width or line.startswith("  ") or " " not in line.strip() for line in shown)
    assert not any("**" in line or line.startswith(("#", "- ")) for line in shown)


def test_words_of_a_help_text_are_all_shown() -> None:
    def words(text: str) -> list[str]:
        return re.findall(r"[A-Za-z]{3,}", text)

    for page in ORDER:
        shown = " ".join(line.plain for line in lines(text_of(page), 200))
        assert words(shown) == words(text_of(page))


def test_list_items_hang() -> None:
    assert [line.plain for line in lines("- one two three\n- four", 9)] == ["· one two", "  three", "· four"]
