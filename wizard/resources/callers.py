"""Who starts a definition: what names it with a revision stays on that revision, and what names none switches at once.

Reads EventBridge rules, schedules and pipes, Step Functions, ECS services and the jobs of job queues, as far as the
operator may read them. What could not be read is named, with the permission that is missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.readers import Readers
from wizard.language import N_, _, translated

DefinitionKind = Literal["job-definition", "task-definition"]

MOST = 200
"""The most rules, schedules, pipes or state machines that are read one by one."""
_AT_ONCE = 12

_PREFIXES = {"stepfunctions": "states"}
"""botocore's name of a service -> the prefix of its permissions, where they differ."""
_REFUSALS = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException")

_KEYS = {"job-definition": "JobDefinition", "task-definition": "TaskDefinition"}
"""The key that names a definition in the parameters of a state machine or of a schedule."""


@dataclass(frozen=True)
class Definition:
    """The definition that callers may name."""

    kind: DefinitionKind
    arn: str
    """The ARN without a revision."""

    @property
    def name(self) -> str:
        """The name of the definition, or the family of the task definition."""
        return self.arn.rpartition("/")[2]

    def revision_in(self, reference: object) -> int | None:
        """Return the revision that a reference names, 0 if it names none; None for another definition."""
        if not isinstance(reference, str):
            return None
        text = reference.removeprefix(self.arn.removesuffix(self.name)) if ":" in reference else reference
        found = re.fullmatch(rf"{re.escape(self.name)}(?::(\d+|\$LATEST))?", text, re.ASCII)
        if found is None:
            return None
        return int(found[1]) if found[1] and found[1].isdigit() else 0


@dataclass(frozen=True)
class Caller:
    """One thing that starts the definition. `revision` is 0 if it names none."""

    who: str
    revision: int


@dataclass(frozen=True)
class Service:
    """One ECS service that runs the definition, in its cluster."""

    cluster: str
    name: str
    revision: int


@dataclass(frozen=True)
class Jobs:
    """The jobs of a job queue that used a revision. `day` is the day on which the last of them was submitted."""

    queue: str
    revision: int
    day: str


@dataclass(frozen=True)
class Unknown:
    """What is not known about the callers, and why."""

    why: Literal["no permission", "not readable", "too many", "computed"]
    what: str
    """What could not be read; the permission of a list that is too long; or the caller that computes the definition."""
    detail: str = ""
    """The permission that is missing, or the message of the cloud."""


@dataclass(frozen=True)
class Callers:
    """What starts a definition, and what could not be read."""

    found: tuple[Caller, ...] = ()
    services: tuple[Service, ...] = ()
    jobs: tuple[Jobs, ...] = ()
    unknown: tuple[Unknown, ...] = ()


@dataclass
class _Reading:
    clouds: Clouds
    definition: Definition
    found: list[Caller] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    jobs: list[Jobs] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)

    def add(self, who: str, reference: object) -> None:
        revision = self.definition.revision_in(reference)
        if revision is not None:
            self.found.append(Caller(who, revision))

    def call(self, service: str, operation: str, /, **arguments: Any) -> dict[str, Any]:
        return self.clouds.aws.quick_call(service, operation, **arguments)

    def pages(self, service: str, operation: str, key: str, token: str = "nextToken", **arguments: Any) -> list[Any]:
        """Return the entries of a list, and note if there are more than are read."""
        items: list[Any] = []
        page: dict[str, str] = {}
        while True:
            answer = self.call(service, operation, **arguments, **page)
            items += answer.get(key, [])
            following = answer.get(token)
            if not following or len(items) > MOST:
                break
            page = {token: following}
        if len(items) > MOST:
            self.unknown.append(Unknown("too many", _permission(service, operation)))
        return items[:MOST]


