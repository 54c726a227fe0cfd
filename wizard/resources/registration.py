"""Registers a new revision of a definition from one that exists: every input field is kept, and a few values are set.

The fields follow from botocore's service models, so that what AWS adds to a definition is kept too. The values of other
environment variables can be secrets: nothing here prints them, and the printed command lets AWS's own client copy them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from wizard.engine.resource import Refused
from wizard.language import _

Document = dict[str, Any]
Step = str | int
"""A key of an object, or an index in a list."""

HIDDEN = "(not shown: {length} characters)"
"""What stands for a value that can be a secret, in states, plans and the journal."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_PLAIN = re.compile(r"[\w./@:~+-]{0,200}", re.ASCII)
_FROM_SECRET = "(from the secret {source})"
_RESERVED = "aws:"
"""The beginning of the tag keys that only AWS can set."""
_SEVERAL = "{definition} has several containers: {names}. Set aws.container to the container of the workload"
_NO_CONTAINER = (
    "{definition} does not have the container {container}. Set aws.container to one of these containers: {names}"
)


@dataclass(frozen=True)
class Layout:
    """Where a definition has its roles and the workload's container, as paths in the document."""

    task: tuple[Step, ...]
    """The object that has the roles."""
    role_key: str
    """The key of the role that the containers run with: jobRoleArn or taskRoleArn."""
    container: tuple[Step, ...]


@dataclass(frozen=True)
class Variables:
    """The environment variables that the workload needs."""

    always: Mapping[str, str]
    """Those that are set, whatever value they have now."""
    defaults: Mapping[str, str] = field(default_factory=dict)
    """Those that are set only if the workload does not have them."""

    def to_set(self, present: Collection[str]) -> dict[str, str]:
        """Return the variables to set where those in `present` are there already."""
        missing = {name: value for name, value in self.defaults.items() if name not in present}
        return {**self.always, **missing}


@dataclass(frozen=True)
class Wiring:
    """What the workload needs: the ARN of its role, and its environment variables."""

    role: str
    variables: Variables


def at(document: Any, path: Sequence[Step]) -> Any:
    """Return the value at a path."""
    for step in path:
        document = document[step]
    return document


def container_path(
    definition: str, containers: Sequence[Document], path: Sequence[Step], wanted: str | None
) -> tuple[Step, ...]:
    """Return the path of the workload's container in a list of containers at `path`. Raises Refused."""
    names = [str(container.get("name", "")) for container in containers]
    listed = ", ".join(names)
    if wanted is None:
        if len(names) != 1:
            raise Refused(_(_SEVERAL).format(definition=definition, names=listed))
        return (*path, 0)
    if wanted not in names:
        raise Refused(_(_NO_CONTAINER).format(definition=definition, container=wanted, names=listed))
    return (*path, names.index(wanted))


def environment(container: Document, names: Sequence[str]) -> dict[str, str]:
    """Return the variables among `names` that a container has. A value that can be a secret is not shown."""
    found = {entry["name"]: shown(str(entry.get("value", ""))) for entry in container.get("environment") or ()}
    for entry in container.get("secrets") or ():
        found[entry["name"]] = _FROM_SECRET.format(source=entry.get("valueFrom", ""))
    return {name: found[name] for name in names if name in found}


