"""A container on an EC2 instance without a role of its own: SDKs and auth libraries silently use its host's role.

Source: Amazon ECS developer guide, "Amazon EC2 container instance IAM role" and "Task IAM role".
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from wizard.chain.hop import Outcome
from wizard.language import _
from wizard.modes.aws.runtimes import RUNTIMES

_SOURCE = "instance metadata"

_REASON = (
    "the container has no credentials of the role {role}, and silently uses its host's role from the instance "
    "metadata service: {host_role}"
)
_FIX = (
    "set {key} in the {kind} to the ARN of the role {role}, and start the container again. wif-wizard apply sets "
    "{key} if the setup names the {kind}. Do not give the host's role access to Google Cloud, because other "
    "containers on the host can also use this role"
)
_KEYS = {"task_definition": ("task definition", "taskRoleArn"), "job_definition": ("job definition", "jobRoleArn")}


@dataclass(frozen=True)
class ContainerRole:
    """The name of the role that a container on an EC2 instance must have, and where its definition sets the role."""

    role: str
    kind: str
    key: str

    @classmethod
    def of(cls, runtime: str, role: str) -> ContainerRole | None:
        """Return the role of a runtime's containers; None if they do not run on EC2 instances of the account."""
        row = RUNTIMES[runtime]
        if row.platform != "EC2" or row.definition not in _KEYS:
            return None
        return cls(role, *_KEYS[row.definition])

    def host_role(self, source: str, found: str) -> str:
        """Return the name of the host's role, if the credentials of that source and role are the host's; else empty."""
        return found if source == _SOURCE and found != self.role else ""

    def checked(self, credentials: Outcome) -> Outcome:
        """Return the outcome of the step of the AWS credentials: failed, if they are the credentials of the host."""
        source, found = str(credentials.received.get("source", "")), str(credentials.received.get("role") or "")
        host_role = self.host_role(source, found)
        if credentials.status != "ok" or not host_role:
            return credentials
        reason = _(_REASON).format(role=self.role, host_role=host_role)
        fix = _(_FIX).format(role=self.role, key=self.key, kind=self.kind)
        return replace(credentials, status="failed", reason=reason, fix=fix, code="WIF0204")
