"""The picture of the credential chain: boxes and arrows that show the state of each hop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Size
from textual.visual import VisualType
from textual.widget import Widget

from screens.widgets.chain_drawing import Cell, HopState, draw, duration
from wizard.language import _
from wizard.phrases import short_duration

if TYPE_CHECKING:
    from wizard.chain.hop import Outcome, Progress

ROWS_FOR_BOXES = 34
"""Least number of rows of a screen that has room for boxes."""

_WORDS = {"config": "read", "principal": "mapped"}
"""Notes for hops that passed and took no time, because the wizard reads or computes them itself."""


class ChainPicture(Widget, can_focus=False):
    """Shows each hop with its title and state, in whatever width there is."""

    def __init__(self, titles: Mapping[str, str], *, boxes: bool = True, id: str | None = None) -> None:
        """`titles` maps the ids of the hops to their titles, in order; `boxes` draws boxes if the screen has room."""
        super().__init__(id=id)
        self._boxes = boxes
        self._cells = {hop: Cell(title) for hop, title in titles.items()}

    def reset(self, titles: Mapping[str, str] | None = None) -> None:
        """Set all hops to not yet tested. With `titles`, show the hops of another chain."""
        titles = titles or {hop: cell.title for hop, cell in self._cells.items()}
        self._cells = {hop: Cell(title) for hop, title in titles.items()}
        self.refresh(layout=True)

    def start(self) -> None:
        """Reset the picture, and show the first hop as running."""
        self.reset()
        self._run_next()

    def show(self, outcome: Outcome) -> None:
        """Show the outcome of a hop, and the next open hop as running."""
        took_time = outcome.elapsed >= 0.0005 or outcome.hop.id not in _WORDS
        note = (duration(outcome.elapsed) if took_time else _(_WORDS[outcome.hop.id])) if outcome.status == "ok" else ""
        self.put(outcome.hop.id, outcome.status, note)
        self._run_next()

    def settle(self, settling: Progress) -> None:
        """Show that a hop waits: for a recent grant to take effect, with its age, or for something else."""
        age = getattr(settling, "age", None)
        self.put(
            settling.hop.id, "settling", _("waiting") if age is None else _("settling {age}").format(age=_age(age))
        )

    def stop(self) -> None:
        """Set hops that are running or waiting to not yet tested."""
        for hop, cell in self._cells.items():
            if cell.state in ("running", "settling"):
                self.put(hop, "open")

    def put(self, hop: str, state: HopState, note: str = "") -> None:
        """Set the state and note of a hop. Ignores hops that are not in the picture."""
        if hop in self._cells:
            self._cells[hop] = replace(self._cells[hop], state=state, note=note)
            self.refresh(layout=True)

    def state(self, hop: str) -> HopState:
        """Return the state of a hop. Raises KeyError."""
        return self._cells[hop].state

    def render(self) -> VisualType:
        """Return the drawing for the width of the widget."""
        return self._drawn(self.size.width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of lines that the drawing has at this width."""
        del container, viewport
        return len(self._drawn(width).plain.splitlines())

    def _drawn(self, width: int) -> Content:
        return _drawn(tuple(self._cells.values()), width, self._boxed)

    @property
    def _boxed(self) -> bool:
        return self._boxes and self.app.size.height >= ROWS_FOR_BOXES

    def _run_next(self) -> None:
        for hop, cell in self._cells.items():
            if cell.state in ("running", "settling"):
                return
            if cell.state == "open":
                self.put(hop, "running")
                return


@lru_cache(maxsize=256)
def _drawn(cells: tuple[Cell, ...], width: int, boxed: bool) -> Content:
    """Return a drawing. The chains of many workloads are alike, and each is measured several times."""
    return draw(cells, width, boxed)


def _age(seconds: float) -> str:
    return short_duration(seconds)
