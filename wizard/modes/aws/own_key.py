"""Finds the service account key that the definition or the function of a workload on AWS names, and whose key it is."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.language import _
from wizard.modes.aws import rules
from wizard.resources.pod_keys import KEY_TYPES, VARIABLE, account_of, type_of
from wizard.setup.answers import Answers
from wizard.setup.replacing import KeyFound

Json = Mapping[str, Any]

_HOLDS = re.compile(r"GOOGLE_APPLICATION_CREDENTIALS|(\w*_)?(GOOGLE|GCP|GCLOUD)_(\w+_)?(KEY|CREDENTIALS?)(_\w+)?")
"""The usual names of variables that an application gets a service account key from."""

_INLINE = "the variable {variable} of {where} contains a service account key"
_FILE = "the variable {variable} of {where} names the file {path}"
_SECRET = "the variable {variable} of {where} comes from a secret"
_TITLES = {
    "aws.job_definition": "the job definition {name}",
    "aws.task_definition": "the task definition {name}",
    "aws.function": "the function {name}",
}
"""How the sentences call what runs a workload, by the question that names it."""

_CONFIGURATION = "GOOGLE_CREDENTIAL_CONFIG"
"""The variable with a credential configuration, which the wizard itself sets."""


def find(clouds: Clouds, answers: Answers) -> KeyFound | None:
    """Return the key that the workload uses today; None if none is found, or if its definition cannot be read."""
    for path, read in _READERS.items():
        name = answers.text(path)
        if name and answers.question(path).shown(answers) and not answers.question(path).check(name, answers):
            try:
                containers = list(read(clouds, name))
            except CloudError:  # the plan says so
                return None
            where = _(_TITLES[path]).format(name=name)
            return next(_keys(containers, where, answers.text("credential_config")), None)
    return None


def _keys(containers: Iterable[Json], where: str, configuration: str) -> Iterator[KeyFound]:
    for container in containers:
        plain = {str(each["name"]): str(each.get("value", "")) for each in container.get("environment", ())}
        for variable, text in plain.items():
            if type_of(text) in KEY_TYPES:
                yield KeyFound(_(_INLINE).format(variable=variable, where=where), account_of(text))
        path = plain.get(VARIABLE, "")
        if path and _CONFIGURATION not in plain and posixpath.basename(path) != posixpath.basename(configuration):
            yield KeyFound(_(_FILE).format(variable=VARIABLE, where=where, path=path))
        for each in container.get("secrets", ()):
            if _HOLDS.fullmatch(str(each["name"])):
                yield KeyFound(_(_SECRET).format(variable=each["name"], where=where))


def _job_definition(clouds: Clouds, name: str) -> Iterator[Json]:
    family, _ = rules.definition_parts(name)
    listed = clouds.aws.quick_call("batch", "describe_job_definitions", jobDefinitionName=family, status="ACTIVE")
    newest: Json = max(listed.get("jobDefinitions", ()), key=lambda each: int(each["revision"]), default={})
    yield newest.get("containerProperties", {})
    for task in newest.get("ecsProperties", {}).get("taskProperties", ()):
        yield from task.get("containers", ())


def _task_definition(clouds: Clouds, name: str) -> Iterator[Json]:
    found = clouds.aws.quick_call("ecs", "describe_task_definition", taskDefinition=name)
    yield from found["taskDefinition"].get("containerDefinitions", ())


def _function(clouds: Clouds, name: str) -> Iterator[Json]:
    found = clouds.aws.quick_call("lambda", "get_function_configuration", FunctionName=name)
    variables = found.get("Environment", {}).get("Variables", {})
    yield {"environment": [{"name": key, "value": value} for key, value in variables.items()]}


_READERS: dict[str, Callable[[Clouds, str], Iterator[Json]]] = {
    "aws.job_definition": _job_definition,
    "aws.task_definition": _task_definition,
    "aws.function": _function,
}
"""How the containers of a workload are read, by the question that names what runs it."""
