"""Cleaning up after a live test: what it added to a cloud is removed, whatever happens.

While something is removed, an interrupt does not end the removal: the second one is answered with what would be left,
and the third leaves it.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from wizard.clouds.errors import CloudError

_PAUSES = (0.2, 1.0, 2.0)
"""Seconds between the attempts: a few, since nothing is waited for that comes about by itself."""

Answer = Literal["interrupt", "warn", "leave"]
"""What an interrupt does: end the work; say what would be left; or leave it."""


class LeftBehind(Exception):  # noqa: N818 (the name says what happened)
    """Something that a test added to a cloud could not be removed; the text says what it is, and what to do."""


class Cleaning:
    """What is being removed now, in any thread, and how the next interrupt is answered."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a signal's handler can run in the thread that holds it
        self._removing: list[str] = []
        self._warned = False
        self.is_left = False
        """Whether the user has chosen to leave what is being removed."""

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        """Note that something is being removed while the context lasts."""
        with self._lock:
            self._removing.append(what)
        try:
            yield
        finally:
            with self._lock:
                self._removing.remove(what)
                self._warned = self._warned and bool(self._removing)

    @property
    def removing(self) -> list[str]:
        """What is being removed."""
        with self._lock:
            return list(self._removing)

    def interrupted(self) -> Answer:
        """Return what an interrupt does that comes now."""
        with self._lock:
            if not self._removing:
                return "interrupt"
            answer: Answer = "leave" if self._warned else "warn"
            self._warned, self.is_left = True, answer == "leave"
            return answer


CLEANING = Cleaning()
"""That of this process."""


def insist(action: Callable[[], object], pause: Callable[[float], None], what: str) -> None:
    """Call `action`, which removes `what`, and call it again after a refusal.

    An interrupt is raised when the removal is done; at once, if the user has chosen to leave it. Raises the CloudError
    of the last attempt if every attempt is refused.
    """
    interrupted: KeyboardInterrupt | None = None
    with CLEANING.of(what):
        for wait in (*_PAUSES, None):
            try:
                action()
                break
            except KeyboardInterrupt as error:
                if CLEANING.is_left:
                    raise
                interrupted = error
            except CloudError:
                if wait is None:
                    raise
                pause(wait)
    if interrupted:
        raise interrupted
