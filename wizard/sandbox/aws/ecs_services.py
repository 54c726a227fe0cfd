"""The services of Amazon ECS: a deployment replaces the tasks of the one before it, and takes a while.

Source: Amazon ECS API reference, CreateService, UpdateService, Service and Deployment. The tasks of services are counts
here, which no program runs in.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from .backend import Backend
from .directory import Directory
from .errors import AwsRefusal
from .handlers import Call, Handlers
from .messages import Reply, with_document
from .policies import task_definitions
from .trust import Timing, Trust
from .workloads import ECS

_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
"""The name of a service (API reference, CreateService)."""

_NOT_VALID = "The specified parameter isn't valid. Review the available parameters for the API request."

_OTHER_CONTROLLER = (
    "Unable to update task definition on services with a {controller} deployment controller. Use AWS CodeDeploy to "
    "trigger a new deployment."
)


class EcsServices:
    """CreateService, UpdateService and DescribeServices."""

    def __init__(
        self, backend: Backend, directory: Directory, trust: Trust, settings: Timing, clock: Callable[[], datetime]
    ) -> None:
        self._backend = backend
        self._directory = directory
        self._trust = trust
        self._settings = settings
        self._clock = clock
        self.handlers: Handlers = {
            ("ecs", "CreateService"): self._create,
            ("ecs", "UpdateService"): self._update,
            ("ecs", "DescribeServices"): self._describe,
        }

    def _create(self, call: Call) -> Reply:
        if not _NAME.fullmatch(str(call.message.document.get("serviceName") or "missing")):
            raise AwsRefusal("InvalidParameterException", _NOT_VALID, 400)
        reply = call.sent_to(self._backend, self._with_revision(call))
        if reply.ok:
            name = str(call.message.document.get("serviceName", ""))
            service = self._find(call.region, str(call.message.document.get("cluster") or "default"), name)
            service.deployments = [self._deployment(service)] if service.deployments else []
        return reply

    def _update(self, call: Call) -> Reply:
        document = call.message.document
        cluster, name = str(document.get("cluster") or "default"), str(document.get("service", ""))
        service = self._find(call.region, cluster, name)
        controller = service.deployment_controller["type"] if service is not None else "ECS"
        if document.get("taskDefinition") and controller == "CODE_DEPLOY":
            raise AwsRefusal("InvalidParameterException", _OTHER_CONTROLLER.format(controller=controller), 400)
        if service is not None:
            self._progress(call.region, service)
        before = service.task_definition if service is not None else None
        reply = call.sent_to(self._backend, self._with_revision(call))
        if reply.ok and (service.task_definition != before or document.get("forceNewDeployment")):
            for deployment in service.deployments:
                deployment["status"] = "ACTIVE"
            service.deployments.insert(0, self._deployment(service))
            self._progress(call.region, service)
            return self._reply(call, reply)
        return reply

    def _reply(self, call: Call, reply: Reply) -> Reply:
        """The answer to an update, once the service has its new deployment: moto writes it before."""
        rest = {"cluster": call.message.document.get("cluster"), "service": call.message.document["service"]}
        unchanged = {key: value for key, value in rest.items() if value}
        again = call.sent_to(self._backend, with_document(call.message, unchanged))
        return again if again.ok else reply

    def _describe(self, call: Call) -> Reply:
        from moto.ecs.models import ecs_backends

        for service in ecs_backends[self._backend.account][call.region].services.values():
            self._progress(call.region, service)
        return call.sent_to(self._backend)

    def _progress(self, region: str, service: Any) -> None:
        """Let the newest deployment take over when it is time, if ECS can assume the role of its tasks."""
        if not service.deployments:
            return
        newest = service.deployments[0]
        age = (self._clock() - newest["createdAt"]).total_seconds()
        wanted = int(service.desired_count)
        starts = self._starts(region, str(newest["taskDefinition"]))
        if starts and age >= self._settings.operation:
            newest |= {"runningCount": wanted, "pendingCount": 0, "rolloutState": "COMPLETED", "desiredCount": wanted}
            newest["rolloutStateReason"] = f"ECS deployment {newest['id']} completed."
            service.deployments = [newest]
        else:
            newest |= {"failedTasks": 0 if starts else wanted, "desiredCount": wanted, "pendingCount": wanted}
        service.running_count = sum(deployment["runningCount"] for deployment in service.deployments)
        service.pending_count = newest["pendingCount"]

    def _starts(self, region: str, arn: str) -> bool:
        """Whether ECS can start tasks of a task definition."""
        name = task_definitions.roles(self._backend.account, region, arn).get("taskRoleArn")
        if name is None:
            return True
        role = self._directory.role(name)
        source = {
            "aws:SourceAccount": self._backend.account,
            "aws:SourceArn": arn.partition(":task-definition/")[0] + ":*",
        }
        return role is not None and self._trust.admits_service(role, ECS, source)

    def _deployment(self, service: Any) -> dict[str, Any]:
        deployment_id, now = f"ecs-svc/{uuid.uuid4().int % 10**19:019d}", self._clock()
        return {
            "id": deployment_id,
            "status": "PRIMARY",
            "taskDefinition": service.task_definition,
            "desiredCount": service.desired_count,
            "pendingCount": service.desired_count,
            "runningCount": 0,
            "failedTasks": 0,
            "createdAt": now,
            "updatedAt": now,
            "launchType": service.launch_type,
            "rolloutState": "IN_PROGRESS",
            "rolloutStateReason": f"ECS deployment {deployment_id} in progress.",
        }

    def _with_revision(self, call: Call) -> Any:
        """The request with the ARN of the revision that it names, which moto would not look up."""
        document = call.message.document
        if not document.get("taskDefinition"):
            return call.message
        name = str(document["taskDefinition"])
        arn = task_definitions.revision_arn(self._backend.account, call.region, name)
        return with_document(call.message, {**document, "taskDefinition": arn or name})

    def _find(self, region: str, cluster: str, name: str) -> Any:
        return _service(self._backend, region, cluster, name)


def let_run(backend: Backend, region: str, cluster: str, name: str) -> None:
    """Let a service have been deployed long ago."""
    service = _service(backend, region, cluster, name)
    service.running_count, service.pending_count = service.desired_count, 0
    for deployment in service.deployments:
        deployment |= {"createdAt": _LONG_AGO, "updatedAt": _LONG_AGO, "rolloutState": "COMPLETED"}
        deployment |= {"runningCount": service.desired_count, "pendingCount": 0}


def _service(backend: Backend, region: str, cluster: str, name: str) -> Any:
    from moto.ecs.models import ecs_backends

    key = f"{cluster.rpartition('/')[2]}:{name.rpartition('/')[2]}"
    return ecs_backends[backend.account][region].services.get(key)
