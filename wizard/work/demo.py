"""What the wizard knows of the demo that it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Demo:
    """The scenario of a demo: its title, its name, and the full names of what its setup makes."""

    title: str
    scenario: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    is_broken: bool = False
    """Whether the sandbox is broken already, so that the demo does not show the answers first."""
