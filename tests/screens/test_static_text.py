"""A text that is set again as it is costs no layout."""

from textual.app import App, ComposeResult
from textual.content import Content
from textual.visual import VisualType
from textual.widgets import Static

from screens.widgets.static_text import set_text


class Counting(Static):
    updates = 0

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        self.updates += 1
        super().update(content, layout=layout)


class Shown(App[None]):
    def compose(self) -> ComposeResult:
        yield Counting("", markup=False)


async def test_only_another_text_or_another_style_updates_the_widget() -> None:
    app = Shown()
    async with app.run_test():
        widget = app.query_one(Counting)
        for text in ("", "[b]as it is[/b]", "[b]as it is[/b]", Content("[b]as it is[/b]")):
            set_text(widget, text)
        assert widget.updates == 1
        assert widget.render_line(0).text.rstrip() == "[b]as it is[/b]"
        set_text(widget, Content.styled("[b]as it is[/b]", "bold"))
        set_text(widget, "")
        assert widget.updates == 3
        assert not widget.render_line(0).text.strip()
