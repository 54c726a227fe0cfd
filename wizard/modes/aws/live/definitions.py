"""What runs workloads in an AWS account and region: job definitions, task definitions and functions, with roles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from wizard.clouds.session import Clouds
from wizard.detect.live import read_pages
from wizard.engine.readers import Readers
from wizard.language import _

Json = dict[str, Any]

_NEXT = ("nextToken", "nextToken")


@dataclass(frozen=True)
class RunsWorkload:
    """Something that runs a workload: its title, the name to pass to the doctor, its role, and its variables.

    `runtime` is the name of the runtime. `role` is the ARN, or empty if it has none. `kind` is what the setup calls
    it: job_definition, task_definition or function. `own` is its name in the setup.
    """

    title: str
    name: str
    role: str
    runtime: str
    variables: frozenset[str] = frozenset()
    kind: str = ""
    own: str = ""


def job_definitions(clouds: Clouds) -> Iterator[RunsWorkload]:
    """Yield the newest revision of each active job definition. Raises CloudError."""
    listed = _pages(clouds, "batch", "describe_job_definitions", "jobDefinitions", _NEXT, status="ACTIVE")
    newest = {each["jobDefinitionName"]: each for each in sorted(listed, key=lambda each: int(each["revision"]))}
    for name, definition in newest.items():
        tasks = definition.get("ecsProperties", {}).get("taskProperties") or [{}]
        container = definition.get("containerProperties") or tasks[0]
        role = container.get("jobRoleArn") or container.get("taskRoleArn") or ""
        containers = container.get("containers") or [container]
        runtime = "batch-fargate" if "FARGATE" in definition.get("platformCapabilities", ()) else "batch-ec2"
        arn = str(definition["jobDefinitionArn"])
        variables = _variables(containers)
        title = _("job definition {name}").format(name=name)
        yield RunsWorkload(title, arn, str(role), runtime, variables, "job_definition", str(name))


def task_definitions(clouds: Clouds) -> Iterator[RunsWorkload]:
    """Yield the newest revision of each active family of task definitions. Raises CloudError."""
    families = _pages(clouds, "ecs", "list_task_definition_families", "families", _NEXT, status="ACTIVE")
    with Readers() as readers:
        for family, definition in zip(families, readers.map(lambda name: _task(clouds, name), families), strict=True):
            variables = _variables(definition.get("containerDefinitions", ()))
            runtime = "ecs-fargate" if "FARGATE" in definition.get("requiresCompatibilities", ()) else "ecs-ec2"
            role, arn = str(definition.get("taskRoleArn", "")), str(definition["taskDefinitionArn"])
            title, kind = _("task definition {family}").format(family=family), "task_definition"
            yield RunsWorkload(title, arn, role, runtime, variables, kind, str(family))


def functions(clouds: Clouds) -> Iterator[RunsWorkload]:
    """Yield the functions. Raises CloudError."""
    for function in _pages(clouds, "lambda", "list_functions", "Functions", ("Marker", "NextMarker")):
        variables = frozenset(function.get("Environment", {}).get("Variables", {}))
        role, name = str(function["Role"]), str(function["FunctionName"])
        yield RunsWorkload(_("function {name}").format(name=name), role, role, "lambda", variables, "function", name)


def _task(clouds: Clouds, family: Any) -> Json:
    answer = clouds.aws.call("ecs", "describe_task_definition", taskDefinition=family)
    return dict(answer["taskDefinition"])


def _pages(clouds: Clouds, service: str, operation: str, key: str, token: tuple[str, str], **query: Any) -> list[Any]:
    asks, answers = token

    def fetch(page: str) -> Json:
        return dict(clouds.aws.call(service, operation, **query, **({asks: page} if page else {})))

    return list(read_pages(fetch, key, answers).items)


def _variables(containers: Iterable[Json]) -> frozenset[str]:
    return frozenset(each["name"] for container in containers for each in container.get("environment", ()))
