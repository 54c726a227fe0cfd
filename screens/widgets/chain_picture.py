"""The picture of the chain: the way of the credential as boxes and arrows, filled hop by hop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.geometry import Size
from textual.visual import VisualType
from textual.widget import Widget

from screens.widgets.chain_drawing import Cell, State, draw, duration

if TYPE_CHECKING:
    from wizard.chain.hop import Outcome, Progress

TALL = 34
"""Rows of the screen from which on there is room for boxes."""

_WORDS = {"config": "read", "principal": "mapped"}
"""What is said of a hop that was passed in no time: it is read or computed here, not asked for."""


class ChainPicture(Widget, can_focus=False):
    """Hops by id and title, each with a state that glyph and word carry; as wide or as narrow as there is room."""

    def __init__(self, titles: Mapping[str, str], *, boxes: bool = True, id: str | None = None) -> None:
        """`titles`: id of a hop -> what the picture calls it, in the order of the way; `boxes` where there is room."""
        super().__init__(id=id)
        self._boxes = boxes
        self._cells = {hop: Cell(title) for hop, title in titles.items()}

    def reset(self, titles: Mapping[str, str] | None = None) -> None:
        """Nothing has been walked yet; with `titles`, a chain of other hops."""
        titles = titles or {hop: cell.title for hop, cell in self._cells.items()}
        self._cells = {hop: Cell(title) for hop, title in titles.items()}
        self.refresh(layout=True)

    def start(self) -> None:
        """The first hop is being taken."""
        self.reset()
        self._run_next()

    def show(self, outcome: Outcome) -> None:
        """A hop was taken; the next one that is open is under way then."""
        taken = outcome.elapsed >= 0.0005 or outcome.hop.id not in _WORDS
        note = (duration(outcome.elapsed) if taken else _WORDS[outcome.hop.id]) if outcome.status == "ok" else ""
        self.put(outcome.hop.id, outcome.status, note)
        self._run_next()

    def settle(self, settling: Progress) -> None:
        """A hop is refused while what it needs is young, or it waits for something else."""
        age = getattr(settling, "age", None)
        self.put(settling.hop.id, "settling", "waiting" if age is None else f"settling {_age(age)}")

    def stop(self) -> None:
        """Nothing is under way any more."""
        for hop, cell in self._cells.items():
            if cell.state in ("running", "settling"):
                self.put(hop, "open")

    def put(self, hop: str, state: State, note: str = "") -> None:
        """Set the state of a hop; one that the picture does not have is left out."""
        if hop in self._cells:
            self._cells[hop] = replace(self._cells[hop], state=state, note=note)
            self.refresh(layout=True)

    def state(self, hop: str) -> State:
        """The state of a hop."""
        return self._cells[hop].state

    def render(self) -> VisualType:
        """The drawing for this width."""
        return draw(list(self._cells.values()), self.size.width, self._boxed)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the drawing has in this width."""
        del container, viewport
        return len(draw(list(self._cells.values()), width, self._boxed).plain.splitlines())

    @property
    def _boxed(self) -> bool:
        return self._boxes and self.app.size.height >= TALL

    def _run_next(self) -> None:
        for hop, cell in self._cells.items():
            if cell.state in ("running", "settling"):
                return
            if cell.state == "open":
                self.put(hop, "running")
                return


def _age(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
