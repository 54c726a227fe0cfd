"""What the renderers of all kinds share: addresses, references between blocks, and who made what is there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

from wizard.engine.resource import Resource
from wizard.export.terraform.hcl import Block, Raw, Value, name_of
from wizard.export.terraform.variables import Variables

File: TypeAlias = Literal["google.tf", "aws.tf", "kubernetes.tf"]
Origin: TypeAlias = Literal["new", "ours", "there"]
"""Whether Terraform creates a resource, imports it since the setup created it, or only refers to it."""


@dataclass(frozen=True)
class Import:
    """An object that Terraform takes into its state: its address, and its ID as the provider's documentation has it."""

    to: str
    id: Value

    def block(self) -> Block:
        """Return the import block."""
        return Block("import", (), {"to": Raw(self.to), "id": self.id})


@dataclass(frozen=True)
class Lines:
    """Lines for a resource that another state owns: why they are here, and the resource with only these lines."""

    why: str
    block: Block | None = None


@dataclass(frozen=True)
class Rendered:
    """What one resource becomes."""

    file: File
    blocks: Sequence[Block] = ()
    imports: Sequence[Import] = ()
    lines: Sequence[Lines] = ()


class World:
    """All resources of a setup. `created` are those that it created, and `existing` those that were there before.

    A resource that stands for several objects, such as grants, can be in `created` and `existing` with only some.
    """

    def __init__(
        self, resources: Iterable[Resource], created: Collection[Resource], existing: Collection[Resource]
    ) -> None:
        self.variables = Variables(resources)
        self._created = {resource: resource for resource in created}
        self._existing = {resource: resource for resource in existing}
        self._names: dict[tuple[str, str], str] = {}
        self._addresses: dict[Resource, str] = {}
        self._locals: dict[str, Value] = {}
        self._is_literal = False

    @cached_property
    def literal(self) -> World:
        """The same without variables and references: for lines that another state gets, which has neither."""
        other = World((), (), ())
        other._names, other._is_literal = self._names, True
        return other

    def origin(self, resource: Resource) -> Origin:
        """Return where one object comes from. What the setup created is its own, although it is there."""
        if resource in self._created:
            return "ours"
        return "there" if resource in self._existing else "new"

    def parts(self, resource: Resource, parts: Callable[[Any], Iterable[Any]]) -> Mapping[Any, Origin]:
        """Return where each part of a resource comes from, such as each role and member of its grants."""
        ours = set(parts(self._created[resource])) if resource in self._created else set()
        there = set(parts(self._existing[resource])) if resource in self._existing else set()
        return {
            part: "ours" if part in ours else "there" if part in there else "new" for part in sorted(parts(resource))
        }

    def name(self, kind: str, wanted: str, identity: str) -> str:
        """Return a block's name among those of its type. `identity` is what the block stands for."""
        base = name = name_of(wanted)
        number = 1
        while self._names.setdefault((kind, name), identity) != identity:
            number += 1
            name = f"{base}_{number}"
        return name

    def register(self, resource: Resource, address: str) -> None:
        """Remember the address of the block that stands for a resource."""
        self._addresses[resource] = address

    def reference(self, resource: Resource, attribute: str) -> Raw | None:
        """Return an attribute of a resource's block; None if it has no block."""
        address = self._addresses.get(resource)
        return Raw(f"{address}.{attribute}") if address else None

    def account(self, email: str, attribute: str) -> Raw | None:
        """Return an attribute of the block of a service account; None if it has no block."""
        for resource, address in self._addresses.items():
            if getattr(resource, "email", None) == email and "google_service_account." in address:
                return Raw(f"{address}.{attribute}")
        return None

    def member(self, member: str) -> Value:
        """Return a member of a policy: the reference to its service account or to a local value."""
        reference = self.account(member.removeprefix("serviceAccount:"), "member")
        return reference or self.principal(member)

    def principal(self, member: str) -> Value:
        """Return a member, which the module names once, as a local value. For lines of another state: the text."""
        text = self.variables.text(member)
        if self._is_literal:
            return text
        name = self.name("local", name_of_member(member), member)
        self._locals[name] = text
        return Raw(f"local.{name}")

    @property
    def locals(self) -> Block | None:
        """The block with the local values; None if there are none."""
        return Block("locals", (), dict(sorted(self._locals.items()))) if self._locals else None

    def depends_on(
        self, resource: Resource, arguments: Mapping[str, Value], blocks: tuple[Block, ...] = ()
    ) -> dict[str, Value]:
        """Return the argument that names what must be in place first, without what the block refers to already."""
        text = Block("", (), arguments, blocks).text()
        first = {self._addresses[need] for need in resource.needs if need in self._addresses}
        wanted = [Raw(address) for address in sorted(first) if f"{address}." not in text and "data." not in address]
        return {"depends_on": wanted} if wanted else {}


def name_of_member(member: str) -> str:
    """Return the end of a member: the value of its attribute, or what is before the @ of an email."""
    end = member.rpartition("/")[2] if "://" in member else member.partition(":")[2]
    return end.partition("@")[0].rpartition("[")[2]
