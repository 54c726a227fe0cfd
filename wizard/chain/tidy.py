"""Tidying up that is not given up lightly: what a test put into a cloud comes out again, whatever happens."""

from collections.abc import Callable

from wizard.clouds.errors import CloudError

_PAUSES = (0.2, 1.0, 2.0)
"""Seconds between the attempts: a few, since nothing is waited for that comes about by itself."""


class LeftBehind(Exception):  # noqa: N818 (the name says what happened)
    """Something that a test put into a cloud could not be taken out again; the text says what, and what to do."""


def insist(action: Callable[[], None], pause: Callable[[float], None]) -> None:
    """Do it, and do it again after a refusal or an impatient Ctrl-C, which is raised once it is done.

    Raises the last CloudError when the cloud refuses to the end.
    """
    interrupted: KeyboardInterrupt | None = None
    for wait in (*_PAUSES, None):
        try:
            action()
            break
        except KeyboardInterrupt as error:  # a second one must not leave anything behind
            interrupted = error
        except CloudError:
            if wait is None:
                raise
            pause(wait)
    if interrupted:
        raise interrupted
