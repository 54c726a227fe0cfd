"""What the engine works with: a resource, its state, a change to it, and a cloud's refusal. Knows no kind and no cloud.

A kind of resource is a subclass of `Resource`: `@dataclass(frozen=True, eq=False)`, so that it keeps the identity
(kind, name) that the engine compares and hashes by.
"""
# ruff: noqa: ARG002 (the defaults of what a kind may supply take arguments that only a kind makes use of)

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, TypeAlias

JSON: TypeAlias = Any
"""JSON scalars, lists and dicts; what enters the journal is held to exactly these."""

State: TypeAlias = dict[str, JSON]
"""What is true of a resource; where it is not there at all, `None` stands for it."""

Clouds: TypeAlias = Any
"""The sessions a kind talks through: handed on by the engine, never looked into."""

Action: TypeAlias = Literal["create", "update", "undelete", "none"]
Path: TypeAlias = tuple[str, ...]

DELETED = "DELETED"
"""The value of a state's key "state" that marks a thing as soft-deleted: it can be undeleted, and its name is taken."""


class Refused(Exception):  # noqa: N818 (a refusal is what it is)
    """A cloud, or the engine itself, said no; the message is for people and never holds a secret."""

    def __init__(self, message: str, *, transient: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.transient = transient


@dataclass(frozen=True)
class Operation:
    """Work that a cloud goes on with after it has answered; its name is enough to find it again later."""

    name: str
    poll: Callable[[], bool]
    """Asks once: True when it is done; raises the operation's own error as `Refused`."""
    progress: Callable[[], str | None] = lambda: None
    """What the last poll said about how far it is."""
    deadline: float = 3600.0
    """Seconds after which the engine stops asking."""
    long: bool = False
    """Whether a stop request leaves it running: it is found again by whoever applies next."""


class Field(NamedTuple):
    """One value that a change is about; `None` is absent."""

    key: str
    before: JSON
    after: JSON


class Resource(ABC):
    """One thing in a cloud that must be so.

    A kind supplies what is here and nothing else: comparing, order, waiting, verifying and recording are the engine's.
    Every method that talks to a cloud raises `Refused` (or a subclass) and nothing else for what a cloud says.
    """

    kind: ClassVar[str]
    """What it is, in the cloud's own words: "workload identity pool"."""
    steady_reads: ClassVar[int] = 1
    """Good reads in a row before a write is believed."""
    deadline: ClassVar[float] = 120.0
    """Seconds that a write may take to become visible."""

    if TYPE_CHECKING:
        # Only declared, so that a kind may have them as fields or as properties.
        @property
        def name(self) -> str:
            """The cloud's full name, or ARN."""

        @property
        def needs(self) -> tuple["Resource", ...]:
            """What must be in place first; nothing, unless the kind says otherwise."""
    else:
        needs = ()

    @property
    def identity(self) -> tuple[str, str]:
        """Kind and name: two resources with the same identity are the same thing."""
        return self.kind, self.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Resource) and self.identity == other.identity

    def __hash__(self) -> int:
        return hash(self.identity)

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    @abstractmethod
    def desired(self) -> State:
        """What must be so, with our own keys only: whatever else a cloud tells is never compared."""

    @abstractmethod
    def read(self, clouds: Clouds) -> State | None:
        """What is so now; `None` if it is not there. A soft-deleted thing has the key "state" with `DELETED`."""

    @abstractmethod
    def create(self, clouds: Clouds) -> Operation | None:
        """Make it, as desired."""

    @abstractmethod
    def update(self, clouds: Clouds, change: "Change") -> Operation | None:
        """Bring about `change.fields`; for "undelete" only undelete: what else differs is asked for next."""

    def delete(self, clouds: Clouds) -> Operation | None:
        """Take back a creation; a kind that cannot be deleted leaves this as it is."""
        raise Refused(f"{self} cannot be deleted")

    def restore(self, clouds: Clouds, change: "Change") -> Operation | None:
        """Take back an update: put `change.before` back where `change.after` still holds."""
        raise Refused(f"{self} cannot be restored")

    def impact(self, change: "Change") -> str | None:
        """What the change does to things that run now ("recreates 3 nodes"): shown, and asked about."""
        return None

    def commands(self, change: "Change") -> list[str]:
        """The same change, typed by hand."""
        return []

    def unreadable(self, error: Refused) -> str | None:
        """Why a refused read only means that it cannot be read *yet* ("the plan switches the API on"), or `None`."""
        return None

    def not_yet(self, error: Refused) -> bool:
        """Whether a refused read or write only means "not visible yet"; it is waited out, up to the deadline."""
        return False

    def moved(self, error: Refused) -> bool:
        """Whether a write was refused because the thing is not as it was last read (it exists already): read again."""
        return False


@dataclass(frozen=True)
class Change:
    """A resource with its state before and after; the action follows from the two."""

    resource: Resource
    before: State | None
    after: State
    blind: str | None = None
    """Why the state before is not known; then `before` is `None`, and is read as soon as it can be."""

    @property
    def action(self) -> Action:
        """What has to be done."""
        if self.before is None:
            return "create"
        if is_deleted(self.before):
            return "undelete"
        return "update" if self.fields else "none"

    @property
    def fields(self) -> list[Field]:
        """What differs, by our own keys: dicts are gone into as far as ours go, lists and scalars compared whole."""
        compared = (Field(".".join(path), at(self.before, path), value) for path, value in leaves(self.after))
        return [field for field in compared if field.before != field.after]


def is_deleted(state: State) -> bool:
    """Whether the state is that of a soft-deleted thing."""
    return bool(state.get("state") == DELETED)


def leaves(state: Mapping[str, JSON], path: Path = ()) -> Iterator[tuple[Path, JSON]]:
    """Every value of a state with its path; an empty dict is a value."""
    for key, value in state.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def owned(state: State | None, wanted: State) -> State | None:
    """A state with our own keys only, and with the mark of a soft-deleted thing."""
    if state is None:
        return None
    ours = {key: _owned(state[key], value) for key, value in wanted.items() if key in state}
    return {"state": DELETED, **ours} if is_deleted(state) else ours


def _owned(value: JSON, wanted: JSON) -> JSON:
    if not (isinstance(value, dict) and isinstance(wanted, dict) and wanted):
        return value
    return {key: _owned(value[key], wanted[key]) for key in wanted if key in value}


def at(state: State | None, path: Path) -> JSON:
    """The value at a path, or `None` where there is nothing."""
    value: JSON = state
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value
