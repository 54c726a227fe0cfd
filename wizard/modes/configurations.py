"""Reads a credential configuration that comes from outside, of any source, and what its audience names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.project import project_number
from wizard.clouds.session import Clouds
from wizard.detect.machine import google_defaults
from wizard.federation import config_check, credential_config
from wizard.federation.config_check import Problem
from wizard.federation.identifiers import AudienceError, ProviderName
from wizard.language import _
from wizard.outside import files
from wizard.setup.problems import BadInput

_GENERATE = "generate the file again"
_PROJECT_ID = re.compile(r"([a-z][a-z0-9.-]*:)?[a-z][a-z0-9-]{4,28}[a-z0-9]")
_PROJECT_OF_ACCOUNT = re.compile(r"/serviceAccounts/[^/@]+@([^/:]+)\.iam\.gserviceaccount\.com:")


class InvalidConfiguration(BadInput):
    """A credential configuration is not valid. `problems` has at least one."""

    def __init__(self, path: Path, problems: Sequence[Problem], message: str = "") -> None:
        """`message` is the text of the exception, if it is not made from the problems."""
        super().__init__(message or "\n".join(f"{path}: {problem}" for problem in problems))
        self.problems = problems


def document_in(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file, unchecked. Raises BadInput, or InvalidConfiguration if there is none."""
    try:
        text = files.read_text(path)
    except FileNotFoundError:
        raise BadInput(
            _("{path} does not exist; run `wif-wizard apply SETUP.yaml` to write the file").format(path=path)
        ) from None
    except UnicodeDecodeError:
        raise BadInput(_("{path} is not UTF-8 text; specify a credential configuration").format(path=path)) from None
    except OSError as error:
        raise BadInput(
            _("the wizard cannot read {path}: {strerror}; specify a credential configuration").format(
                path=path, strerror=error.strerror
            )
        ) from error
    return document_of(text, path)


def document_of(text: str, path: Path) -> dict[str, Any]:
    """Return the JSON object in a text, unchecked; `path` is the name of its file. Raises InvalidConfiguration."""
    try:
        return credential_config.parse(text)
    except ValueError as error:
        fix = _(_GENERATE)
        problem = Problem("file", str(error), "" if str(error).endswith(fix) else fix)
        raise InvalidConfiguration(path, [problem], f"{path}: {error}") from error


def check(path: Path, document: Mapping[str, Any], clouds: Clouds, project: str = "") -> None:
    """Raise InvalidConfiguration with every problem of the document.

    `project` is the ID of the pool's project, if it is known; it is used for a number that is missing in the audience.
    """
    environ = clouds.environ
    universe = environ.get("CLOUDSDK_CORE_UNIVERSE_DOMAIN", "")
    problems = config_check.find_problems(document, universe=universe)
    if problems:
        told = [_with_number(problem, document, clouds, project) for problem in problems]
        raise InvalidConfiguration(path, told)


def clouds_for(path: Path, document: Mapping[str, Any], environ: Mapping[str, str]) -> Clouds:
    """Return the operator's sessions for a test of a configuration: calls are charged to the project that it names."""
    default = google_defaults(environ).get("google.project")
    project = str(default.value) if default else next(_projects(document), "")
    return Clouds(project, under_test=path, environ=environ)


def provider_of(document: Mapping[str, Any]) -> ProviderName | None:
    """Return the provider that the audience names; None for workforce pools, and for an audience that is not valid."""
    try:
        return ProviderName.parse(str(document.get("audience")))
    except AudienceError:
        return None


def account_of(document: Mapping[str, Any]) -> str | None:
    """Return the email of the service account that the configuration impersonates; None for direct access."""
    url = document.get("service_account_impersonation_url")
    return str(url).rsplit("/", 1)[-1].partition(":")[0].replace("%40", "@") if url else None


def _projects(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the projects that a configuration names, the likeliest home of its pool first."""
    provider = provider_of(document)
    if provider:
        yield provider.pool.project_number
    of_account = _PROJECT_OF_ACCOUNT.search(str(document.get("service_account_impersonation_url")))
    for project in (of_account[1] if of_account else None, document.get("quota_project_id")):
        if isinstance(project, str) and _PROJECT_ID.fullmatch(project):
            yield project


def _with_number(problem: Problem, document: Mapping[str, Any], clouds: Clouds, project: str) -> Problem:
    """Return a problem of the audience with the number to write, if it can be read."""
    try:
        ProviderName.parse(str(document.get("audience")))
    except AudienceError as error:
        missing, is_placeholder = error.project, error.is_placeholder
    else:
        return problem
    if problem.where != "audience" or not missing:
        return problem
    for candidate in _candidates(missing, is_placeholder, document, clouds, project):
        try:
            number = project_number(clouds, candidate)
        except CloudError:
            continue
        return replace(
            problem,
            fix=_("write {number}, which is the number of the project {project}").format(
                number=number, project=candidate
            ),
        )
    return problem


def _candidates(
    missing: str, is_placeholder: bool, document: Mapping[str, Any], clouds: Clouds, project: str
) -> Iterator[str]:
    if not is_placeholder:
        if _PROJECT_ID.fullmatch(missing):
            yield missing
        return
    if project:
        yield project
    yield from _projects(document)
    default = google_defaults(clouds.environ).get("google.project")
    if default:
        yield str(default.value)
