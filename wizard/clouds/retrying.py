"""Retries transient refusals, with Google's own pauses, and for as long as the cloud asks to wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from wizard.clouds.errors import CloudError, Unreachable

T = TypeVar("T")

RETRY_FOR = 60.0
"""Seconds for which a call is retried after transient refusals, as Google's clients do."""


UNREACHABLE_FOR = 30.0
"""Seconds for which a call is retried while there is no answer at all, as without a network."""


def retried(call: Callable[[], T], seconds: float = RETRY_FOR, unreachable: float = UNREACHABLE_FOR) -> T:
    """Return what `call` returns. Retries it for `seconds` while its refusals are transient. Raises the last refusal.

    While there is no answer at all, retries it for `unreachable` seconds.

    Does not repeat a write whose answer was lost: it may have taken effect, and whoever wants it reads first.
    """
    started = time.monotonic()

    def transient(error: Exception) -> bool:
        if not isinstance(error, CloudError) or not error.transient or error.lost:
            return False
        limit = min(seconds, unreachable) if isinstance(error, Unreachable) else seconds
        return time.monotonic() + error.retry_after < started + limit

    try:
        return call()
    except CloudError as error:
        if not transient(error):
            raise
        return _called_again(call, error, transient, started + seconds - time.monotonic())


def _called_again(
    call: Callable[[], T], refusal: CloudError, transient: Callable[[Exception], bool], seconds: float
) -> T:
    """Return what `call`, which raised `refusal`, returns after all. Raises the last refusal."""
    from google.api_core.exceptions import RetryError  # it takes longer to load than a command may lose without need
    from google.api_core.retry import Retry

    past = [refusal]

    def called() -> T:
        if past:
            raise past.pop()
        return call()

    def wait_as_asked(error: Exception) -> None:
        if isinstance(error, CloudError) and error.retry_after:
            time.sleep(error.retry_after)

    retry = Retry(
        predicate=transient, initial=0.2, maximum=5.0, multiplier=2.0, timeout=seconds, on_error=wait_as_asked
    )
    try:
        answer: T = retry(called)()
    except RetryError as error:  # the time is up: raise the last refusal
        raise error.cause from None
    return answer


def seconds_asked(header: str | None) -> float:
    """Return the seconds in a Retry-After header; 0 if there is none, or if it is not a number of at most an hour."""
    text = (header or "").strip()
    return min(float(text), 3600.0) if text.isascii() and text.isdigit() and len(text) < 10 else 0.0
