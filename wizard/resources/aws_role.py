"""The IAM role that carries the workload's identity, and EC2's instance profile."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Refused, Resource, State
from wizard.federation import aws, trust, trust_edit
from wizard.resources.kind import Kind, Needed

_SID = "WifWizardRuntime"


@dataclass(frozen=True, eq=False)
class Role(Kind):
    """A role that an AWS service may assume for the workload. One that already trusts the service stays as it is."""

    kind: ClassVar[str] = "IAM role"
    key_labels: ClassVar[Mapping[str, str]] = {"assumable_by": "assumable by"}
    account: str
    region: str
    role: str
    service: trust.TrustedService
    needs: tuple[Resource, ...] = ()

    @property
    def name(self) -> str:
        return aws.role_arn(self.account, self.role, aws.partition_of(self.region))

    def desired(self) -> State:
        return {"assumable_by": self.service.principal}

    def read(self, clouds: Clouds) -> State | None:
        document = self.trust_policy(clouds)
        if document is None:
            return None
        if trust.trusts_service(document, self.service):
            return self.desired()
        named = _services(document)
        if self.service.principal in named:
            return {"assumable_by": f"{self.service.principal}, but not for this workload"}
        return {"assumable_by": ", ".join(named) or "no service"}

    def create(self, clouds: Clouds) -> Operation | None:
        clouds.aws.call(
            "iam",
            "create_role",
            RoleName=self.role,
            AssumeRolePolicyDocument=json.dumps(self.wanted_trust()),
            Description="Task identity for calls to Google Cloud",
        )
        return None

    def update(self, clouds: Clouds, change: Change) -> Operation | None:  # noqa: ARG002 (only the trust can differ)
        """Adds one statement; the policy is read again just before, for it has no etag."""
        document = self.trust_policy(clouds) or {}
        document = trust_edit.with_statement(document, self._statement())
        clouds.aws.call("iam", "update_assume_role_policy", RoleName=self.role, PolicyDocument=json.dumps(document))
        return None

    def delete(self, clouds: Clouds) -> Operation | None:
        clouds.aws.call("iam", "delete_role", RoleName=self.role)
        return None

    def moved(self, error: Refused) -> bool:
        return isinstance(error, CloudError) and error.reason == "EntityAlreadyExists"

    def not_yet(self, error: Refused) -> bool:
        """Right after the role was made, a change of it may be refused: IAM is eventually consistent."""
        return isinstance(error, CloudError) and error.reason == "NoSuchEntity"

    def impact(self, change: Change) -> str | None:
        if change.action != "update":
            return None
        return f"adds one statement to the trust policy of {self.role}; the statements there stay"

    def commands(self, change: Change) -> list[str]:
        if change.action == "create":
            document = shlex.quote(json.dumps(self.wanted_trust()))
            return [f"aws iam create-role --role-name {self.role} --assume-role-policy-document {document}"]
        statement = json.dumps(self._statement())
        return [
            f"# add to the trust policy of {self.role}, keeping its statements: {statement}",
            f"aws iam update-assume-role-policy --role-name {self.role} --policy-document file://trust.json",
        ]

    def permissions(self, change: Change) -> list[Needed]:
        action = "CreateRole" if change.action == "create" else "UpdateAssumeRolePolicy"
        return [Needed("aws", f"iam:{action}", self.name)]

    def wanted_trust(self) -> dict[str, Any]:
        """The trust policy of a new role for this service."""
        return trust.trust_policy(self.service)

    def trust_policy(self, clouds: Clouds) -> dict[str, Any] | None:
        """The role's present trust policy; None when there is no such role. Raises CloudError."""
        try:
            answer = clouds.aws.call("iam", "get_role", RoleName=self.role)
        except CloudError as error:
            if error.reason == "NoSuchEntity":
                return None
            raise
        document: dict[str, Any] = answer["Role"]["AssumeRolePolicyDocument"]
        return document

    def _statement(self) -> dict[str, Any]:
        statement: dict[str, Any] = self.wanted_trust()["Statement"][0]
        return {**statement, "Sid": _SID}


def _services(document: dict[str, Any]) -> list[str]:
    statements = document.get("Statement", [])
    found = []
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal", {})
        service = principal.get("Service", []) if isinstance(principal, dict) else []
        found += [service] if isinstance(service, str) else list(service)
    return found


@dataclass(frozen=True, eq=False)
class InstanceProfile(Kind):
    """What carries a role into an EC2 instance."""

    kind: ClassVar[str] = "instance profile"
    account: str
    region: str
    role: str
    needs: tuple[Resource, ...] = ()

    @property
    def name(self) -> str:
        return f"arn:{aws.partition_of(self.region)}:iam::{self.account}:instance-profile/{self.role}"

    def desired(self) -> State:
        return {"role": self.role}

    def read(self, clouds: Clouds) -> State | None:
        try:
            answer = clouds.aws.call("iam", "get_instance_profile", InstanceProfileName=self.role)
        except CloudError as error:
            if error.reason == "NoSuchEntity":
                return None
            raise
        roles = [each["RoleName"] for each in answer["InstanceProfile"]["Roles"]]
        return {"role": roles[0] if roles else None}

    def create(self, clouds: Clouds) -> Operation | None:
        clouds.aws.call("iam", "create_instance_profile", InstanceProfileName=self.role)
        self._add(clouds)
        return None

    def update(self, clouds: Clouds, change: Change) -> Operation | None:
        if before := (change.before or {}).get("role"):
            arguments = {"InstanceProfileName": self.role, "RoleName": before}
            clouds.aws.call("iam", "remove_role_from_instance_profile", **arguments)
        self._add(clouds)
        return None

    def delete(self, clouds: Clouds) -> Operation | None:
        clouds.aws.call("iam", "remove_role_from_instance_profile", InstanceProfileName=self.role, RoleName=self.role)
        clouds.aws.call("iam", "delete_instance_profile", InstanceProfileName=self.role)
        return None

    def moved(self, error: Refused) -> bool:
        return isinstance(error, CloudError) and error.reason == "EntityAlreadyExists"

    def not_yet(self, error: Refused) -> bool:
        return isinstance(error, CloudError) and error.reason == "NoSuchEntity"

    def impact(self, change: Change) -> str | None:
        before = (change.before or {}).get("role")
        return f"instances with this profile stop acting as {before}" if before else None

    def commands(self, change: Change) -> list[str]:
        create = [f"aws iam create-instance-profile --instance-profile-name {self.role}"]
        add = f"aws iam add-role-to-instance-profile --instance-profile-name {self.role} --role-name {self.role}"
        return [*(create if change.action == "create" else []), add]

    def permissions(self, change: Change) -> list[Needed]:
        create = [Needed("aws", "iam:CreateInstanceProfile", self.name)] if change.action == "create" else []
        role = aws.role_arn(self.account, self.role, aws.partition_of(self.region))
        return [*create, Needed("aws", "iam:AddRoleToInstanceProfile", self.name), Needed("aws", "iam:PassRole", role)]

    def _add(self, clouds: Clouds) -> None:
        clouds.aws.call("iam", "add_role_to_instance_profile", InstanceProfileName=self.role, RoleName=self.role)
