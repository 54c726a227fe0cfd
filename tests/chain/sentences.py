"""What the sentences of rules name, and what they can name."""

import dataclasses
import re
import string
from typing import Any

from wizard.chain.rule import Facts, Rule


def field_names(rule: Rule[Any]) -> set[str]:
    """The fields that the rule's cause and fix name; one without a name is an empty string."""
    parts = [*string.Formatter().parse(rule.cause), *string.Formatter().parse(rule.fix)]
    return {name for _, name, _, _ in parts if name is not None}


def known_names(rule: Rule[Any], facts: type[Facts]) -> set[str]:
    """The names that the rule's sentences can have: attributes of the facts and groups of its pattern."""
    return {each.name for each in dataclasses.fields(facts)} | set(re.compile(rule.pattern).groupindex)
