"""Applying a reviewed plan, with the journal."""

from __future__ import annotations

import threading
from collections.abc import Callable

from wizard.engine import apply as engine
from wizard.engine.apply import Result
from wizard.engine.events import Event
from wizard.engine.journal import Journal
from wizard.modes.opened import Opened
from wizard.work.planning import Review


def apply(
    opened: Opened, review: Review, on_event: Callable[[Event], None], stop: threading.Event | None = None
) -> Result:
    """Apply the plan; setting `stop` ends it after the changes that are running. Raises JournalError."""
    return engine.apply(
        review.plan, opened.clouds, on_event, Journal(), title=opened.title, setup=opened.text, stop=stop
    )
