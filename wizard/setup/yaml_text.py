"""Plain data as YAML that every reader understands alike."""

from __future__ import annotations

from typing import Any

import yaml

from wizard.setup import document

_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
"""What some reader of YAML takes for something else than a text."""


def as_yaml(data: Any) -> str:
    """The YAML text of plain data, keys in their order; texts that could be taken for something else are quoted."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


class _Dumper(yaml.SafeDumper):
    """Quotes every text that any version of YAML could take for something else."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    plain = isinstance(document.scalar(text), str) and text.lower() not in _WORDS
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


_Dumper.add_representer(str, _represent_text)
