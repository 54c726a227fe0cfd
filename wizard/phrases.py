"""Parts of sentences that every language joins in its own way: lists of names and of sentences, and times."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import reduce

from wizard.language import _, translated


def sentences(parts: Iterable[str]) -> str:
    """Return several sentences in one line; empty if there are none."""
    template = _("{first}; {second}")
    return _joined(template, parts)


def paragraph(parts: Iterable[str]) -> str:
    """Return sentences that have their full stops one after another; empty if there are none."""
    return _joined(_("{first} {second}"), parts)


def all_of(names: Iterable[str]) -> str:
    """Return names that are all meant: `a and b`; empty if there are none."""
    return _joined(_("{first} and {second}"), names)


def one_of(names: Iterable[str]) -> str:
    """Return names of which one is meant: `a or b`; empty if there are none."""
    return _joined(_("{first} or {second}"), names)


def named(kind: str, name: str) -> str:
    """Return a name with the kind of what it names, which is in English: `service account NAME`."""
    return _("{kind} {name}").format(kind=translated(kind), name=name)


def full_stop(sentence: str) -> str:
    """Return a sentence with the mark at its end that the language has."""
    return _("{sentence}.").format(sentence=sentence)


def duration(seconds: float) -> str:
    """Return a time span for people, in its two greatest units. `seconds` is not negative."""
    minutes, left = divmod(int(seconds), 60)
    if minutes < 1:
        return _("{seconds} s").format(seconds=left)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return _("{days} d {hours} h").format(days=days, hours=hours)
    if hours:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    return _("{minutes} min").format(minutes=minutes)


def short_duration(seconds: float) -> str:
    """Return a time span for people who wait for its end: to the second."""
    minutes, left = divmod(int(seconds), 60)
    if minutes < 1:
        return _("{seconds} s").format(seconds=left)
    return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=left)


def moment(time: datetime) -> str:
    """Return a time in UTC, as a day if it is midnight."""
    if time.time() == time.time().min:
        return f"{time:%Y-%m-%d} (UTC)"
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"


def _joined(template: str, parts: Iterable[str]) -> str:
    listed = list(parts)
    return reduce(lambda first, second: template.format(first=first, second=second), listed) if listed else ""
