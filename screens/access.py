"""The access page."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from screens.page import Page


class AccessPage(Page):
    """To be written."""

    page_id: ClassVar[str] = "access"
    title: ClassVar[str] = "Access"

    def compose_body(self) -> ComposeResult:
        """A placeholder."""
        yield Static("This page will show: access.")
