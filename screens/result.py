"""The result page."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from screens.page import Page


class ResultPage(Page):
    """To be written."""

    page_id: ClassVar[str] = "result"
    title: ClassVar[str] = "Result"

    def compose_body(self) -> ComposeResult:
        """A placeholder."""
        yield Static("This page will show: result.")
