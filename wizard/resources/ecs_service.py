"""An ECS service that runs the workload: a deployment moves it to the revision that has the role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Owner, Refused, Resource, State
from wizard.federation.aws import partition_of
from wizard.language import _
from wizard.resources import definition_texts as texts
from wizard.resources import role_users
from wizard.resources.definition_texts import short
from wizard.resources.kind import Kind, Needed
from wizard.resources.registration import Document
from wizard.resources.task_definition import TaskDefinition

_MISSING = "the cluster {cluster} has no active service {service} in {region}. Correct aws.services"
_OTHER_FAMILY = "the service {cluster}/{service} runs the task definition {family}, not {wanted}. Correct aws.services"
_FAILED = "ECS could not deploy the new revision: {reason}"
_REPLACES = (
    "ECS replaces the {count} tasks of the service step by step, as the deployment configuration of the service "
    "specifies"
)
_LOSES = "the tasks of {cluster}/{service} lose the role {old}: AWS then denies the actions that {role} does not allow"
_NO_EARLIER = (
    "There is no earlier active revision that has the former values and otherwise matches the revision that the "
    "service {cluster}/{service} runs."
)
_RUNS_OTHER = "The service runs {family}:{revision}, which the run did not deploy."
_PROGRESS = "{running} of {wanted} tasks run with the new revision"
_DEADLINE = 1800.0
"""Seconds after which the wizard stops waiting for a deployment."""


@dataclass(frozen=True, eq=False)
class EcsService(Kind):
    """A service whose tasks get the role of a task definition. Its state is that of the revision that it runs."""

    kind: ClassVar[str] = "ECS service"
    account: str
    region: str
    cluster: str
    service: str
    definition: TaskDefinition

    @property
    def name(self) -> str:
        partition = partition_of(self.region)
        return f"arn:{partition}:ecs:{self.region}:{self.account}:service/{self.cluster}/{self.service}"

    @property
    def label(self) -> str:
        return f"{self.cluster}/{self.service}"

    @property
    def needs(self) -> tuple[Resource, ...]:
        return (self.definition,)

    def desired(self) -> State:
        return self.desired_with(None)

    def desired_with(self, before: State | None) -> State:
        """Return the role, and the variables that every revision of ours has."""
        wanted = self.definition.desired_with(before)
        return wanted | {"environment": dict(self.definition.variables.always)}

    def read(self, clouds: Clouds) -> State | None:
        """Return the role and our variables of the revision that the service runs. Raises Refused for another one."""
        service = self._read(clouds)
        document = self.definition.described(clouds, service["taskDefinition"])
        if document["family"] != self.definition.definition:
            raise Refused(self._text(_(_OTHER_FAMILY), family=document["family"], wanted=self.definition.definition))
        return self.definition.values(document) | {
            "wanted_role": self.definition.role.actual_arn(clouds),
            "revision": document["revision"],
            "count": service.get("desiredCount", 0),
            "controller": service.get("deploymentController", {}).get("type", "ECS"),
        }

    def create(self, clouds: Clouds) -> Operation | None:  # noqa: ARG002 (a service is never made from nothing)
        raise Refused(self._text(_(_MISSING), region=self.region))

    def update(self, clouds: Clouds, change: Change) -> Operation | None:  # noqa: ARG002 (all is in the revision)
        return self._deploy(clouds, self.definition.newest_arn(clouds))

    def written(self, clouds: Clouds, change: Change) -> State | None:
        """Return the role and our variables of the revision that the service runs, of any task definition."""
        del change
        service = self._find(clouds)
        return service and self.definition.values(self.definition.described(clouds, service["taskDefinition"]))

    def restore(self, clouds: Clouds, change: Change) -> Operation | None:
        """Deploy the newest earlier revision that differs from the running one only in the values of the change."""
        origin = self._origin(clouds, change)
        if origin is None:
            raise Refused(self._text(_(_NO_EARLIER)))
        return self._deploy(clouds, str(origin["taskDefinitionArn"]))

    def cannot_restore(self, clouds: Clouds, change: Change, going: Mapping[Resource, Change]) -> list[str]:
        del going
        document = self._running(clouds)
        if document["family"] != self.definition.definition:
            return [self._text(_(_RUNS_OTHER), family=document["family"], revision=document["revision"])]
        if self._origin(clouds, change) is None:
            return [self._text(_(_NO_EARLIER))]
        return role_users.former_gone(clouds, (change.before or {}).get(self.definition.role_key))

    def revert_impact(self, clouds: Clouds, change: Change) -> str | None:  # noqa: ARG002 (the same for every change)
        return _(_REPLACES).format(count=self._read(clouds).get("desiredCount", 0))

    def _running(self, clouds: Clouds) -> Document:
        """Return the revision that the service runs."""
        return self.definition.described(clouds, self._read(clouds)["taskDefinition"])

    def _origin(self, clouds: Clouds, change: Change) -> Document | None:
        return self.definition.origin(clouds, self._running(clouds), change)

    def impact(self, change: Change) -> str | None:
        if change.action != "update" or change.before is None:
            return None
        return _(_REPLACES).format(count=change.before["count"])

    def losers(self, change: Change) -> list[str]:
        before, key = change.before, self.definition.role_key
        if before is None or not before[key] or before[key] == change.after[key]:
            return []
        return [self._text(_(_LOSES), old=short(before[key]), role=short(change.after[key]))]

    def owner(self, change: Change) -> Owner | None:
        controller = (change.before or {}).get("controller", "ECS")
        if controller == "CODE_DEPLOY":
            return Owner("AWS CodeDeploy", _("deployment of {name}").format(name=self.label))
        if controller == "EXTERNAL":
            return Owner(_("an external controller"), _("task set of {name}").format(name=self.label))
        return None

    def commands(self, change: Change) -> list[str]:
        if change.before is None:
            return []
        update = texts.update_service(self.cluster, self.service, self.definition.definition)
        wait = update.replace("update-service", "wait services-stable").partition(" --task-definition")[0]
        return [update, wait.replace("--service ", "--services ")]

    def permissions(self, change: Change) -> list[Needed]:  # noqa: ARG002 (each change is an update)
        return [Needed("aws", "ecs:UpdateService", self.name)]

    def _deploy(self, clouds: Clouds, arn: str) -> Operation:
        names = {"cluster": self.cluster, "service": self.service}
        clouds.aws.call("ecs", "update_service", **names, taskDefinition=arn)
        last: dict[str, Any] = {}

        def poll() -> bool:
            service = self._read(clouds)
            last.clear()
            last.update(service)
            return _is_stable(service, arn)

        return Operation(f"deployment of {arn}", poll, lambda: _progress(last), _DEADLINE, long=True)

    def _read(self, clouds: Clouds) -> dict[str, Any]:
        service = self._find(clouds)
        if service is None:
            raise Refused(self._text(_(_MISSING), region=self.region))
        return service

    def _find(self, clouds: Clouds) -> dict[str, Any] | None:
        found = clouds.aws.call("ecs", "describe_services", cluster=self.cluster, services=[self.service])["services"]
        active: list[dict[str, Any]] = [service for service in found if service["status"] == "ACTIVE"]
        return active[0] if active else None

    def _text(self, template: str, **words: object) -> str:
        return template.format(cluster=self.cluster, service=self.service, **words)


def _is_stable(service: Mapping[str, Any], arn: str) -> bool:
    """Return whether the deployment of a revision has replaced all others. Raises Refused if it failed."""
    deployments = service.get("deployments", ())
    primary = next((one for one in deployments if one["status"] == "PRIMARY"), None)
    for deployment in deployments:
        if deployment["taskDefinition"] == arn and deployment.get("rolloutState") == "FAILED":
            raise Refused(_(_FAILED).format(reason=deployment.get("rolloutStateReason", "")))
    if primary is None or primary["taskDefinition"] != arn or len(deployments) > 1:
        return False
    return bool(primary["runningCount"] == service["desiredCount"])


def _progress(service: Mapping[str, Any]) -> str | None:
    deployments = service.get("deployments", ())
    primary = next((one for one in deployments if one["status"] == "PRIMARY"), None)
    if primary is None:
        return None
    return _(_PROGRESS).format(running=primary["runningCount"], wanted=service["desiredCount"])
