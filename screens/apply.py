"""The apply page."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from screens.page import Page


class ApplyPage(Page):
    """To be written."""

    page_id: ClassVar[str] = "apply"
    title: ClassVar[str] = "Apply"

    def compose_body(self) -> ComposeResult:
        """A placeholder."""
        yield Static("This page will show: apply.")
