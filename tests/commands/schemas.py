"""Whether what a command answers with --json is what its schema describes."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from wizard.commands.schema import answers


def checked(command: str, text: str) -> Any:
    """A document, once it is seen to be what the schema of its command describes, and no more than that."""
    document = json.loads(text)
    assert asdict(answers(command).validate_json(text, strict=True)) == document
    assert document["format"] == 1
    assert [key for key in keys(document) if " " in key] == []
    return document


def keys(value: Any) -> Iterator[str]:
    """Every key in a document."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from keys(item)
