"""The tabs of the Result page: the files for the application, and the exports for the team."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widgets import Tab, Tabs

from wizard.language import _

APPLICATION = "application"
_LABELS = {
    APPLICATION: "Application",
    "terraform": "Terraform",
    "script": "Script",
    "manifests": "Manifests",
    "report": "Report",
}


class ExportTabs(Tabs):
    """One tab for each export. The ID of a tab is the name of the export, or `application`."""

    DEFAULT_CLASSES: ClassVar[str] = "quiet"

    def __init__(self, exports: Iterable[str]) -> None:
        """`exports` are the names of the exports, in order."""
        super().__init__(*(Tab(_(_LABELS[name]), id=name) for name in (APPLICATION, *exports)), id="result-tabs")
