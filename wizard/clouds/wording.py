"""Words for the errors of HTTP clients. Some quote what was sent or received, which can have keys and tokens."""

from __future__ import annotations

from wizard.language import _

_OF_WHAT_WAS_SENT = frozenset({"InvalidHeader", "LocalProtocolError", "ValueError"})
_OF_WHAT_WAS_RECEIVED = frozenset(
    {
        "BadStatusLine",
        "HeaderParsingError",
        "InvalidChunkLength",
        "JSONDecodeError",
        "LineTooLong",
        "RemoteProtocolError",
        "ResponseParserError",
    }
)
"""The names of errors, of all clients, whose texts can quote what they could not send or read."""


def words(error: BaseException) -> str:
    """Return the first line of an error's text; words of our own if the text can quote what was sent or received."""
    kinds = {type(cause).__name__ for cause in _with_causes(error)}
    if kinds & _OF_WHAT_WAS_SENT:
        return _("an access key or a token contains a line break or another character that is not allowed")
    text = str(error.args[0]) if error.args else str(error)
    if kinds & _OF_WHAT_WAS_RECEIVED or "invalid JSON" in text:
        return _("the response is incomplete, or does not come from a cloud API")
    return text.splitlines()[0] if text else type(error).__name__


def _with_causes(error: BaseException) -> list[BaseException]:
    """Return the error, those that it holds, and those that caused it."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        current = waiting.pop()
        if isinstance(current, BaseException) and current not in found:
            found.append(current)
            waiting += [*current.args, current.__cause__, getattr(current, "reason", None)]
    return found
