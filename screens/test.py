"""The test page."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from screens.page import Page


class TestPage(Page):
    """To be written."""

    page_id: ClassVar[str] = "test"
    title: ClassVar[str] = "Test"

    def compose_body(self) -> ComposeResult:
        """A placeholder."""
        yield Static("This page will show: test.")
