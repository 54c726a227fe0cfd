"""The trust page."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from screens.page import Page


class TrustPage(Page):
    """To be written."""

    page_id: ClassVar[str] = "trust"
    title: ClassVar[str] = "Trust"

    def compose_body(self) -> ComposeResult:
        """A placeholder."""
        yield Static("This page will show: trust.")
