"""Defaults from this machine: the environment and gcloud's files. No cloud is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from wizard.clouds import gcloud_files
from wizard.setup import rules
from wizard.setup.question import Found

Candidate = tuple[str, str, str]
"""A question's path, a value that may be its default (or empty), and where that came from."""


def google_defaults(environ: Mapping[str, str]) -> dict[str, Found]:
    """The project that the operator works in."""
    return first_that_fit(_projects(environ), {"google.project": rules.project_id})


def first_that_fit(
    candidates: Iterable[Candidate], fits: Mapping[str, Callable[[str], rules.Broken | None]]
) -> dict[str, Found]:
    """Question -> the first of its candidates that breaks no rule; `fits` has the rule of each question."""
    found: dict[str, Found] = {}
    for path, value, source in candidates:
        if path not in found and value and fits[path](value) is None:
            found[path] = Found(value, source)
    return found


def _projects(environ: Mapping[str, str]) -> Iterator[Candidate]:
    for variable in ("CLOUDSDK_CORE_PROJECT", "GOOGLE_CLOUD_PROJECT"):
        yield "google.project", environ.get(variable, ""), variable
    yield "google.project", gcloud_files.setting(environ, "core", "project"), "gcloud config"
    credentials = gcloud_files.default_credentials(environ)
    for key in ("quota_project_id", "project_id"):
        yield "google.project", credentials.get(key, ""), "Application Default Credentials"
