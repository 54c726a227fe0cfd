"""Detects defaults from the environment and from gcloud's files. Calls no cloud."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from wizard.clouds import gcloud_files
from wizard.setup import rules
from wizard.setup.question import Found

Candidate = tuple[str, str, str]
"""The path of a question, a possible default for it (may be empty), and the source of that default."""


def google_defaults(environ: Mapping[str, str]) -> dict[str, Found]:
    """Return the default project, if the environment, gcloud or Application Default Credentials name one."""
    return first_that_fit(_projects(environ), {"google.project": rules.project_id})


def first_that_fit(
    candidates: Iterable[Candidate], fits: Mapping[str, Callable[[str], rules.Broken | None]]
) -> dict[str, Found]:
    """Return the first valid candidate of each question, by path. `fits` has the rule of each question."""
    defaults: dict[str, Found] = {}
    for path, value, source in candidates:
        if path not in defaults and value and fits[path](value) is None:
            defaults[path] = Found(value, source)
    return defaults


def _projects(environ: Mapping[str, str]) -> Iterator[Candidate]:
    for variable in ("CLOUDSDK_CORE_PROJECT", "GOOGLE_CLOUD_PROJECT"):
        yield "google.project", environ.get(variable, ""), variable
    yield "google.project", gcloud_files.setting(environ, "core", "project"), "gcloud config"
    credentials = gcloud_files.default_credentials(environ)
    for key in ("quota_project_id", "project_id"):
        yield "google.project", credentials.get(key, ""), "Application Default Credentials"
