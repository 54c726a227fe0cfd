"""What a command prints: text for people, JSON for programs. Printing never raises.

Here control characters become visible: a name or a message from outside can neither move the cursor nor forge a line.
"""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, TextIO

from wizard.outside.text import one_line, visible

if TYPE_CHECKING:
    from wizard.commands.formats import Answer

_PLAIN = {"✓": "v", "✗": "x", "·": "-", "…": "..."}
"""What stands for a glyph where the encoding does not have it."""


class Console:
    """Says text on stdout, or on stderr where stdout is for JSON alone.

    Nothing here raises: a command that changes clouds goes on when its reader is gone.
    """

    def __init__(self, as_json: bool = False) -> None:
        self.as_json = as_json

    def say(self, *lines: str) -> None:
        """Print lines for people. A line break in a line is made visible, so that it stays one line."""
        _write(sys.stderr if self.as_json else sys.stdout, "".join(f"{one_line(line)}\n" for line in lines))

    def answer(self, answer: Answer | dict[str, Any], indent: int | None = None) -> None:
        """Print JSON on stdout: in one line, unless there is an `indent`."""
        import json  # here and not above, since --help answers at once without them
        from dataclasses import asdict

        document = answer if isinstance(answer, dict) else asdict(answer)
        text = json.dumps(document, indent=indent).replace("\x7f", "\\u007f")  # JSON itself escapes all but this one
        _write(sys.stdout, f"{text}\n")

    def ask(self, question: str) -> str:
        """Ask for a line on the terminal. Empty if the terminal gives none."""
        _write(sys.stderr if self.as_json else sys.stdout, visible(question))
        _NEWS.is_asking = True
        try:
            return input()
        except EOFError:
            return ""
        finally:
            _NEWS.is_asking, _NEWS.last = False, monotonic()


def complain(text: str, *, is_news: bool = True) -> None:
    """Print a message on stderr. Its line breaks are its own: what comes from outside has none (`one_line`).

    Without `is_news`, the message does not end a silence.
    """
    last = _NEWS.last
    _write(sys.stderr, f"{visible(text)}\n")
    if not is_news:
        _NEWS.last = last


@dataclass
class _News:
    """When the last line was printed, and whether an answer of the user is awaited."""

    last: float
    is_asking: bool = False


_NEWS = _News(monotonic())


def silence() -> float:
    """Return for how many seconds nothing was printed; 0 while the user is asked."""
    return 0.0 if _NEWS.is_asking else monotonic() - _NEWS.last


def prepare() -> None:
    """Make stdout give out each line at once, also into a pipe, and both streams replace what they cannot encode."""
    codecs.register_error("wif-wizard", _replacement)
    for stream in _streams():
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="wif-wizard", line_buffering=True)


def can_print(text: str) -> bool:
    """Return whether stdout has these characters."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (LookupError, UnicodeError):
        return False
    return True


def finish() -> None:
    """Give out what is left, so that Python does not fail at it when it ends."""
    for stream in _streams():
        _write(stream, "")


def _streams() -> Iterable[TextIO]:
    """The standard streams that are open: Python has None for one that is closed."""
    return [stream for stream in (sys.stdout, sys.stderr) if stream is not None]


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:
        return
    try:
        stream.write(text)
        stream.flush()
        _NEWS.last = monotonic()
    except BrokenPipeError:  # the reader has seen enough
        _print_no_more(stream)
    except (OSError, ValueError) as error:
        _print_no_more(stream)
        if stream is sys.stdout:
            complain(f"wif-wizard: cannot write to stdout: {error}")


def _print_no_more(stream: TextIO) -> None:
    """Send what a stream still gets, and what is in its buffer, to nowhere."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):  # the stream is closed, or is no file: then nothing of it is left to give out
        pass


def _replacement(error: UnicodeError) -> tuple[str, int]:
    """A handler of encoding errors: plain signs for our glyphs, escapes for other characters."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    characters = error.object[error.start : error.end]
    replaced = [_PLAIN.get(each) or each.encode("ascii", "backslashreplace").decode("ascii") for each in characters]
    return "".join(replaced), error.end
