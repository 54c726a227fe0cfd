"""The welcome page."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from screens.page import Page


class WelcomePage(Page):
    """To be written."""

    page_id: ClassVar[str] = "welcome"
    title: ClassVar[str] = "Welcome"

    def compose_body(self) -> ComposeResult:
        """A placeholder."""
        yield Static("This page will show: welcome.")
