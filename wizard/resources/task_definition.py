"""An ECS task definition that starts the workload."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Refused
from wizard.language import N_
from wizard.resources import registration
from wizard.resources.callers import DefinitionKind
from wizard.resources.definition import Revisions
from wizard.resources.registration import Document, Layout, Wiring

_NEW_ROLE = "Role is not valid"
"""What ECS says of a role that it does not know, or not yet."""


@dataclass(frozen=True, eq=False)
class TaskDefinition(Revisions):
    """A task definition of Amazon ECS, whose tasks run with the role in taskRoleArn."""

    kind: ClassVar[str] = "task definition"
    role_title: ClassVar[str] = "task role"
    role_key: ClassVar[str] = "taskRoleArn"
    workloads: ClassVar[str] = N_("tasks")
    setting: ClassVar[str] = "aws.task_definition"
    path: ClassVar[DefinitionKind] = "task-definition"
    api: ClassVar[str] = "ecs"
    register: ClassVar[str] = "register_task_definition"

    def not_yet(self, error: Refused) -> bool:
        return isinstance(error, CloudError) and error.status == 400 and _NEW_ROLE in error.message

    def described(self, clouds: Clouds, name: str) -> Document:
        """Return a revision, given by FAMILY, FAMILY:REVISION or ARN, with its tags. Raises CloudError."""
        answer = clouds.aws.call("ecs", "describe_task_definition", taskDefinition=name, include=["TAGS"])
        return {**answer["taskDefinition"], "tags": list(answer.get("tags") or ())}

    def newest_arn(self, clouds: Clouds) -> str:
        """Return the ARN of the newest active revision. Raises Refused."""
        return str(self._newest(clouds)["taskDefinitionArn"])

    def _find_newest(self, clouds: Clouds) -> Document | None:
        try:
            found = self.described(clouds, self.definition)
        except CloudError as error:
            if error.reason == "ClientException" and error.status == 400:
                return None
            raise
        return found if found.get("status", "ACTIVE") == "ACTIVE" else None

    def before(self, clouds: Clouds, revision: int) -> Iterator[Document]:
        """Yield the active revisions before one, the newest first. Each is read when it is asked for."""
        for arn in self._arns(clouds):
            if int(arn.rpartition(":")[2]) < revision:
                yield self.described(clouds, arn)

    def _arns(self, clouds: Clouds) -> list[str]:
        """Return the ARNs of the newest 100 active revisions, the newest first."""
        arguments = {"familyPrefix": self.definition, "status": "ACTIVE", "sort": "DESC", "maxResults": 100}
        arns = clouds.aws.call("ecs", "list_task_definitions", **arguments)["taskDefinitionArns"]
        return [arn for arn in arns if arn.rpartition(":")[0] == self.name]

    def _layout(self, document: Document) -> Layout:
        containers = document["containerDefinitions"]
        path = registration.container_path(str(self), containers, ("containerDefinitions",), self.container)
        return Layout((), self.role_key, path)

    def _on_hosts(self, document: Document) -> bool:
        return "EC2" in (document.get("requiresCompatibilities") or ["EC2"])

    def _register(self, clouds: Clouds, wanted: Document) -> str:
        answer = clouds.aws.call("ecs", "register_task_definition", **wanted)
        return str(answer["taskDefinition"]["taskDefinitionArn"])

    def _deregister(self, clouds: Clouds, document: Document) -> None:
        clouds.aws.call("ecs", "deregister_task_definition", taskDefinition=document["taskDefinitionArn"])

    def _describe_command(self, document: Document) -> str:
        return f"describe-task-definition --include TAGS --task-definition {document['taskDefinitionArn']}"

    def _query(self, kept: Document, layout: Layout, wiring: Wiring) -> str:
        return registration.query(kept, layout, wiring, "taskDefinition.")
