"""The data of the engine: a resource, its state, a change to it, and a refusal.

This module does not depend on any kind of resource or any cloud.

A kind of resource is a subclass of `Resource`: `@dataclass(frozen=True, eq=False)`, so that it keeps the identity
(kind, name) that the engine compares and hashes by.
"""
# ruff: noqa: ARG002 (the default methods do not use their arguments; the methods of a kind do)

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, TypeAlias

from wizard.language import _
from wizard.phrases import named

JSON: TypeAlias = Any
"""JSON scalars, lists and dicts. The journal refuses anything else."""

State: TypeAlias = dict[str, JSON]
"""The properties of a resource. `None` in place of a state means that the resource does not exist."""

Clouds: TypeAlias = Any
"""The sessions that a kind uses. The engine only passes them on."""

Action: TypeAlias = Literal["create", "update", "undelete", "delete", "none"]
KeyPath: TypeAlias = tuple[str, ...]
"""The keys that lead from a state to one of its values."""

DELETED = "DELETED"
"""The value of the key "state" of a soft-deleted resource: it can be undeleted, and its name cannot be reused."""

GONE: State = {"state": DELETED}
"""The state after a change that deletes the resource: nothing is there, or only a soft-deleted resource."""


class Refused(Exception):  # noqa: N818 (a refusal is an expected answer, not an error of the program)
    """A cloud API or the engine refused. The message is for the user, and contains no secret.

    `transient`: the same call can succeed later. `lost`: a write may have taken effect, although no answer says so.
    """

    def __init__(self, message: str, *, transient: bool = False, lost: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.transient = transient
        self.lost = lost


@dataclass(frozen=True)
class Operation:
    """A long-running operation of a cloud. Its name is enough to find it again."""

    name: str
    poll: Callable[[], bool]
    """Asks once. Returns whether it is done; raises Refused if the operation failed."""
    progress: Callable[[], str | None] = lambda: None
    """Returns the progress as of the last poll, as a text for the user; `None` if it is not known."""
    deadline: float = 3600.0
    """Seconds after which the engine stops polling."""
    long: bool = False
    """Whether a stop request leaves it running. The next run of apply finds it again."""


@dataclass(frozen=True)
class Owner:
    """A tool that manages a resource, and that would revert a change which is not made through it."""

    tool: str
    """Its name, such as "Helm"."""
    place: str
    """Where the change must be made, such as "release payments in namespace prod"."""


class FieldChange(NamedTuple):
    """One value that a change sets. `None` means that the value is absent."""

    key: str
    before: JSON
    after: JSON


class Resource(ABC):
    """One thing in a cloud, with the state that the setup wants for it.

    A kind overrides these members and no others. The engine compares, orders, waits, verifies and records. Methods that
    call a cloud raise Refused or a subclass for whatever the cloud refuses.
    """

    kind: ClassVar[str]
    """The cloud's own name for this kind of resource, such as "workload identity pool"."""
    steady_reads: ClassVar[int] = 1
    """Number of consecutive good reads that verify a write."""
    deadline: ClassVar[float] = 120.0
    """Seconds within which a write must become visible."""

    shared: ClassVar[bool] = False
    """Whether it is a part of something that it never creates or deletes, such as grants in a policy."""

    joins: ClassVar[bool] = False
    """Whether an update keeps what other setups want of the resource, although the state has only our own part."""

    if TYPE_CHECKING:
        # Declarations only, so that a kind can define them as fields or as properties.
        @property
        def name(self) -> str:
            """The full resource name, or the ARN."""

        @property
        def needs(self) -> tuple["Resource", ...]:
            """The resources that must be in place first. Empty by default."""
    else:
        needs = ()

    @property
    def identity(self) -> tuple[str, str]:
        """Kind and name. Resources with the same identity are equal."""
        return self.kind, self.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Resource) and self.identity == other.identity

    def __hash__(self) -> int:
        return hash(self.identity)

    def __str__(self) -> str:
        return named(self.kind, self.name)

    @abstractmethod
    def desired(self) -> State:
        """Return the wanted state. The engine compares only its keys."""

    def desired_with(self, before: State | None) -> State:
        """Return the wanted state, given the state that is there: a shared thing keeps what others need of it.

        It has the keys of `desired()`, which is the default. Raises Refused if the resource cannot reach it.
        """
        return self.desired()

    def announce(self, clouds: Clouds) -> None:  # noqa: B027 (most kinds have nothing to announce)
        """Tell the sessions what `read` will ask for, so that they can read many resources at once."""

    @abstractmethod
    def read(self, clouds: Clouds) -> State | None:
        """Return the current state; `None` if it does not exist. The key "state" of a soft-deleted one is `DELETED`."""

    @abstractmethod
    def create(self, clouds: Clouds) -> Operation | None:
        """Create the resource with its desired state. Returns the operation if the cloud started one."""

    @abstractmethod
    def update(self, clouds: Clouds, change: "Change") -> Operation | None:
        """Set `change.fields`. For the action "undelete", only undelete; the engine then asks for other differences."""

    def delete(self, clouds: Clouds) -> Operation | None:
        """Revert a creation. A kind that cannot be deleted does not override this. Raises Refused."""
        raise Refused(_("the wizard cannot delete {resource}").format(resource=str(self)))

    def restore(self, clouds: Clouds, change: "Change") -> Operation | None:
        """Revert an update: set the values of `change.before` where those of `change.after` are still in place."""
        raise Refused(_("the wizard cannot restore {resource}").format(resource=str(self)))

    def stays(self) -> str | None:
        """Return why revert leaves the resource as it is, as one sentence; `None` if it can be reverted."""
        return None

    def written(self, clouds: Clouds, change: "Change") -> State | None:
        """Return the current state as revert compares it with `change`, which runs made. Default: what `read` returns.

        A kind overrides this if what it reads also follows from what others set.
        """
        del change
        return self.read(clouds)

    def parts(self, state: State) -> State:
        """Return a state whose values change one by one: a list of members becomes a dict. Default: the same state."""
        return state

    def is_unrecorded(self, value: JSON) -> bool:
        """Return whether a value of the journal only stands for one that can be a secret, so that it is not known."""
        return False

    def in_use(self, clouds: Clouds, going: "Mapping[Resource, Change]") -> list[str]:
        """Return who uses a resource that the run created, so that revert must not delete it, one sentence each.

        `going` has what the same revert takes back, with the change that it takes back. Raises Refused if the clouds
        do not tell who uses the resource.
        """
        return []

    def before_deletion(self, clouds: Clouds) -> list[str]:
        """Return what is worth knowing before revert deletes the resource, as sentences.

        That is when it was last used, and until when it can be undeleted. Default: nothing is known.
        """
        return []

    def serves(self, other: "Resource") -> bool:
        """Return whether those who use another resource have access through this one, as through a grant to a role."""
        return False

    def cannot_restore(self, clouds: Clouds, change: "Change", going: "Mapping[Resource, Change]") -> list[str]:
        """Return why revert must not take `change`, an update, back: who uses it by now, or what is lost.

        One sentence each. `going` is as for `in_use`. Raises Refused if the clouds do not tell.
        """
        return []

    def revert_losers(self, clouds: Clouds, change: "Change", going: "Mapping[Resource, Change]") -> list[str]:
        """Return who could do something before the revert of `change` and cannot after it, one sentence each.

        `going` is as for `in_use`, and complete.
        """
        return []

    def revert_impact(self, clouds: Clouds, change: "Change") -> str | None:
        """Return the effect of the revert of `change` on running workloads, as `impact` does."""
        return None

    def impact(self, change: "Change") -> str | None:
        """Return the effect on running workloads ("recreates 3 nodes"), which the user must confirm; else `None`."""
        return None

    def losers(self, change: "Change") -> list[str]:
        """Return who could do something before the change and cannot after it, one line each, with what they lose."""
        return []

    def gains(self, change: "Change") -> list[str]:
        """Return what the change gives to someone although the setup does not ask for it, one line each."""
        return []

    def owner(self, change: "Change") -> "Owner | None":
        """Return the tool that manages the resource and would revert the change; `None` if there is none."""
        return None

    def commands(self, change: "Change") -> list[str]:
        """Return the shell commands that make the same change."""
        return []

    def unreadable(self, error: Refused) -> str | None:
        """Return why a read can succeed only after apply ("the plan enables the API"); `None` for other refusals."""
        return None

    def not_yet(self, error: Refused) -> bool:
        """Return whether a refusal only means "not visible yet". The engine then retries until the deadline."""
        return False

    def changed_meanwhile(self, clouds: Clouds) -> list[str]:
        """Return what others changed while the wizard wrote, one sentence each. Asked once the write reads back.

        Only for what has no etag: others can write between our read and our write, or just after it.
        """
        return []

    def moved(self, error: Refused) -> bool:
        """Return whether a write was refused because the resource changed since it was read. The engine reads again."""
        return False


