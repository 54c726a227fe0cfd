"""What screens/textual_private.py relies on: these tests fail when a release of Textual changes it.

Those of its driver are in test_driver.py.
"""

import ast
import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console, ConsoleOptions, RenderResult
from textual import events
from textual.app import App, ComposeResult
from textual.css.stylesheet import Stylesheet
from textual.message import Message
from textual.message_pump import MessagePump
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import Screen
from textual.theme import Theme
from textual.widget import Widget
from textual.widgets import Input, Static

from screens import textual_private
from screens.app import WizardApp
from screens.textual_private import (
    HookedApp,
    StillBehind,
    add_styles,
    is_busy,
    is_text,
    start_with_theme,
    wait_until_handled,
)
from tests.screens.conftest import Open
from tests.screens.driving import Quiet, parameters
from tests.screens.frames import frame

LIMIT = 5
"""Longest time in seconds to wait for what happens at once, unless Textual has changed."""

SCREENS = Path(textual_private.__file__).parent
PINK = Theme(name="pink", primary="#ff00aa", background="#330022")


def private_names() -> set[str]:
    """The private attributes that Textual's apps, screens and widgets have."""
    names = {name for kind in (App, Screen, Widget, Static, Input) for name in dir(kind)}
    instances = (App(), Screen(), Widget(), Static(), Input())
    names.update(name for instance in instances for name in vars(instance))
    return {name for name in names if name.startswith("_") and not name.startswith("__")}


def test_no_other_module_of_the_screens_uses_private_attributes_or_modules_of_textual() -> None:
    private, found = private_names(), []
    for file in sorted(SCREENS.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in private and ast.unparse(node) != "os._exit":
                found.append((file.name, node.attr))
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("textual._", "textual.drivers")):
                found.append((file.name, node.module))
    assert {name for name, _ in found} == {"textual_private.py"}, found


# A modal screen


class Typing(StillBehind[None]):
    """Draws itself again for each key."""

    def compose(self) -> ComposeResult:
        yield Input()


@pytest.mark.parametrize(("still", "often"), [(60.0, False), (0.0, True)])
async def test_the_page_behind_a_modal_screen_is_drawn_once_in_a_while(
    monkeypatch: pytest.MonkeyPatch, still: float, often: bool
) -> None:
    drawn: list[object] = []
    draw = BackgroundScreen.__rich_console__

    def drawing(screen: BackgroundScreen, console: Console, options: ConsoleOptions) -> RenderResult:
        drawn.append(screen)
        return draw(screen, console, options)

    monkeypatch.setattr(BackgroundScreen, "__rich_console__", drawing)
    monkeypatch.setattr(textual_private, "STILL", still)
    app = Keys()
    async with app.run_test(size=(80, 24)) as pilot:
        app.query_one(Static).update("the page")
        app.push_screen(Typing())
        await pilot.pause()
        await pilot.press("q")
        await pilot.pause()
        assert "q" in frame(app)
        assert (len(drawn) > 1) is often and drawn


# Keys


class Keys(HookedApp):
    """Notes each key that it is given, and dispatches it unless told to keep it."""

    BINDINGS = [("f5", "note", "Note")]  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.given: list[str] = []
        self.bound = 0
        self.keeps = False

    def compose(self) -> ComposeResult:
        yield Input()
        yield Static()

    def action_note(self) -> None:
        self.bound += 1

    async def take_key(self, key: events.Key) -> None:
        self.given.append(key.key)
        if not self.keeps:
            await self.dispatch_key(key)


def test_the_methods_for_keys_have_the_parameters_that_ours_passes() -> None:
    assert parameters(App.on_event) == ["self", "event"]
    assert parameters(Widget.check_consume_key) == ["self", "key", "character"]
    assert parameters(MessagePump.call_later)[:2] == ["self", "callback"]
    assert isinstance(MessagePump.message_queue_size, property)
    assert isinstance(Message.is_forwarded, property)


async def test_every_key_reaches_the_app_first_and_only_once() -> None:
    app = Keys()
    async with app.run_test() as pilot:
        await pilot.press("a", "f5", "tab", "b")
        assert app.given == ["a", "f5", "tab", "b"]
        assert app.query_one(Input).value == "ab"
        assert app.bound == 1


async def test_a_key_that_the_app_keeps_reaches_nobody() -> None:
    app = Keys()
    app.keeps = True
    async with app.run_test() as pilot:
        await pilot.press("a", "f5")
        assert app.given == ["a", "f5"]
        assert app.query_one(Input).value == ""
        assert app.bound == 0


async def test_an_input_takes_letters_as_text_but_not_the_keys_of_bindings() -> None:
    app = Keys()
    async with app.run_test() as pilot:
        assert is_text(app, events.Key("a", "a"))
        assert not is_text(app, events.Key("f5", None))
        assert not is_text(app, events.Key("enter", "\r"))
        app.set_focus(None)
        await pilot.pause()
        assert not is_text(app, events.Key("a", "a"))


async def test_a_widget_is_busy_until_it_has_handled_all_its_messages() -> None:
    app = Keys()
    handled: list[int] = []
    async with app.run_test() as pilot:
        widget = app.query_one(Static)
        await pilot.pause()
        assert not is_busy([widget])
        for number in range(3):
            widget.call_later(handled.append, number)
        assert is_busy([widget])
        await wait_until_handled(widget)
        assert handled == [0, 1, 2]
        assert not is_busy([widget])


