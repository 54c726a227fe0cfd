"""What can be exported: one row for each kind of export."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from wizard.export.source import Source
from wizard.modes.opened import ExportedFile
from wizard.setup.problems import BadInput

Files = list[ExportedFile]
Number = Literal["needed", "if known", "no"]
"""Whether the files have the number of the project, which is read from Google Cloud."""


@dataclass(frozen=True)
class Exporter:
    """One kind of export: what it makes, and the folder of its files in the folder with all exports."""

    make: Callable[[Source], Files]
    """Returns the files. Imports what it needs when it is called."""
    folder: str
    """Empty for the folder itself."""
    number: Number = "needed"

    def files_in_all(self, source: Source) -> Files:
        """Return the files, as they are named in the folder with all exports."""
        prefix = f"{self.folder}/" if self.folder else ""
        return [replace(file, file=f"{prefix}{file.file}") for file in self.make(source)]


def _app(source: Source) -> Files:
    return source.opened.exports()


def _script(source: Source) -> Files:
    from wizard.export import script

    return script.files(source)


def _manifests(source: Source) -> Files:
    from wizard.export import manifests

    return manifests.files(source)


def _report(source: Source) -> Files:
    from wizard.export import report

    return report.files(source)


def _all(source: Source) -> Files:
    from wizard.export import pull_request

    others = [exporter for name, exporter in EXPORTERS.items() if name != ALL]
    return pull_request.files(source, [file for each in others for file in each.files_in_all(source)])


ALL = "all"


def _terraform(source: Source) -> Files:
    from wizard.export import terraform

    return terraform.of(source)


EXPORTERS: dict[str, Exporter] = {
    "terraform": Exporter(_terraform, "terraform", "if known"),
    "script": Exporter(_script, "", "no"),
    "manifests": Exporter(_manifests, "manifests", "if known"),
    "app": Exporter(_app, "app"),
    "report": Exporter(_report, "", "if known"),
    ALL: Exporter(_all, "", "if known"),
}
"""What to export -> how."""

_NOTHING = "This setup has no objects in a Kubernetes cluster, so there are no {what} to export."


def files(source: Source, what: str) -> Files:
    """Return the files of one export, in the order of the exporter.

    Raises KeyError for an unknown name, and BadInput if there is nothing to export.
    """
    found = EXPORTERS[what].make(source)
    if not found:
        raise BadInput(_NOTHING.format(what=what))
    return found
