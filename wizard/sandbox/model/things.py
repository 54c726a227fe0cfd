"""What is inside projects and has a policy of its own: topics, buckets, secrets and others, by their names."""

from __future__ import annotations

from dataclasses import dataclass, field

from .policy import Access, PolicyStore


@dataclass
class Thing:
    """One resource that has a policy. `name` is relative: projects/P/topics/T; for a bucket buckets/B.

    `project` is the ID of its project. `parent` is the name of the thing, inside the project, that has it; empty for
    none.
    """

    name: str
    project: str
    parent: str = ""
    location: str = "US"
    uniform: bool = True
    """Whether a bucket has uniform bucket-level access; without it, it has access control lists too."""
    policy: PolicyStore = field(default_factory=PolicyStore)

    @property
    def id(self) -> str:
        """The last part of the name."""
        return self.name.rstrip("/").rpartition("/")[2]


class Things:
    """All of them, by name."""

    def __init__(self) -> None:
        self._by_name: dict[str, Thing] = {}

    def add(self, thing: Thing) -> None:
        """Add one to the world."""
        self._by_name[thing.name] = thing

    def find(self, name: str) -> Thing | None:
        """The thing of that name, if there is one."""
        return self._by_name.get(name)

    def below(self, prefix: str) -> list[Thing]:
        """Those whose names are the prefix and one more part, sorted."""
        found = [self._by_name[name] for name in sorted(self._by_name) if name.startswith(prefix)]
        return [thing for thing in found if "/" not in thing.name.removeprefix(prefix)]

    def every(self) -> list[Thing]:
        """All of them, sorted by name."""
        return [self._by_name[name] for name in sorted(self._by_name)]

    def grants(self, thing: Thing, access: Access) -> bool:
        """Whether its policy, or that of what has it inside the project, gives the permission."""
        if thing.policy.grants(access):
            return True
        above = self.find(thing.parent)
        return above is not None and self.grants(above, access)
