"""AWS's own words, where moto has others for the same refusal."""

from __future__ import annotations

import re
from dataclasses import replace

from .messages import Reply

_WORDS = (
    (re.compile(rb"Role ([\w+=,.@-]+) not found"), rb"The role with name \1 cannot be found."),
    (re.compile(rb"Policy (arn:[\w+=,.@:/-]+) not found"), rb"Policy \1 was not found."),
    (re.compile(rb"Instance profile ([\w+=,.@-]+) not found"), rb"Instance Profile \1 cannot be found."),
)


def reworded(reply: Reply) -> Reply:
    """The reply; if it is a refusal, in AWS's words."""
    if reply.ok:
        return reply
    body = reply.body
    for pattern, words in _WORDS:
        body = pattern.sub(words, body)
    return replace(reply, body=body)
