"""Applies a reviewed plan, and records it in the journal."""

from __future__ import annotations

import getpass
import os
import platform
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.reading import before_write, in_flight
from wizard.engine import apply as engine
from wizard.engine.apply import Result
from wizard.engine.events import Event
from wizard.engine.journal import Details, Journal, JournalError, Run
from wizard.engine.resource import Refused
from wizard.language import _
from wizard.modes.opened import Opened
from wizard.work import beside
from wizard.work.opening import mode_of
from wizard.work.planning import Review


def apply(
    opened: Opened,
    review: Review,
    on_event: Callable[[Event], None],
    stop: threading.Event | None = None,
    *,
    accept_loss: bool = False,
    on_interrupt: Callable[[], object] = lambda: None,
    details: Details | None = None,
) -> Result:
    """Apply the plan. After `stop` is set, running changes finish and no other change starts.

    `on_interrupt` is called at each Ctrl-C, to answer it at once. The journal records `details`, and who the operator
    is.

    Raises JournalError, and Refused if others lose something by the plan and the operator did not accept that, or if
    another run is in the way.
    """
    if review.losses and not accept_loss:
        raise Refused(
            _(
                "The wizard changed nothing: the plan would remove access from other identities, and you did not "
                "confirm the removal."
            )
        )
    details = details or details_of()
    journal = Journal()
    with ThreadPoolExecutor(max_workers=1) as identifying:
        return engine.apply(
            review.plan,
            in_flight(opened.clouds),
            on_event,
            journal,
            title=opened.title,
            setup=opened.text,
            stop=stop,
            on_interrupt=on_interrupt,
            before_write=before_write,
            details=details,
            check=lambda runs: beside.refuse(runs, opened.title, details, review.at),
            on_begin=lambda run: identifying.submit(_identify, opened, journal, run),
        )


def details_of(**known: Any) -> Details:
    """Return the details of a run that this user starts on this machine."""
    return Details(by=f"{_user()}@{platform.node()}", **known)


def details_again(run: Run) -> Details:
    """Return the details of a run that resumes another: this user does what the other run was asked to do."""
    return replace(run.details, by=details_of().by, identities=(), resumes=resumed_with(run))


def resumed_with(run: Run) -> tuple[str, ...]:
    """Return the unfinished runs that a resume of this run completes, oldest first; none if the run is done."""
    return () if run.outcome == "done" else (*run.details.resumes, run.id)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container whose user has no name
        return str(os.getuid())


def _identify(opened: Opened, journal: Journal, run: str) -> None:
    """Record who the operator is in the clouds, as far as that is known. It takes a call for each cloud."""
    identities = []
    for operator in mode_of(opened.setup).operators():
        with suppress(CloudError):
            identities.append(operator.recognise(opened.clouds).who)
    with suppress(JournalError):
        journal.identify(run, tuple(identity for identity in identities if identity))
