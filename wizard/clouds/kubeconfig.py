"""Reads kubeconfig files as kubectl does: several files are one configuration, in which the first entry of a name wins.

Source: https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wizard.clouds.errors import NoCredentials
from wizard.language import _
from wizard.outside import files
from wizard.outside.text import one_line

Json = dict[str, Any]

_FIX = "fix the kubeconfig, or set KUBECONFIG to another file"
_PARTS = {"clusters": "cluster", "contexts": "context", "users": "user"}
"""The lists of a kubeconfig, and the key of an entry's content."""


@dataclass(frozen=True)
class Entry:
    """A named cluster, context or user; relative paths in it are relative to the folder of its file."""

    content: Json = field(repr=False)
    file: Path

    def text(self, key: str) -> str:
        """Return a text; empty if it is not set. Raises NoCredentials if it is of another type."""
        value = self.content.get(key)
        if value is not None and not isinstance(value, str):
            raise unusable(_("{file} is not a valid kubeconfig: {key} is not a string").format(file=self.file, key=key))
        return value or ""

    def path(self, key: str) -> Path | None:
        """Return the path of the file that a key names; None if it is not set."""
        named = self.text(key)
        return self.file.parent / named if named else None


@dataclass(frozen=True)
class Context:
    """A context, with its cluster and its user, which can stand in other files."""

    name: str
    file: Path
    cluster: Entry
    user: Entry

    @property
    def source(self) -> str:
        """The context and its file, as a text for the user."""
        return one_line(_("context {name} of {file}").format(name=self.name, file=self.file))


class Kubeconfig:
    """The configuration of all files together."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Read the files that KUBECONFIG names, or the default file. Raises NoCredentials if one cannot be read."""
        self._parts: dict[str, dict[str, Entry]] = {part: {} for part in _PARTS}
        for file in _files(environ):
            for part, entries in _read(file).items():
                self._parts[part] = entries | self._parts[part]

    def find(self, name: str, hosts: frozenset[str] = frozenset()) -> Context | None:
        """Return the context of this name, or else one whose server is in `hosts`; None if there is none.

        Raises NoCredentials if the context names a cluster or a user that does not exist.
        """
        if name in self._parts["contexts"]:
            return self._context(name)
        by_host = (other for other in self._parts["contexts"] if self._host(other) in hosts)
        found = next(by_host, None)
        return self._context(found) if found is not None else None

    def _host(self, name: str) -> str | None:
        cluster = self._parts["clusters"].get(self._parts["contexts"][name].text("cluster"))
        return urlsplit(cluster.text("server")).netloc if cluster else None

    def _context(self, name: str) -> Context:
        context = self._parts["contexts"][name]
        cluster, user = (self._named(name, context, part) for part in ("cluster", "user"))
        return Context(name, context.file, cluster, user)

    def _named(self, name: str, context: Entry, part: str) -> Entry:
        named = context.text(part)
        if not named:
            raise unusable(
                _("{file}: the context {name} does not name a {part}").format(file=context.file, name=name, part=part)
            )
        found = self._parts[f"{part}s"].get(named)
        if found is None:
            raise unusable(
                _("{file}: the context {name} names the {part} {named}, which does not exist").format(
                    file=context.file, name=name, part=part, named=named
                )
            )
        return found


def unusable(message: str, hint: str = "") -> NoCredentials:
    """Return the error for a kubeconfig that gives no access to the cluster."""
    return NoCredentials("kubernetes", "credentials", None, "NO_CREDENTIALS", message, hint or _(_FIX))


def _files(environ: Mapping[str, str]) -> list[Path]:
    """Return the kubeconfig files that exist, in the order in which kubectl reads them."""
    named = [name for name in environ.get("KUBECONFIG", "").split(os.pathsep) if name]
    home = environ.get("HOME")
    default = [str(Path(home, ".kube", "config"))] if home else []
    return [path for path in map(Path, named or default) if path.exists()]


def _read(file: Path) -> dict[str, dict[str, Entry]]:
    import yaml

    try:
        document = yaml.load(files.read_text(file), _loader())
    except OSError as error:
        raise unusable(_("the wizard cannot read {file}: {error}").format(file=file, error=error.strerror)) from error
    except yaml.MarkedYAMLError as error:
        problem = error.problem or _("the file is not YAML")
        if error.problem_mark:
            problem = _("{problem} (line {line})").format(problem=problem, line=error.problem_mark.line + 1)
        raise unusable(_("{file} is not a valid kubeconfig: {problem}").format(file=file, problem=problem)) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise unusable(
            _("{file} is not a valid kubeconfig: the file is not YAML, or is nested too deeply").format(file=file)
        ) from None
    document = {} if document is None else document
    if not isinstance(document, dict):
        raise unusable(
            _("{file} is not a valid kubeconfig: the file is not a mapping of keys to values").format(file=file)
        )
    return {part: _entries(file, part, document.get(part)) for part in _PARTS}


def _entries(file: Path, part: str, listed: Any) -> dict[str, Entry]:
    """Return the entries of a list by their names. kubectl itself writes null in place of an empty list."""
    entries: dict[str, Entry] = {}
    for item in [] if listed is None else listed if isinstance(listed, list) else [listed]:
        name = item.get("name") if isinstance(item, dict) else None
        content = item.get(_PARTS[part]) if isinstance(item, dict) else None
        if not isinstance(name, str) or not isinstance({} if content is None else content, dict):
            raise unusable(
                _("{file} is not a valid kubeconfig: {part} is not a list of entries with names").format(
                    file=file, part=part
                )
            )
        if name in entries:
            raise unusable(
                _("{file} is not a valid kubeconfig: {part} contains the name {name} twice").format(
                    file=file, part=part, name=name
                )
            )
        entries[name] = Entry(content or {}, file)
    return entries


def _loader() -> Any:
    """Return a safe loader of YAML that follows no merge keys, with which a small file could become a huge one."""
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        def flatten_mapping(self, node: Any) -> None:
            """Leave merge keys as they are."""

    return Loader
