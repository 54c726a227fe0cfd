"""The live test of one workload among several: its name, the picture of its chain, and its hops."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.widgets.chain_picture import ChainPicture
from screens.widgets.hop_details import HopDetails


class WorkloadTest(Vertical):
    """Shows the live test of one workload."""

    def __init__(self, workload: str, titles: Mapping[str, str]) -> None:
        """`titles` maps the ids of the hops to their titles in the picture."""
        super().__init__(classes="workload-test")
        self.workload = workload
        self._titles = titles

    def compose(self) -> ComposeResult:
        """Yield the name, the picture and the hops."""
        yield Static(Content.styled(self.workload, "bold $accent"), classes="workload-test--title", markup=False)
        yield ChainPicture(self._titles)
        yield HopDetails()

    @property
    def picture(self) -> ChainPicture:
        """The picture of the chain."""
        return self.query_one(ChainPicture)

    @property
    def hops(self) -> HopDetails:
        """The outcomes of the hops."""
        return self.query_one(HopDetails)

    def reset(self) -> None:
        """Remove all outcomes."""
        self.picture.reset()
        self.hops.clear()
