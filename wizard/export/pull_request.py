"""The folder for a pull request: every export, the setup, a README, and a workflow that checks the setup regularly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from wizard.export import ci, readme
from wizard.export.source import Source
from wizard.language import N_
from wizard.modes.opened import ExportedFile
from wizard.resources.config_file import ConfigFile
from wizard.resources.services import EnabledServices

SETUP = "setup.yaml"

_ABOUT_SETUP = "The setup, which is the source of all other files."
_CONFIGURATION = N_("Credential configuration, at the path that setup.yaml names")


def files(source: Source, exported: Sequence[ExportedFile]) -> list[ExportedFile]:
    """Return all files of the folder, sorted by path. `exported` are those of the other exports."""
    resources = source.unread.resources()
    place = ci.place_in_aws(resources)
    projects = dict.fromkeys(resource.project for resource in resources if isinstance(resource, EnabledServices))
    guide = ci.guide(resources, list(projects))
    own = [
        *_configurations(source, exported),
        ExportedFile(
            SETUP, N_("Setup"), "The setup, which is the source of all other files.", "yaml", source.unread.text
        ),
        ExportedFile(
            ci.WORKFLOW,
            N_("GitHub Actions workflow"),
            "Checks the setup.",
            "yaml",
            ci.workflow(place.region if place else ""),
        ),
        ExportedFile(ci.CI_GUIDE, N_("Identity of the workflow"), "Creates the identity.", "markdown", guide),
    ]
    listed = sorted([*own, *exported], key=lambda file: file.file)
    text = readme.text(source, listed, has_aws=place is not None)
    made = ExportedFile(readme.README, "README", "The description of the folder.", "markdown", text)
    return sorted([made, *listed], key=lambda file: file.file)


def _configurations(source: Source, exported: Sequence[ExportedFile]) -> Iterator[ExportedFile]:
    """Yield the credential configuration as `plan` looks for it: without it, a checkout would differ from the setup."""
    folder = source.folder.resolve()
    for resource in source.opened.resources():
        if not isinstance(resource, ConfigFile) or not resource.path.is_relative_to(folder):
            continue
        path = resource.path.relative_to(folder).as_posix()
        same = [file for file in exported if file.file == f"app/{resource.path.name}"]
        yield from (replace(file, file=path, title=_CONFIGURATION) for file in same)
