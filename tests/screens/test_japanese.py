"""The wizard in Japanese: pages, keys and help are translated, and wide characters fit into their columns."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import textual.content
from rich._wrap import divide_line
from textual.content import Content
from textual.widgets import Static

from screens.session import Session
from screens.widgets.help_panel import text_of
from tests.screens.conftest import Open
from tests.screens.driving import LARGE, SMALL, Quiet, the_page
from tests.screens.frames import frame
from tests.screens.worlds import session_of
from wizard import language
from wizard.columns import cells
from wizard.work.demo import Demo

KANA = re.compile(r"[ぁ-んァ-ヶ]")


@pytest.fixture(autouse=True)
def japanese() -> Iterator[None]:
    language.use("ja")
    yield
    language.use("en")


@pytest.mark.parametrize(("page", "size"), [("aws-project", SMALL), ("aws-trust", LARGE)])
async def test_questions_are_shown_whole_in_japanese(
    open_wizard: Open, tmp_path: Path, page: str, size: tuple[int, int]
) -> None:
    bridge = Quiet(session_of(tmp_path))
    async with open_wizard(size, bridge=bridge, page=page) as pilot:
        shown = the_page(pilot).query(".field-title, .field-help").results(Static)
        texts = [widget for widget in shown if widget.size.width]
        assert len(texts) >= 2
        for widget in texts:
            text = Content(str(widget.content))
            assert KANA.search(text.plain), text.plain
            assert len(text.wrap(widget.size.width)) <= widget.size.height
            assert all(cells(line.plain) <= widget.size.width for line in text.wrap(widget.size.width))
        seen = frame(pilot.app)
        assert re.search(r"\d \S+ +> │", seen), "the rail has no room for its mark"
        assert not re.search(r"│  (?:▌ )?[、。」）?]", seen)  # noqa: RUF001 (no line begins with such a mark)
        assert "F8 次へ" in seen


async def test_the_help_is_in_japanese_and_keeps_its_form(open_wizard: Open, tmp_path: Path) -> None:
    english = language.prose.pieces(text_in_english())
    japanese = language.prose.pieces(text_of("aws-trust", "aws"))
    assert [piece.prefix for piece in english if piece.msgid] == [piece.prefix for piece in japanese if piece.msgid]
    async with open_wizard(LARGE, bridge=Quiet(session_of(tmp_path)), page="aws-trust") as pilot:
        assert "assumed-role/ROLE/SESSION" in frame(pilot.app)


async def test_the_scenario_of_a_demo_has_its_title_in_japanese(open_wizard: Open) -> None:
    async with open_wizard(LARGE, session=Session(demo=Demo("Payment pods on GKE read from Spanner"))) as pilot:
        assert "GKE 上の決済サービスの Pod が Spanner からデータを読み取る" in frame(pilot.app)


def text_in_english() -> str:
    with language.speaking("en"):
        return text_of("aws-trust", "aws")


async def test_texts_without_wide_characters_are_wrapped_as_textual_wraps_them(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet()):
        wrap = textual.content.divide_line
        text = "A text — with a dash, and a name that is far too long for one line: " + "x" * 50
        assert wrap(text, 30) == divide_line(text, 30)
        japanese = "Google の長い文、です"
        assert wrap(japanese, 12) == [9]
        assert divide_line(japanese, 12) == [7, 13]