def read_callers(clouds: Clouds, definition: Definition) -> Callers:
    """Return what starts a definition, as far as the operator may read it. Raises no CloudError."""
    readers = [_rules, _schedules, _pipes, _state_machines]
    readers.append(_jobs if definition.kind == "job-definition" else _services)
    readings = [_Reading(clouds, definition) for _ in readers]
    with Readers(max_workers=len(readers)) as beside:
        list(beside.map(_read, readers, readings))
    found = {caller: None for reading in readings for caller in reading.found}
    services = [service for reading in readings for service in reading.services]
    jobs = [used for reading in readings for used in reading.jobs]
    unknown = {item: None for reading in readings for item in reading.unknown}
    in_order = sorted(found, key=lambda caller: (caller.who, caller.revision))
    return Callers(tuple(in_order), tuple(services), tuple(jobs), tuple(unknown))


def _read(reader: Callable[[_Reading], None], reading: _Reading) -> None:
    try:
        reader(reading)
    except CloudError as error:
        reading.unknown.append(_unread(translated(_TITLES[reader]), error))


def _unread(what: str, error: CloudError) -> Unknown:
    if error.reason in _REFUSALS:
        return Unknown("no permission", what, _permission(error.service, error.operation))
    return Unknown("not readable", what, error.message)


def _permission(service: str, operation: str) -> str:
    action = "".join(word.capitalize() for word in operation.split("_"))
    return f"{_PREFIXES.get(service, service)}:{action}"


def _read_each(reading: _Reading, title: str, read: Callable[[Any], None], items: Iterable[Any]) -> None:
    """Read items side by side. The first refusal is noted, and the other items are still read."""

    def attempt(item: Any) -> Unknown | None:
        try:
            read(item)
        except CloudError as error:
            return _unread(title, error)
        return None

    with Readers(max_workers=_AT_ONCE) as beside:
        unread = dict.fromkeys(beside.map(attempt, items))
    reading.unknown += [unknown for unknown in unread if unknown]


def _rules(reading: _Reading) -> None:
    """Read the targets of EventBridge rules, on all event buses."""
    buses = reading.pages("events", "list_event_buses", "EventBuses", "NextToken")
    rules: list[tuple[str, str]] = []
    for bus in buses:
        listed = reading.pages("events", "list_rules", "Rules", "NextToken", EventBusName=bus["Name"])
        rules += [(bus["Name"], rule["Name"]) for rule in listed]
    _read_each(reading, translated(_TITLES[_rules]), partial(_targets, reading), rules)


def _targets(reading: _Reading, rule: tuple[str, str]) -> None:
    bus, name = rule
    targets = reading.pages("events", "list_targets_by_rule", "Targets", "NextToken", Rule=name, EventBusName=bus)
    for target in targets:
        who = _("EventBridge rule {name}").format(name=name)
        reading.add(who, target.get("BatchParameters", {}).get("JobDefinition"))
        reading.add(who, target.get("EcsParameters", {}).get("TaskDefinitionArn"))


def _schedules(reading: _Reading) -> None:
    schedules = reading.pages("scheduler", "list_schedules", "Schedules", "NextToken")
    _read_each(reading, translated(_TITLES[_schedules]), partial(_schedule, reading), schedules)


def _schedule(reading: _Reading, listed: dict[str, Any]) -> None:
    schedule = reading.call("scheduler", "get_schedule", Name=listed["Name"], GroupName=listed["GroupName"])
    target, who = schedule["Target"], _("EventBridge schedule {name}").format(name=listed["Name"])
    reading.add(who, target.get("EcsParameters", {}).get("TaskDefinitionArn"))
    _named(reading, who, _json(target.get("Input", "")))


def _pipes(reading: _Reading) -> None:
    """Read the pipes that start tasks or jobs; of others, the list tells the target."""
    pipes = reading.pages("pipes", "list_pipes", "Pipes", "NextToken")
    starting = [pipe for pipe in pipes if pipe["Target"].split(":")[2:3] in (["batch"], ["ecs"])]
    _read_each(reading, translated(_TITLES[_pipes]), partial(_pipe, reading), starting)


