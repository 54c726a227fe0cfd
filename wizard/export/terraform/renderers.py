"""The three ways in which a resource becomes Terraform: one block, grants or services, or lines for another state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from wizard.engine.resource import Resource
from wizard.export.terraform.hcl import Block, Raw, Value, call, index, template
from wizard.export.terraform.world import File, Import, Lines, Rendered, World, name_of_member

Arguments = dict[str, Value]

_THERE = (
    "The {kind} {name} existed before this setup. This module only reads the resource, because after an import, "
    "terraform destroy could delete the resource."
)
_GRANTS_THERE = "These grants on {name} existed before this setup, so this module does not manage them:\n{parts}"
_SERVICES_THERE = (
    "These services of {name} were enabled before this setup, so this module does not manage them:\n{parts}"
)


class Renderer(Protocol):
    """How one kind of resource becomes Terraform."""

    @property
    def types(self) -> Sequence[str]:
        """The types of the blocks, in the order in which a file has them."""

    def register(self, resource: Any, world: World) -> None:
        """Choose the name of the resource's block, so that others can refer to it."""

    def render(self, resource: Any, world: World) -> Rendered:
        """Return the blocks and lines."""


@dataclass(frozen=True)
class OneBlock:
    """A resource that is one block, or a data source if it was there before.

    `body` returns the arguments and the inner blocks, `import_id` the ID for imports (None for a type without import),
    `data` the arguments of the data source, and `lines` what the owner of one that was there must add.
    """

    file: File
    type: str
    named: Callable[[Any], str]
    body: Callable[[Any, World], tuple[Arguments, tuple[Block, ...]]]
    import_id: Callable[[Any, World], Value] | None
    data: Callable[[Any, World], tuple[Arguments, tuple[Block, ...]]]
    lines: Callable[[Any, World], Sequence[Lines]] = lambda *_: ()
    data_type: str = ""
    """The type of the data source, if it differs."""

    @property
    def types(self) -> Sequence[str]:
        return (self.type,)

    def register(self, resource: Resource, world: World) -> None:
        name = world.name(self.type, self.named(resource), resource.name)
        is_data = world.origin(resource) == "there"
        world.register(resource, f"data.{self.data_type or self.type}.{name}" if is_data else f"{self.type}.{name}")

    def render(self, resource: Resource, world: World) -> Rendered:
        name = world.name(self.type, self.named(resource), resource.name)
        origin = world.origin(resource)
        if origin == "there":
            arguments, blocks = self.data(resource, world)
            data = Block("data", (self.data_type or self.type, name), arguments, blocks)
            why = _THERE.format(kind=resource.kind, name=resource.name)
            return Rendered(self.file, [data], (), [Lines(why), *self.lines(resource, world.literal)])
        arguments, blocks = self.body(resource, world)
        arguments |= world.depends_on(resource, arguments, blocks)
        made = Block("resource", (self.type, name), arguments, blocks)
        if origin == "new" or self.import_id is None:
            return Rendered(self.file, [made])
        return Rendered(self.file, [made], [Import(f"{self.type}.{name}", self.import_id(resource, world))])


