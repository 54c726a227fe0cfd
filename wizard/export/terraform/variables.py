"""The variables of the exported module: what an operator would change, found in the texts that contain it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wizard.engine.resource import Resource
from wizard.export.terraform.hcl import Block, Raw, Template, Value, name_of, template
from wizard.federation.gke import ClusterName

_NUMBER = re.compile(r"//iam\.googleapis\.com/projects/([^/]+)/")
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_DESCRIPTIONS = {
    "aws_account": "ID of the AWS account of the workload.",
    "aws_region": "AWS Region of the workload.",
    "cluster": "Name of the GKE cluster.",
    "cluster_location": "Region or zone of the GKE cluster.",
    "project": "ID of the Google Cloud project.",
    "project_number": "Number of the project that has the workload identity pool.",
}


@dataclass(frozen=True)
class Variable:
    """A variable with its default. `None` means that the value is not known: Terraform asks for it."""

    name: str
    value: str | None
    description: str

    @property
    def raw(self) -> Raw:
        """The expression that has its value."""
        return Raw(f"var.{self.name}")

    def block(self) -> Block:
        """Return its declaration."""
        arguments: dict[str, Value] = {"description": self.description, "type": Raw("string")}
        if self.value is not None:
            arguments["default"] = self.value
        return Block("variable", (self.name,), {**arguments, "nullable": False})


class Variables:
    """The variables for some resources. Each is declared only if an expression uses it."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        listed = list(resources)
        self._projects = _projects(listed)
        self._number = _number(listed)
        self._account = _only(listed, "account")
        self._region = _only(listed, "region")
        self._cluster = next((each for each in _values(listed, "cluster") if isinstance(each, ClusterName)), None)
        self._used: dict[str, Variable] = {}

    @property
    def used(self) -> list[Variable]:
        """The variables that the expressions use, by name."""
        return [self._used[name] for name in sorted(self._used)]

    def project(self, project: str) -> str | Raw:
        """Return the ID of a project."""
        name = self._projects.get(project)
        return self._use(name, project, f"ID of the Google Cloud project {project}.") if name else project

    @property
    def account(self) -> Value | None:
        """The ID of the AWS account; None if no resource has one."""
        return self._use("aws_account", self._account) if self._account else None

    @property
    def region(self) -> Value | None:
        """The AWS Region; None if no resource has one."""
        return self._use("aws_region", self._region) if self._region else None

    @property
    def cluster(self) -> dict[str, Value] | None:
        """The name, location and project of the cluster, as arguments; None if no resource has one."""
        if self._cluster is None:
            return None
        return {
            "name": self._use("cluster", self._cluster.cluster),
            "location": self._use("cluster_location", self._cluster.location),
            "project": self.project(self._cluster.project),
        }

    def text(self, text: str) -> str | Raw | Template:
        """Return a text in which the project number, the AWS account, the Region and pool names of GKE are variables.

        An account counts only as a part of an ARN, between quotes, or alone: names can contain its digits too.
        """
        return template(self._parts(text))

    def _parts(self, text: str) -> Iterator[str | Raw]:
        end = 0
        for found in self._pattern.finditer(text):
            name = str(found.lastgroup)
            yield text[end : found.start(name)]
            yield self._found(name, found[name])
            end = found.end(name)
        yield text[end:]

    def _found(self, name: str, value: str) -> str | Raw:
        if name == "project_number":
            known = value if _DIGITS.fullmatch(value) else None
            return self._use("project_number", known)
        if name in ("aws_account", "aws_region"):
            return self._use(name, value)
        return self.project(value)

    @property
    def _pattern(self) -> re.Pattern[str]:
        ways = ["(?!)"]
        if self._number:
            ways.append(rf"(?<=//iam\.googleapis\.com/projects/)(?P<project_number>{re.escape(self._number)})(?=/)")
        if self._account:
            ways.append(rf"(?<![^:'\"])(?P<aws_account>{self._account})(?![^:'\"])")
        if self._region:
            ways.append(rf"(?<=:)(?P<aws_region>{re.escape(self._region)})(?=:)")
        if self._projects:
            names = "|".join(re.escape(name) for name in self._projects)
            ways.append(rf"(?<![\w-])(?P<pool_project>{names})(?=\.svc\.id\.goog)")
        return re.compile("|".join(ways), re.ASCII)

    def _use(self, name: str, value: str | None, description: str = "") -> Raw:
        variable = Variable(name, value, _DESCRIPTIONS.get(name, description))
        self._used[name] = variable
        return variable.raw


def _values(resources: Iterable[Resource], attribute: str) -> list[object]:
    return [getattr(each, attribute) for each in resources if getattr(each, attribute, None) is not None]


def _only(resources: Iterable[Resource], attribute: str) -> str | None:
    """Return the value that all resources with an AWS Region have in common."""
    found = {str(getattr(each, attribute)) for each in resources if hasattr(each, "region")}
    return found.pop() if len(found) == 1 else None


def _projects(resources: Iterable[Resource]) -> dict[str, str]:
    """Return the names of the variables for projects, by project ID."""
    listed = list(resources)
    clusters = [each.project for each in _values(listed, "cluster") if isinstance(each, ClusterName)]
    found = sorted({str(each) for each in _values(listed, "project")} | set(clusters))
    if len(found) == 1:
        return {found[0]: "project"}
    names: dict[str, str] = {}
    for project in found:
        name = f"project_{name_of(project)}"
        if name in names.values():
            name = f"{name}_{len(names)}"
        names[project] = name
    return names


def _number(resources: Iterable[Resource]) -> str | None:
    """Return the number of the project that has the pool; a placeholder if it was not read."""
    for each in resources:
        texts = [str(getattr(each, "number", "")), *map(str, getattr(each, "grants", {}).values())]
        pool = getattr(each, "pool_name", None)
        if pool is not None:
            return str(pool.project_number)
        if texts[0]:
            return texts[0]
        found = _NUMBER.search(" ".join(texts[1:]))
        if found:
            return found[1]
    return None
