"""The workload page."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from screens.page import Page


class WorkloadPage(Page):
    """To be written."""

    page_id: ClassVar[str] = "workload"
    title: ClassVar[str] = "Workload"

    def compose_body(self) -> ComposeResult:
        """A placeholder."""
        yield Static("This page will show: workload.")
