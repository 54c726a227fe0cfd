"""The value of the annotation that names a Google service account. Anyone can write anything there."""

import json
import re

from wizard.language import _

_EMAIL = re.compile(r"[a-z0-9][a-z0-9._-]*@([a-z0-9][a-z0-9-]*\.)+[a-z]{2,}", re.ASCII | re.IGNORECASE)


def is_email(value: str) -> bool:
    """Return whether the value is an email address, and nothing else: no blank, no line break, no prefix."""
    return len(value) <= 320 and _EMAIL.fullmatch(value) is not None


def shown(value: str) -> str:
    """Return an email as it is, and any other value in quotes, with blanks and control characters visible."""
    return value if is_email(value) else json.dumps(value)


def problem(value: str) -> str:
    """Return why a value is not an email, and how to write it if that is clear; empty for an email."""
    if is_email(value):
        return ""
    inner = value.strip().removeprefix("serviceAccount:").strip("\"'<> ")
    if is_email(inner):
        return _("{value} is not an email address; write {inner}").format(value=shown(value), inner=inner)
    return _("{value} is not an email address; write NAME@PROJECT.iam.gserviceaccount.com").format(value=shown(value))
