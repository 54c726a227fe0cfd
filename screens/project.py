"""The project page."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from screens.page import Page


class ProjectPage(Page):
    """To be written."""

    page_id: ClassVar[str] = "project"
    title: ClassVar[str] = "Project"

    def compose_body(self) -> ComposeResult:
        """A placeholder."""
        yield Static("This page will show: project.")