async def test_a_closed_widget_is_not_waited_for() -> None:
    app = Keys()
    async with app.run_test():
        widget = app.query_one(Static)
        await widget.remove()
        async with asyncio.timeout(LIMIT):
            await wait_until_handled(widget)


# Unhandled errors


class Failing(HookedApp):
    """Fails in one of its parts when told to."""

    reports = 0

    def compose(self) -> ComposeResult:
        yield Static()

    def crash_report(self, error: Exception) -> str:
        self.reports += 1
        return f"report {self.reports}: {error}"


def fail() -> None:
    """Raise."""
    raise ValueError("a-secret-place")


def in_the_app(app: Failing) -> None:
    app.call_later(fail)


def in_a_widget(app: Failing) -> None:
    app.query_one(Static).call_later(fail)


def in_a_timer(app: Failing) -> None:
    app.set_timer(0.001, fail)


def in_a_worker(app: Failing) -> None:
    async def work() -> None:
        fail()

    app.run_worker(work())


def in_a_task_of_ours(app: Failing) -> None:
    app.crash(ValueError("a-secret-place"))
    app.crash(ValueError("a later one"))


PLACES = [in_the_app, in_a_widget, in_a_timer, in_a_worker, in_a_task_of_ours]


def test_textual_hands_an_unhandled_error_to_one_method() -> None:
    assert parameters(App._handle_exception) == ["self", "error"]


@pytest.mark.parametrize("place", PLACES)
async def test_an_unhandled_error_ends_the_app_with_our_report_and_nothing_else(
    place: Callable[[Failing], None], capsys: pytest.CaptureFixture[str]
) -> None:
    app = Failing()
    with pytest.raises(Exception, match="a-secret-place"):
        async with app.run_test() as pilot:
            place(app)
            await pilot.pause()
            await asyncio.wait_for(app._exception_event.wait(), LIMIT)
    assert app.return_code == 1
    assert app.reports == 1
    printed = capsys.readouterr().err
    assert "report 1:" in printed
    assert "Traceback" not in printed


# Styles and the first frame


def test_the_stylesheet_has_the_methods_that_ours_calls() -> None:
    assert parameters(Stylesheet.set_variables) == ["self", "variables"]
    assert parameters(Stylesheet.has_source) == ["self", "path", "class_var"]
    assert parameters(Stylesheet.read_all) == ["self", "paths"]
    assert parameters(Stylesheet.parse) == ["self"]


class Styled(App[None]):
    """Has a theme from its constructor on."""

    CSS = "Static { background: $primary; }"

    def __init__(self, css_path: Path | None = None) -> None:
        super().__init__(css_path=css_path)
        self.register_theme(PINK)
        start_with_theme(self, PINK.name)

    def compose(self) -> ComposeResult:
        yield Static()


async def test_the_first_theme_is_in_force_when_the_first_widget_is_mounted() -> None:
    seen: list[str] = []

    class FirstLook(Styled):
        def on_mount(self) -> None:
            seen.append(self.query_one(Static).styles.background.hex)

    app = FirstLook()
    async with app.run_test():
        assert app.current_theme is PINK
        assert seen == ["#FF00AA"]


async def test_styles_read_later_hold_for_what_is_mounted_later(tmp_path: Path) -> None:
    later = tmp_path / "later.tcss"
    later.write_text("Input { background: $primary; }", encoding="utf-8")
    app = Styled()
    async with app.run_test():
        add_styles(app, [later])
        await app.mount(Input())
        assert app.query_one(Input).styles.background.hex == "#FF00AA"


async def test_styles_that_the_app_began_with_are_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, later = tmp_path / "first.tcss", tmp_path / "later.tcss"
    for file in (first, later):
        file.write_text("Input { height: 1; }", encoding="utf-8")
    read: list[str] = []
    read_file = Stylesheet.read
    app = Styled(first)
    async with app.run_test():
        monkeypatch.setattr(Stylesheet, "read", lambda self, file: (read.append(str(file)), read_file(self, file)))
        add_styles(app, [first, later])
        add_styles(app, [first, later])
    assert read == [str(later)]


@pytest.mark.parametrize("size", [(60, 20), (79, 31), (80, 32), (99, 40), (100, 24), (140, 50)])
async def test_the_first_screen_has_the_classes_that_textual_sets_for_its_size(
    open_wizard: Open, size: tuple[int, int]
) -> None:
    class Plain(App[None]):
        HORIZONTAL_BREAKPOINTS = WizardApp.HORIZONTAL_BREAKPOINTS
        VERTICAL_BREAKPOINTS = WizardApp.VERTICAL_BREAKPOINTS

    plain = Plain()
    async with plain.run_test(size=size):
        set_by_textual = size_classes(plain.screen)
    async with open_wizard(size, bridge=Quiet()) as pilot:
        assert size_classes(pilot.app.get_default_screen()) == set_by_textual


def size_classes(screen: Screen[object]) -> set[str]:
    """The classes of a screen that stand for its size."""
    return {name for name in screen.classes if name.startswith("-")}
