"""Applies a reviewed plan, and records it in the journal."""

from __future__ import annotations

import threading
from collections.abc import Callable

from wizard.clouds.reading import before_write, in_flight
from wizard.engine import apply as engine
from wizard.engine.apply import Result
from wizard.engine.events import Event
from wizard.engine.journal import Journal
from wizard.engine.resource import Refused
from wizard.modes.opened import Opened
from wizard.work.planning import Review


def apply(
    opened: Opened,
    review: Review,
    on_event: Callable[[Event], None],
    stop: threading.Event | None = None,
    *,
    accept_loss: bool = False,
    on_interrupt: Callable[[], object] = lambda: None,
) -> Result:
    """Apply the plan. After `stop` is set, running changes finish and no other change starts.

    `on_interrupt` is called at each Ctrl-C, to answer it at once.

    Raises JournalError, and Refused if others lose something by the plan and the operator did not accept that.
    """
    if review.losses and not accept_loss:
        raise Refused(
            "The wizard changed nothing: the plan would remove access from other identities, and you did not accept "
            "the loss."
        )
    return engine.apply(
        review.plan,
        in_flight(opened.clouds),
        on_event,
        Journal(),
        title=opened.title,
        setup=opened.text,
        stop=stop,
        on_interrupt=on_interrupt,
        before_write=before_write,
    )
