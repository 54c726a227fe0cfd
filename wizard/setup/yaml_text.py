"""Write plain data as YAML that every YAML version reads in the same way."""

from __future__ import annotations

from typing import Any

import yaml

from wizard.setup import document

_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
"""Words that some YAML versions do not read as text."""


class Block(str):
    """A text of several lines, such as the content of a file, which is written line by line."""

    __slots__ = ()


def as_yaml(data: Any) -> str:
    """Return plain data as YAML text. Keys keep their order, and text that YAML could misread is quoted."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


class _Dumper(yaml.SafeDumper):
    """Quotes every text that some YAML version would not read as text."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    plain = isinstance(document.scalar(text), str) and text.lower() not in _WORDS
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


def _represent_block(dumper: yaml.SafeDumper, block: Block) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(block), style="|")


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(Block, _represent_block)