def _pipe(reading: _Reading, listed: dict[str, Any]) -> None:
    """Read one pipe. A JSON path in place of a definition is filled in from each event."""
    parameters = reading.call("pipes", "describe_pipe", Name=listed["Name"]).get("TargetParameters", {})
    who = _("EventBridge pipe {name}").format(name=listed["Name"])
    of_batch, of_ecs = parameters.get("BatchJobParameters", {}), parameters.get("EcsTaskParameters", {})
    named = {"job-definition": of_batch.get("JobDefinition"), "task-definition": of_ecs.get("TaskDefinitionArn")}
    reference = named[reading.definition.kind]
    if reference is not None and reference.startswith("$"):
        reading.unknown.append(Unknown("computed", who))
    reading.add(who, reference)


def _state_machines(reading: _Reading) -> None:
    machines = reading.pages("stepfunctions", "list_state_machines", "stateMachines")
    _read_each(reading, translated(_TITLES[_state_machines]), partial(_state_machine, reading), machines)


def _state_machine(reading: _Reading, listed: dict[str, Any]) -> None:
    machine = reading.call("stepfunctions", "describe_state_machine", stateMachineArn=listed["stateMachineArn"])
    _named(reading, _("Step Functions state machine {name}").format(name=listed["name"]), _json(machine["definition"]))


def _named(reading: _Reading, who: str, document: Any) -> None:
    """Note the definition under its key anywhere in a document, and where the document computes it."""
    key = _KEYS[reading.definition.kind]
    for name, value in _entries(document):
        if name == f"{key}.$" or (name == key and isinstance(value, str) and value.startswith("{%")):
            reading.unknown.append(Unknown("computed", who))
        elif name == key:
            reading.add(who, value)


def _entries(document: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(document, list):
        for item in document:
            yield from _entries(item)
    if isinstance(document, dict):
        for key, value in document.items():
            yield key, value
            yield from _entries(value)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _services(reading: _Reading) -> None:
    clusters = reading.pages("ecs", "list_clusters", "clusterArns")
    _read_each(reading, translated(_TITLES[_services]), partial(_cluster, reading), clusters)


def _cluster(reading: _Reading, cluster: str) -> None:
    arns = reading.pages("ecs", "list_services", "serviceArns", cluster=cluster)
    for start in range(0, len(arns), 10):  # the most that one call describes
        answer = reading.call("ecs", "describe_services", cluster=cluster, services=arns[start : start + 10])
        for service in answer["services"]:
            revision = reading.definition.revision_in(service.get("taskDefinition"))
            if revision is not None and service.get("status") == "ACTIVE":
                name = service["serviceName"]
                reading.services.append(Service(cluster.rpartition("/")[2], name, revision))


def _jobs(reading: _Reading) -> None:
    """Read the jobs of each queue that used a revision: their caller may name it."""
    queues = reading.pages("batch", "describe_job_queues", "jobQueues")
    _read_each(
        reading, translated(_TITLES[_jobs]), partial(_queue, reading), [queue["jobQueueName"] for queue in queues]
    )


def _queue(reading: _Reading, queue: str) -> None:
    wanted = [{"name": "JOB_DEFINITION", "values": [reading.definition.name]}]
    jobs = reading.pages("batch", "list_jobs", "jobSummaryList", jobQueue=queue, filters=wanted)
    newest: dict[int, float] = {}
    for job in jobs:
        revision = reading.definition.revision_in(job.get("jobDefinition"))
        if revision:
            newest[revision] = max(newest.get(revision, 0.0), float(job.get("createdAt", 0)))
    for revision, created in newest.items():
        day = datetime.fromtimestamp(created / 1000, UTC).date().isoformat()
        reading.jobs.append(Jobs(queue, revision, day))


_TITLES: dict[Callable[[_Reading], None], str] = {
    _rules: N_("EventBridge rules"),
    _schedules: N_("EventBridge schedules"),
    _pipes: N_("EventBridge pipes"),
    _state_machines: N_("Step Functions state machines"),
    _services: N_("ECS services"),
    _jobs: N_("jobs in the job queues"),
}