@dataclass(frozen=True)
class Change:
    """A resource with its state before and after, from which the action follows."""

    resource: Resource
    before: State | None
    after: State
    blind: str | None = None
    """Why the state before could not be read. `before` is then `None`, and apply reads it as soon as it can."""

    @cached_property
    def action(self) -> Action:
        """The action that leads from `before` to `after`."""
        if is_deleted(self.after):
            return "none" if self.before is None or is_deleted(self.before) else "delete"
        if self.before is None:
            return "create"
        if is_deleted(self.before):
            return "undelete"
        return "update" if self.fields else "none"

    @cached_property
    def fields(self) -> list[FieldChange]:
        """The values that differ, for the keys of `after`. Dicts are compared by key, lists and scalars as a whole.

        A deletion has no fields.
        """
        if is_deleted(self.after):
            return []
        compared = (FieldChange(".".join(path), at(self.before, path), value) for path, value in leaves(self.after))
        return [field for field in compared if field.before != field.after]


def is_deleted(state: State) -> bool:
    """Return whether the state is that of a soft-deleted resource."""
    return bool(state.get("state") == DELETED)


def leaves(state: Mapping[str, JSON], path: KeyPath = ()) -> Iterator[tuple[KeyPath, JSON]]:
    """Yield each value of a state with its path. An empty dict is a value."""
    for key, value in state.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def owned(state: State | None, wanted: State) -> State | None:
    """Return a state with only the keys of `wanted`, and with the mark of a soft-deleted resource."""
    if state is None:
        return None
    ours = {key: _owned(state[key], value) for key, value in wanted.items() if key in state}
    return {"state": DELETED, **ours} if is_deleted(state) else ours


def _owned(value: JSON, wanted: JSON) -> JSON:
    if not (isinstance(value, dict) and isinstance(wanted, dict) and wanted):
        return value
    return {key: _owned(value[key], wanted[key]) for key in wanted if key in value}


def at(state: State | None, path: KeyPath) -> JSON:
    """Return the value at a path; `None` if there is no value."""
    value: JSON = state
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value