@dataclass(frozen=True)
class Members:
    """Grants on one thing, which are added to its policy: one block for each member, with its roles.

    `on` returns the arguments that name the thing, and `place` its name as import IDs begin with it.
    """

    file: File
    type: str
    on: Callable[[Any, World], Arguments]
    place: Callable[[Any, World], Value]
    named: Callable[[Any], str] = lambda _: ""

    @property
    def types(self) -> Sequence[str]:
        return (self.type,)

    def register(self, resource: Resource, world: World) -> None:
        """Nothing refers to grants."""

    def render(self, resource: Any, world: World) -> Rendered:
        origins = world.parts(resource, _pairs)
        by_member: dict[str, list[str]] = {}
        there = []
        for (role, member), origin in origins.items():
            if origin == "there":
                there.append(f"{role} for {member}")
            else:
                by_member.setdefault(member, []).append(role)
        blocks, imports = [], []
        for member, roles in sorted(by_member.items()):
            wanted = "_".join(part for part in (name_of_member(member), self.named(resource)) if part)
            name = world.name(self.type, wanted, f"{resource.name} {member}")
            ours = [role for role in roles if origins[role, member] == "ours"]
            blocks.append(self._block(resource, world, name, member, roles))
            imports += [self._import(resource, world, name, member, role) for role in ours]
        lines = [Lines(_GRANTS_THERE.format(name=resource.name, parts="\n".join(there)))] if there else []
        return Rendered(self.file, blocks, imports, lines)

    def _block(self, resource: Any, world: World, name: str, member: str, roles: Sequence[str]) -> Block:
        first: Arguments = {"for_each": call("toset", sorted(roles))}
        arguments = {**self.on(resource, world), "role": Raw("each.value"), "member": world.member(member)}
        return Block("resource", (self.type, name), {**first, **arguments, **world.depends_on(resource, arguments)})

    def _import(self, resource: Any, world: World, name: str, member: str, role: str) -> Import:
        address = index(f"{self.type}.{name}", role)
        is_email = world.account(member.removeprefix("serviceAccount:"), "member") is not None
        text = world.variables.text(member) if is_email else world.principal(member)
        return Import(address, template([self.place(resource, world), f" {role} ", text]))


@dataclass(frozen=True)
class Services:
    """Enabled APIs: one block for each project. A destroy leaves them enabled."""

    file: File = "google.tf"
    type: str = "google_project_service"

    @property
    def types(self) -> Sequence[str]:
        return (self.type,)

    def register(self, resource: Any, world: World) -> None:
        if self._managed(resource, world):
            world.register(resource, f"{self.type}.{self._name(resource, world)}")

    def render(self, resource: Any, world: World) -> Rendered:
        origins, name = world.parts(resource, _services), self._name(resource, world)
        managed = self._managed(resource, world)
        project = world.variables.project(resource.project)
        blocks = []
        if managed:
            arguments: Arguments = {
                "for_each": call("toset", managed),
                "project": project,
                "service": Raw("each.value"),
                "disable_on_destroy": False,
            }
            blocks.append(Block("resource", (self.type, name), arguments))
        imports = [
            Import(index(f"{self.type}.{name}", service), template([project, f"/{service}"]))
            for service, origin in origins.items()
            if origin == "ours"
        ]
        there = "\n".join(service for service, origin in origins.items() if origin == "there")
        lines = [Lines(_SERVICES_THERE.format(name=resource.project, parts=there))] if there else []
        return Rendered(self.file, blocks, imports, lines)

    def _managed(self, resource: Any, world: World) -> list[str]:
        origins = world.parts(resource, _services)
        return [service for service, origin in origins.items() if origin != "there"]

    def _name(self, resource: Any, world: World) -> str:
        return world.name(self.type, resource.project, resource.name)


@dataclass(frozen=True)
class OnlyLines:
    """A part of something that another state, or nobody's state, owns: the wizard never creates it."""

    file: File
    lines: Callable[[Any, World], Sequence[Lines]]
    types: Sequence[str] = ()

    def register(self, resource: Resource, world: World) -> None:
        """Nothing refers to it."""

    def render(self, resource: Resource, world: World) -> Rendered:
        return Rendered(self.file, (), (), self.lines(resource, world.literal))


@dataclass(frozen=True)
class NotHere:
    """A kind that Terraform cannot or must not manage, with the reason as a sentence."""

    file: File
    why: str
    types: Sequence[str] = ()

    def register(self, resource: Resource, world: World) -> None:
        """Nothing refers to it."""

    def render(self, resource: Resource, world: World) -> Rendered:
        del world
        return Rendered(self.file, (), (), [Lines(self.why.format(name=resource.name))])


def _pairs(resource: Any) -> Iterable[tuple[str, str]]:
    grants: Mapping[str, Iterable[str]] = resource.grants
    return [(role, member) for role, members in grants.items() for member in members]


def _services(resource: Any) -> Iterable[str]:
    return [str(service) for service in resource.services]
