"""Job definitions and task definitions: a described one has everything that was registered, also what moto leaves out.

Sources: AWS Batch API reference, RegisterJobDefinition, DescribeJobDefinitions and ListJobs; Amazon ECS API reference,
RegisterTaskDefinition and DescribeTaskDefinition.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from .backend import Backend
from .errors import AwsRefusal
from .handlers import Call, Handler, Handlers
from .messages import Reply, with_document
from .policies import task_definitions

_TAGS = "tags"
_FAMILY = re.compile(r"[A-Za-z0-9_-]{1,255}")
_STANDING_IN = ("image", "command", "resourceRequirements", "environment", "secrets")
"""What moto needs of the container of a definition with ecsProperties: it knows containerProperties only."""


class Definitions:
    """The actions on definitions; `inner` has the handlers of others for the same actions."""

    def __init__(self, backend: Backend, inner: Handlers) -> None:
        self._backend = backend
        self._inner = inner
        self.handlers: Handlers = {
            ("batch", "RegisterJobDefinition"): self._register_job,
            ("batch", "DescribeJobDefinitions"): self._describe_jobs,
            ("batch", "ListJobs"): self._list_jobs,
            ("ecs", "RegisterTaskDefinition"): self._register_task,
            ("ecs", "DescribeTaskDefinition"): self._describe_task,
            ("ecs", "ListTaskDefinitions"): self._list_tasks,
            ("ecs", "ListTaskDefinitionFamilies"): self._list_families,
        }

    def _send(self, call: Call) -> Reply:
        handler: Handler | None = self._inner.get((call.service.name, call.action))
        reply = call.sent_to(self._backend) if handler is None else handler(call)
        assert isinstance(reply, Reply)  # none of these actions takes a while
        return reply

    def _register_job(self, call: Call) -> Reply:
        document = call.message.document
        reply = self._send(replace(call, message=with_document(call.message, for_moto(document))))
        if reply.ok:
            note_job(self._backend, call.region, json.loads(reply.body)["jobDefinitionArn"], document)
        return reply

    def _describe_jobs(self, call: Call) -> Reply:
        reply = self._send(call)
        if not reply.ok:
            return reply
        answer = json.loads(reply.body)
        known = _batch(self._backend, call.region)._job_definitions
        answer["jobDefinitions"] = [_job(known[found["jobDefinitionArn"]], found) for found in answer["jobDefinitions"]]
        return Reply(reply.status, json.dumps(answer).encode(), reply.headers)

    def _list_jobs(self, call: Call) -> Reply:
        """moto lists all jobs where it does not know the filter."""
        reply = self._send(call)
        wanted = [each for each in call.message.document.get("filters") or [] if each.get("name") == "JOB_DEFINITION"]
        if not reply.ok or not wanted:
            return reply
        answer = json.loads(reply.body)
        values = [str(value) for each in wanted for value in each.get("values", [])]
        jobs = answer["jobSummaryList"]
        answer["jobSummaryList"] = [job for job in jobs if any(_uses(job["jobDefinition"], one) for one in values)]
        return Reply(reply.status, json.dumps(answer).encode(), reply.headers)

    def _register_task(self, call: Call) -> Reply:
        document = call.message.document
        if not _FAMILY.fullmatch(document.get("family") or ""):
            raise AwsRefusal("ClientException", "Family contains invalid characters.", 400)
        reply = self._send(call)
        if reply.ok:
            arn = json.loads(reply.body)["taskDefinition"]["taskDefinitionArn"]
            note_task(self._backend, call.region, arn, document)
        return self._complete(call, reply)

    def _describe_task(self, call: Call) -> Reply:
        """A family stands for its newest active revision."""
        document = call.message.document
        name = str(document.get("taskDefinition", ""))
        arn = task_definitions.revision_arn(self._backend.account, call.region, name)
        if arn is None:
            raise AwsRefusal("ClientException", "Unable to describe task definition.", 400)
        named = with_document(call.message, {**document, "taskDefinition": arn})
        return self._complete(call, self._send(replace(call, message=named)))

    def _list_tasks(self, call: Call) -> Reply:
        """In the order that was asked for, by family and revision."""
        reply = self._send(call)
        if not reply.ok:
            return reply
        answer = json.loads(reply.body)
        descending = call.message.document.get("sort") == "DESC"
        answer["taskDefinitionArns"] = sorted(
            answer["taskDefinitionArns"], key=_family_and_revision, reverse=descending
        )
        return Reply(reply.status, json.dumps(answer).encode(), reply.headers)

    def _list_families(self, call: Call) -> Reply:
        """A family is ACTIVE while one of its revisions is; INACTIVE are those without one. moto lists all."""
        reply = self._send(call)
        status = call.message.document.get("status") or "ALL"
        if not reply.ok or status == "ALL":
            return reply
        answer = json.loads(reply.body)
        account, region, wanted = self._backend.account, call.region, status == "ACTIVE"
        answer["families"] = [
            family
            for family in answer["families"]
            if (task_definitions.revision_arn(account, region, family) is not None) == wanted
        ]
        return Reply(reply.status, json.dumps(answer).encode(), reply.headers)

    def _complete(self, call: Call, reply: Reply) -> Reply:
        if not reply.ok:
            return reply
        answer = json.loads(reply.body)
        found = answer["taskDefinition"]
        noted = getattr(_task(self._backend, call.region, found["taskDefinitionArn"]), "sandbox_document", {})
        answer["taskDefinition"] = found | _missing(noted, found)
        return Reply(reply.status, json.dumps(answer).encode(), reply.headers)


def for_moto(document: Mapping[str, Any]) -> dict[str, Any]:
    """A registration of a job definition as moto takes it: with containerProperties in the place of ecsProperties."""
    tasks = (document.get("ecsProperties") or {}).get("taskProperties")
    if not tasks:
        return deepcopy(dict(document))
    task = tasks[0]
    if not task.get("containers"):
        raise AwsRefusal("ClientException", "The task in ecsProperties has no containers.", 400)
    container = task["containers"][0]
    standing_in = {key: container[key] for key in _STANDING_IN if key in container}
    roles = {"jobRoleArn": task.get("taskRoleArn"), "executionRoleArn": task.get("executionRoleArn")}
    standing_in |= {key: role for key, role in roles.items() if role}
    rest = {key: value for key, value in document.items() if key != "ecsProperties"}
    return deepcopy({**rest, "containerProperties": standing_in})


def note_job(backend: Backend, region: str, arn: str, document: Mapping[str, Any]) -> None:
    """Keep what was registered with the job definition that moto made of it."""
    made = _batch(backend, region)._job_definitions[arn]
    made.sandbox_document = deepcopy(dict(document))
    # A revision has what was registered for it, and not what the one before has.
    made.platform_capabilities = document.get("platformCapabilities") or ["EC2"]
    made.propagate_tags = bool(document.get("propagateTags"))


def note_task(backend: Backend, region: str, arn: str, document: Mapping[str, Any]) -> None:
    """Keep what was registered with the task definition that moto made of it."""
    _task(backend, region, arn).sandbox_document = deepcopy(dict(document))


def _job(made: Any, found: dict[str, Any]) -> dict[str, Any]:
    """A described job definition, with everything that was registered."""
    noted = getattr(made, "sandbox_document", {})
    whole = {key: value for key, value in found.items() if value is not None}
    whole |= _missing(noted, whole)
    if "ecsProperties" in noted:
        whole.pop("containerProperties", None)
    return {**whole, "containerOrchestrationType": "EKS" if "eksProperties" in whole else "ECS"}


def _missing(noted: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in noted.items() if key != _TAGS and found.get(key) is None}


def _uses(arn: str, value: str) -> bool:
    """Whether a value of the filter JOB_DEFINITION names the definition of a job: any revision, if it names none."""
    name = arn.rpartition("/")[2]
    wanted = value.rpartition("/")[2].lower()
    if wanted.endswith("*"):
        return name.lower().startswith(wanted[:-1])
    return wanted in (name.lower(), name.lower().rpartition(":")[0])


def _family_and_revision(arn: str) -> tuple[str, int]:
    family, _, revision = arn.rpartition(":")
    return family, int(revision)


def _batch(backend: Backend, region: str) -> Any:
    from moto.batch.models import batch_backends

    return batch_backends[backend.account][region]


def _task(backend: Backend, region: str, arn: str) -> Any:
    from moto.ecs.models import ecs_backends

    family, _, revision = arn.rpartition("/")[2].partition(":")
    return ecs_backends[backend.account][region].task_definitions[family][int(revision)]
