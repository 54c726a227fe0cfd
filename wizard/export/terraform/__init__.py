"""A Terraform module that makes the same world as apply, from the same resources.

The files are the same for the same resources, and `terraform fmt` leaves them as they are.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterable, Sequence

from wizard.engine.resource import Resource
from wizard.export.source import Source
from wizard.export.terraform import aws, google, kubernetes, providers, recorded
from wizard.export.terraform.hcl import Block, comment
from wizard.export.terraform.renderers import Renderer
from wizard.export.terraform.world import Lines, Rendered, World
from wizard.language import N_
from wizard.modes.opened import ExportedFile
from wizard.resources.config_file import ConfigFile

__all__ = ["RENDERERS", "files", "of"]

RENDERERS: dict[type[Resource], Renderer] = {**google.RENDERERS, **aws.RENDERERS, **kubernetes.RENDERERS}
"""How each kind of resource becomes Terraform, by its class."""

_TYPES = [kind for renderer in RENDERERS.values() for kind in renderer.types]
_WIDTH = 116
_LABELS = {
    "aws.tf": N_("Terraform module: AWS side"),
    "google.tf": N_("Terraform module: Google Cloud side"),
    "imports.tf": N_("Terraform module: imports"),
    "kubernetes.tf": N_("Terraform module: objects in the cluster"),
    "outputs.tf": N_("Terraform module: outputs"),
    "providers.tf": N_("Terraform module: providers"),
    "variables.tf": N_("Terraform module: variables"),
    "versions.tf": N_("Terraform module: versions"),
}
_TITLES = {
    "versions.tf": "The versions of Terraform and of the providers.",
    "variables.tf": "The values that differ between environments. The defaults are the values of the setup.",
    "providers.tf": (
        "The Terraform providers. The providers use the same credentials as gcloud and aws on this machine."
    ),
    "google.tf": "The Google Cloud side: the identities that Google Cloud accepts, and their roles.",
    "aws.tf": "The AWS side: the role of the workload, and lines for the resources that use the role.",
    "kubernetes.tf": "The objects in the cluster, and lines for the resources that use them.",
    "imports.tf": "The objects that this setup created. Terraform imports these objects into its state, and can delete "
    "the objects from then on. Terraform does not import other objects. The first plan also shows "
    "disable_on_destroy of google_project_service as a change, because only the state of Terraform has "
    "this argument. Remove this file after the first apply.",
    "outputs.tf": "The values that the application needs.",
}


def of(source: Source) -> list[ExportedFile]:
    """Return the files of an opened setup, with imports of what the journal says the setup created."""
    resources, history = source.opened.resources(), source.history.runs
    there = dict.fromkeys([*recorded.existing(resources, history), *recorded.namespaces(source.opened)])
    made = files(resources, recorded.created(resources, history), list(there))
    return [ExportedFile(name, _LABELS[name], _TITLES[name], "hcl", text) for name, text in made]


def files(
    resources: Sequence[Resource], created: Collection[Resource] = (), existing: Collection[Resource] = ()
) -> list[tuple[str, str]]:
    """Return the files of the module, as pairs of name and text, by name.

    `created` are the resources that this setup created, which are imported. `existing` are those that were in place
    before it, which are only read. Terraform creates the others. A resource that stands for several objects, such as
    grants or services, can be in either with only some of them. Raises Refused if a resource has no wanted state.
    """
    world = World(resources, created, existing)
    ordered = sorted(dict.fromkeys(resources), key=lambda resource: (type(resource).__name__, resource.name))
    for resource in ordered:
        RENDERERS[type(resource)].register(resource, world)
    rendered = [RENDERERS[type(resource)].render(resource, world) for resource in ordered]
    outputs = [aws.configuration(resource, world) for resource in ordered if isinstance(resource, ConfigFile)]
    texts = _main_files(rendered)
    if world.locals:
        texts["google.tf"] = _blocks([world.locals]) + "\n" + texts["google.tf"]
    types = {block.labels[0] for each in rendered for block in each.blocks}
    texts["providers.tf"] = _blocks(providers.configurations(types, world))
    texts["imports.tf"] = _blocks(_sorted(made.block() for each in rendered for made in each.imports))
    texts["outputs.tf"] = _blocks(outputs)
    texts["versions.tf"] = f"{_wrapped(providers.checked(types))}\n{_blocks([providers.versions(types)])}"
    texts["variables.tf"] = _blocks(variable.block() for variable in world.variables.used)
    return [(name, f"{_wrapped(_TITLES[name])}\n{text}") for name, text in sorted(texts.items()) if text]


def _main_files(rendered: Iterable[Rendered]) -> dict[str, str]:
    """Return the texts of the files that have the resources of each cloud, by name."""
    listed = list(rendered)
    texts: dict[str, str] = {}
    for name in dict.fromkeys(each.file for each in listed):
        here = [each for each in listed if each.file == name]
        blocks = _blocks(sorted((block for each in here for block in each.blocks), key=_place))
        lines = "\n".join(_lines(line) for each in here for line in each.lines)
        texts[name] = "\n".join(part for part in (blocks, lines) if part)
    return texts


def _place(block: Block) -> tuple[bool, int, tuple[str, ...]]:
    """Return where a block stands in its file: data sources first, then by type and name."""
    kind = block.labels[0]
    return block.type != "data", _TYPES.index(kind) if kind in _TYPES else len(_TYPES), block.labels


def _sorted(blocks: Iterable[Block]) -> list[Block]:
    return sorted(blocks, key=lambda block: block.text())


def _blocks(blocks: Iterable[Block]) -> str:
    return "\n".join(block.text() for block in blocks)


def _lines(lines: Lines) -> str:
    """Return lines for another state, as a comment."""
    return _wrapped(lines.why) + (f"#\n{comment(lines.block.text().rstrip())}" if lines.block else "")


def _wrapped(text: str) -> str:
    """Return a sentence as comment lines."""
    lines = (textwrap.wrap(line, _WIDTH, break_long_words=False, break_on_hyphens=False) for line in text.split("\n"))
    return comment("\n".join(line for wrapped in lines for line in wrapped))
