"""Ctrl-C, a request to end, and a lost terminal: each interrupts the work, which then removes what it added."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from types import FrameType

from wizard.language import _
from wizard.phrases import all_of

BURST = 1.0
"""Interrupts that follow each other within so many seconds count as one: a key that is held, or a signal sent twice."""

_WOULD_LEAVE = (
    "The wizard is removing the {what}. To stop and keep the {what}, press Ctrl-C again. The next `wif-wizard test` "
    "or `wif-wizard apply` of this setup then removes the {what}."
)
_LEAVES = (
    "The wizard did not remove the {what}. To remove the {what}, run `wif-wizard test` or `wif-wizard apply` again "
    "with this setup."
)


@dataclass
class Interrupts:
    """Answers each interrupt. `say` prints a message, and never raises."""

    say: Callable[[str], None]
    clock: Callable[[], float] = monotonic
    _last: float = field(default=float("-inf"), init=False)

    def install(self) -> None:
        """Answer the signals of this process. A signal that the caller ignores (as nohup does) stays ignored."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.interrupt()

    def interrupt(self) -> None:
        """Answer one interrupt. Raises KeyboardInterrupt if it ends the work."""
        from wizard.chain.tidy import CLEANING

        now = self.clock()
        is_burst = now - self._last < BURST
        self._last = now
        if is_burst:
            return
        answer = CLEANING.interrupted()
        what = all_of(CLEANING.removing)
        if answer == "warn":
            self.say(f"\n{_(_WOULD_LEAVE).format(what=what)}")
            return
        if answer == "leave":
            self.say(f"\n{_(_LEAVES).format(what=what)}")
        raise KeyboardInterrupt