def visible(values: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Return the values of variables; one that is not as wanted, and can be a secret, is not shown."""
    return {name: value if value == wanted.get(name) else shown(value) for name, value in values.items()}


def shown(value: str) -> str:
    """Return a value if it is a path, a name or a number, and what stands for it otherwise."""
    return value if _PLAIN.fullmatch(value) else HIDDEN.format(length=len(value))


def is_hidden(value: str) -> bool:
    """Return whether a value stands for one that is not shown."""
    return value.startswith(HIDDEN.partition("{")[0])


def is_from_secret(value: str) -> bool:
    """Return whether a value stands for one that the runtime reads from a secret."""
    return value.startswith(_FROM_SECRET.partition("{")[0])


def edited(document: Document, layout: Layout, wiring: Wiring) -> Document:
    """Return a definition with the role and the variables of the wiring; the rest is as it was."""
    container = at(document, layout.container)
    present = {entry["name"] for entry in [*(container.get("environment") or ()), *(container.get("secrets") or ())]}
    ours = wiring.variables.to_set(present)
    kept = [entry for entry in container.get("environment") or () if entry["name"] not in ours]
    changes: Document = {"environment": [*kept, *_listed(ours)]}
    if container.get("secrets"):
        changes["secrets"] = [entry for entry in container["secrets"] if entry["name"] not in ours]
    with_variables = replaced(document, layout.container, lambda found: found | changes)
    made: Document = replaced(with_variables, layout.task, lambda found: found | {layout.role_key: wiring.role})
    return made


def replaced(document: Any, path: Sequence[Step], change: Callable[[Any], Any]) -> Any:
    """Return a document with the value at a path changed. What is around it is copied."""
    if not path:
        return change(document)
    step, rest = path[0], path[1:]
    copied: Any = list(document) if isinstance(step, int) else dict(document)
    copied[step] = replaced(document[step], rest, change)
    return copied


def _listed(variables: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in variables.items()]


@cache
def _input_shape(service: str, operation: str) -> Any:
    import botocore.session

    return botocore.session.get_session().get_service_model(service).operation_model(operation).input_shape


def input_fields(service: str, operation: str) -> list[str]:
    """Return the names of the fields that a registration takes, sorted."""
    return sorted(_input_shape(service, operation).members)


def registrable(service: str, operation: str, document: Document) -> Document:
    """Return the fields of a described definition that a registration takes, without the tags that only AWS sets."""
    kept = _fitted(document, _input_shape(service, operation))
    tags = kept.get("tags")
    if isinstance(tags, dict):
        kept["tags"] = {key: value for key, value in tags.items() if not key.startswith(_RESERVED)}
    elif tags:
        kept["tags"] = [tag for tag in tags if not tag["key"].startswith(_RESERVED)]
    return {key: value for key, value in kept.items() if key != "tags" or value}


def _fitted(value: Any, shape: Any) -> Any:
    if shape.type_name == "structure" and isinstance(value, dict):
        members = shape.members
        return {key: _fitted(item, members[key]) for key, item in value.items() if key in members}
    if shape.type_name == "list" and isinstance(value, list):
        return [_fitted(item, shape.member) for item in value]
    return value


def tags_of(document: Document) -> dict[str, str]:
    """Return the tags of a definition, in the form of Batch or of ECS."""
    tags = document.get("tags") or {}
    return dict(tags) if isinstance(tags, dict) else {tag["key"]: tag.get("value", "") for tag in tags}


def same(one: Document, other: Document) -> bool:
    """Return whether two definitions are the same. The order of named entries, such as variables, does not matter."""
    return bool(_ordered(one) == _ordered(other))


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(item) for key, item in value.items() if item not in (None, [], {})}
    if isinstance(value, list):
        items = [_ordered(item) for item in value]
        named = all(isinstance(item, dict) and "name" in item for item in items)
        return sorted(items, key=lambda item: str(item["name"])) if named else items
    return value


# The same as a JMESPath expression, which `aws --query` evaluates: the values of others never appear in the command.


def query(document: Document, layout: Layout, wiring: Wiring, prefix: str = "", tags: str = "tags") -> str:
    """Return the expression that makes the new registration of a definition.

    `document` has the fields to keep, `prefix` is the expression of the described definition, `tags` that of its tags.
    """
    entries = []
    for key, value in document.items():
        whole = tags if key == "tags" else f"{prefix}{key}"
        copied = _tags(value, whole) if key == "tags" else _edit(document, (key,), whole, layout, wiring)
        entries.append(f"{key}: {copied}")
    if not layout.task and layout.role_key not in document:
        entries.append(f"{layout.role_key}: {literal(wiring.role)}")
    return "{" + ", ".join(entries) + "}"


def _edit(document: Document, path: tuple[Step, ...], whole: str, layout: Layout, wiring: Wiring) -> str:
    """Return the expression for the value at a path: `whole` if nothing in it changes."""
    if path == (*layout.task, layout.role_key):
        return literal(wiring.role)
    if path not in _beginnings(layout):
        return whole
    changes = dict(_changes(document, path, whole, layout, wiring))
    if isinstance(at(document, path), list):
        index, changed = next(iter(changes.items()))
        return f"[{whole}[:{index}], [{changed}], {whole}[{int(index) + 1}:]][]"
    entries = ", ".join(f"{key}: {value}" for key, value in changes.items())
    return f"merge({whole}, {{{entries}}})"


def _changes(
    document: Document, path: tuple[Step, ...], whole: str, layout: Layout, wiring: Wiring
) -> Iterator[tuple[Step, str]]:
    """Yield the keys, or the index, of what changes in the value at a path, with their expressions."""
    if path == layout.task:
        yield layout.role_key, literal(wiring.role)
    if path == layout.container:
        yield from _container_changes(at(document, path), whole, wiring)
    steps = {found[len(path)] for found in _beginnings(layout) if found[: len(path)] == path and len(found) > len(path)}
    for step in sorted(steps, key=str):
        inner = f"{whole}[{step}]" if isinstance(step, int) else f"{whole}.{step}"
        yield step, _edit(document, (*path, step), inner, layout, wiring)


def _container_changes(container: Document, whole: str, wiring: Wiring) -> Iterator[tuple[Step, str]]:
    secrets = container.get("secrets") or ()
    present = {entry["name"] for entry in [*(container.get("environment") or ()), *secrets]}
    ours = wiring.variables.to_set(present)
    others = " && ".join(f"name != '{name}'" for name in ours)
    yield "environment", f"[({whole}.environment || `[]`)[?{others}], {literal(_listed(ours))}][]"
    if secrets:
        yield "secrets", f"{whole}.secrets[?{others}]"


def _beginnings(layout: Layout) -> set[tuple[Step, ...]]:
    """Return the paths of everything that has the task or the container in it, and of these two."""
    paths = (layout.task, layout.container)
    return {path[:length] for path in paths for length in range(1, len(path) + 1)}


def _tags(tags: Any, whole: str) -> str:
    if isinstance(tags, list):
        return f"{whole}[?!starts_with(key, '{_RESERVED}')]"
    entries = [f"{_key(key)}: {whole}.{_key(key)}" for key in tags]
    return "{" + ", ".join(entries) + "}"


def _key(name: str) -> str:
    return name if _NAME.fullmatch(name) else json.dumps(name)


def literal(value: Any) -> str:
    """Return a JSON value as a JMESPath literal."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("`", "\\`")
    return f"`{text}`"
