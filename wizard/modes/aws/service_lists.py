"""The live list of the ECS services that run the workload's task definition."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from wizard.clouds.session import Clouds
from wizard.detect.live import LIMIT, Listing, read_pages
from wizard.engine.readers import Readers
from wizard.language import _
from wizard.modes.aws import rules
from wizard.resources.callers import Definition
from wizard.setup.answers import Answers
from wizard.setup.question import Choice

_AT_ONCE = 8
_DESCRIBED = 10
"""The most services that one call describes."""

_NONE = "no ECS service runs this task definition, so the wizard has no service to update"
_REVISION = "revision {revision}, {running} of {desired} tasks are running"


def services(clouds: Clouds, answers: Answers) -> Listing:
    """Return the active services that run any revision of the task definition. Raises CloudError."""
    family, _ignored = rules.definition_parts(answers.text("aws.task_definition"))
    if not family:
        return Listing(note=_("choose the task definition first"))
    clusters = _pages(clouds, "list_clusters", "clusterArns")
    with Readers(_AT_ONCE) as beside:
        read = list(beside.map(partial(_of_cluster, clouds, family), clusters))
    found = sorted((choice for choices in read for choice in choices), key=lambda choice: choice.value)
    return Listing(found, "" if found else _(_NONE))


def _of_cluster(clouds: Clouds, family: str, cluster: str) -> list[Choice]:
    choices = []
    arns = _pages(clouds, "list_services", "serviceArns", cluster=cluster)
    for start in range(0, len(arns), _DESCRIBED):
        named = arns[start : start + _DESCRIBED]
        answer = clouds.aws.quick_call("ecs", "describe_services", cluster=cluster, services=named)
        for service in answer["services"]:
            arn = str(service.get("taskDefinition", ""))
            definition = Definition("task-definition", arn.rpartition(":")[0])
            if definition.name == family and service.get("status") == "ACTIVE":
                choices.append(_choice(cluster, service, definition.revision_in(arn)))
    return choices


def _choice(cluster: str, service: dict[str, Any], revision: int | None) -> Choice:
    name = f"{cluster.rpartition('/')[2]}/{service['serviceName']}"
    running, desired = service.get("runningCount", 0), service.get("desiredCount", 0)
    return Choice(name, name, _(_REVISION).format(revision=revision, running=running, desired=desired))


def _pages(clouds: Clouds, operation: str, key: str, **arguments: Any) -> list[str]:
    def fetch(token: str) -> dict[str, Any]:
        page = {"nextToken": token} if token else {}
        return clouds.aws.quick_call("ecs", operation, **arguments, **page)

    return [str(arn) for arn in read_pages(fetch, key, "nextToken", LIMIT).items]


READERS: dict[str, Callable[[Clouds, Answers], Listing]] = {"ecs-services": services}
"""The reader of the list, by its name."""
