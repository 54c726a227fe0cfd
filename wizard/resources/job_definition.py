"""An AWS Batch job definition that starts the workload."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from wizard.clouds.session import Clouds
from wizard.engine.resource import Refused
from wizard.language import N_, _
from wizard.resources import registration
from wizard.resources.callers import DefinitionKind
from wizard.resources.definition import Revisions
from wizard.resources.registration import Document, Layout, Step, Wiring
from wizard.resources.trust_quota import AwsCalls

_ON_EKS = (
    "the job definition {name} runs on Amazon EKS, where a job has no job role: the pod has the identity of its "
    "Kubernetes service account. Remove aws.job_definition from the setup"
)
_MULTINODE = (
    "the job definition {name} is for multi-node parallel jobs, which the wizard does not change. Set jobRoleArn and "
    "the environment in each node range yourself, and remove aws.job_definition from the setup"
)


def active_revisions(aws: AwsCalls, name: str) -> list[Document]:
    """Return the active revisions of a job definition, the newest first. Raises CloudError."""
    found: list[Document] = []
    page: dict[str, str] = {}
    while True:
        arguments = {"jobDefinitionName": name, "status": "ACTIVE", **page}
        answer = aws.call("batch", "describe_job_definitions", **arguments)
        found += answer["jobDefinitions"]
        if not answer.get("nextToken"):
            return sorted(found, key=lambda one: -int(one["revision"]))
        page = {"nextToken": answer["nextToken"]}


@dataclass(frozen=True, eq=False)
class JobDefinition(Revisions):
    """A job definition of AWS Batch, whose jobs run with the role in jobRoleArn."""

    kind: ClassVar[str] = "job definition"
    role_title: ClassVar[str] = "job role"
    role_key: ClassVar[str] = "jobRoleArn"
    workloads: ClassVar[str] = N_("jobs")
    setting: ClassVar[str] = "aws.job_definition"
    path: ClassVar[DefinitionKind] = "job-definition"
    api: ClassVar[str] = "batch"
    register: ClassVar[str] = "register_job_definition"

    def _find_newest(self, clouds: Clouds) -> Document | None:
        revisions = active_revisions(clouds.aws, self.definition)
        return revisions[0] if revisions else None

    def before(self, clouds: Clouds, revision: int) -> Iterator[Document]:
        revisions = active_revisions(clouds.aws, self.definition)
        return (document for document in revisions if int(document["revision"]) < revision)

    def _layout(self, document: Document) -> Layout:
        if document.get("eksProperties"):
            raise Refused(_(_ON_EKS).format(name=self.definition))
        if document.get("nodeProperties"):
            raise Refused(_(_MULTINODE).format(name=self.definition))
        tasks = document.get("ecsProperties", {}).get("taskProperties")
        if not tasks:
            return Layout(("containerProperties",), self.role_key, ("containerProperties",))
        task: tuple[Step, ...] = ("ecsProperties", "taskProperties", 0)
        containers = tasks[0]["containers"]
        path = registration.container_path(str(self), containers, (*task, "containers"), self.container)
        return Layout(task, "taskRoleArn", path)

    def _on_hosts(self, document: Document) -> bool:
        return "EC2" in (document.get("platformCapabilities") or ["EC2"])

    def _register(self, clouds: Clouds, wanted: Document) -> str:
        return str(clouds.aws.call("batch", "register_job_definition", **wanted)["jobDefinitionArn"])

    def _deregister(self, clouds: Clouds, document: Document) -> None:
        clouds.aws.call("batch", "deregister_job_definition", jobDefinition=document["jobDefinitionArn"])

    def _describe_command(self, document: Document) -> str:
        return f"describe-job-definitions --job-definitions {shlex.quote(document['jobDefinitionArn'])}"

    def _query(self, kept: Document, layout: Layout, wiring: Wiring) -> str:
        made = registration.query(kept, layout, wiring)
        return f"jobDefinitions[0].{made}"
