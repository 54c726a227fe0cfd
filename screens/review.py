"""The review page."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from screens.page import Page


class ReviewPage(Page):
    """To be written."""

    page_id: ClassVar[str] = "review"
    title: ClassVar[str] = "Review"

    def compose_body(self) -> ComposeResult:
        """A placeholder."""
        yield Static("This page will show: review.")
