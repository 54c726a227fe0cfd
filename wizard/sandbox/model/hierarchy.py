"""Folders and organizations: what contains projects, and whose policies the projects inherit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from .deny_policies import DenyPolicy
from .policy import PolicyStore

ContainerKind = Literal["folder", "organization"]


@dataclass
class Container:
    """A folder or an organization. `parent` is the name of what contains it, such as "folders/123"; empty for none."""

    kind: ContainerKind
    id: str
    title: str
    created: datetime
    parent: str = ""
    policy: PolicyStore = field(default_factory=PolicyStore)
    deny_policies: dict[str, DenyPolicy] = field(default_factory=dict)
    """Policy ID to deny policy."""
    changed: datetime | None = None
    """When its title, parent or state last changed; None for never."""
    deleted: bool = False
    """Whether the deletion of a folder was requested: it can be restored."""

    @property
    def name(self) -> str:
        """The resource name, such as "folders/123"."""
        return f"{self.kind}s/{self.id}"
