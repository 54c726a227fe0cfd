"""Long texts are shown whole, in several widgets."""

import pytest
from textual.content import Content

from screens.widgets.long_text import LINES, blocks


@pytest.mark.parametrize(("lines", "widgets"), [(0, 1), (1, 1), (LINES, 1), (LINES + 1, 2), (10 * LINES, 10)])
def test_no_line_is_lost_and_no_widget_is_long(lines: int, widgets: int) -> None:
    text = "\n".join(f"line {number}" if number % 3 else "" for number in range(lines))
    shown = [str(block.content) for block in blocks(Content(text))]
    assert "\n".join(shown) == text
    assert len(shown) == widgets
