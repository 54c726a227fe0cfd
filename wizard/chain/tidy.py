"""Cleaning up after a live test: what it added to a cloud is removed, whatever happens."""

from collections.abc import Callable

from wizard.clouds.errors import CloudError

_PAUSES = (0.2, 1.0, 2.0)
"""Seconds between the attempts: a few, since nothing is waited for that comes about by itself."""


class LeftBehind(Exception):  # noqa: N818 (the name says what happened)
    """Something that a test added to a cloud could not be removed; the text says what it is, and what to do."""


def insist(action: Callable[[], None], pause: Callable[[float], None]) -> None:
    """Call `action`, and call it again after a refusal or a Ctrl-C; the KeyboardInterrupt is raised when it is done.

    Raises the CloudError of the last attempt if every attempt is refused.
    """
    interrupted: KeyboardInterrupt | None = None
    for wait in (*_PAUSES, None):
        try:
            action()
            break
        except KeyboardInterrupt as error:  # a second Ctrl-C must not leave anything behind
            interrupted = error
        except CloudError:
            if wait is None:
                raise
            pause(wait)
    if interrupted:
        raise interrupted
