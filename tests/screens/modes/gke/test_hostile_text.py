"""Names and annotations that would drive the terminal, or Textual's markup, are shown as they are."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Input, OptionList, Static, TextArea

from screens.textual_private import show_control_characters
from screens.widgets.pick_list import Pick, PickList
from screens.widgets.searchable_list import SearchableList
from tests.commands.gke import worlds as gke
from tests.oracles.programs import Program, need
from tests.screens.conftest import Open
from tests.screens.frames import frame
from tests.screens.worlds import at_rest, session_of
from wizard.federation.gke import ANNOTATION
from wizard.outside.text import one_line
from wizard.sandbox.process import Sandbox
from wizard.setup.question import Choice

HOSTILE = "x\x1b[2K\x1b]52;c;aGk=\x07\r\n= in place\u202e\u200b[red]y[/red][@click=app.quit]z[/]"
SHOWN = r"x\x1b[2K\x1b]52;c;aGk=\x07\r\n= in place\u202e\u200b[red]y[/red][@click=app.quit]z[/]"


@pytest.fixture(scope="module")
def annotated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A cluster whose account has the annotation, which kubectl wrote."""
    need("kubectl")
    with gke.served(tmp_path_factory.mktemp("scenario"), gke.joined) as sandbox:
        kubectl = Program("kubectl", sandbox.environ())
        kubectl.ok("create", "serviceaccount", "scorer", "-n", "anti-fraud")
        kubectl.ok("annotate", "serviceaccount", "scorer", "-n", "anti-fraud", f"{ANNOTATION}={HOSTILE}")
        yield sandbox


def joined(seen: str) -> str:
    """A frame without the borders, blanks and line breaks that wrapping adds."""
    return re.sub(r"[\s│┃▕▏▎▊]+", "", seen)


async def test_the_review_shows_the_annotation(
    open_wizard: Open, annotated: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in annotated.variables.items():
        monkeypatch.setenv(name, value)
    async with open_wizard((160, 60), session_of(tmp_path, gke.SETUP), page="review") as pilot:
        await at_rest(pilot)
        seen = frame(pilot.app)
        assert joined(SHOWN) in joined(seen)
        assert all(character == "\n" or character.isprintable() for character in seen)
        assert "\x1b]52" not in pilot.app.export_screenshot()


class Everything(App[int]):
    """The kinds of widgets that show texts from outside."""

    def compose(self) -> ComposeResult:
        """Yield one of each, with the text."""
        show_control_characters()
        yield Static(HOSTILE, markup=False)
        yield Static(Content.assemble("a ", (HOSTILE, "bold")))
        yield Input(one_line(HOSTILE))
        yield TextArea(HOSTILE)
        yield PickList()
        yield SearchableList()
        yield OptionList(HOSTILE, markup=False)

    def on_mount(self) -> None:
        """Fill the lists, and say the text."""
        self.query_one(PickList).show([Pick("key", Content(HOSTILE), False)])
        offered = self.query_one(SearchableList)
        offered.offer([Choice(HOSTILE, HOSTILE + " title", HOSTILE + " note")])
        self.notify(HOSTILE, markup=False)


async def test_no_widget_sends_what_a_terminal_obeys() -> None:
    async with Everything().run_test(size=(160, 60)) as pilot:
        await pilot.pause()
        seen = frame(pilot.app)
        assert all(character == "\n" or character.isprintable() for character in seen), repr(seen)
        assert seen.count("[red]y[/red][@click=app.quit]z[/]") >= 6
