"""The workload's IAM role, and the instance profile for EC2."""

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
    """A role that an AWS service can assume for the workload. A role that already trusts the service is not changed."""

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
        services = _trusted_services(document)
        if self.service.principal in services:
            return {"assumable_by": f"{self.service.principal}, but not for this workload"}
        return {"assumable_by": ", ".join(services) or "no service"}

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
        """Add one statement. The policy is read again just before the write, since it has no etag."""
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
        """Return whether IAM does not know a new role yet: it is eventually consistent."""
        return isinstance(error, CloudError) and error.reason == "NoSuchEntity"

    def impact(self, change: Change) -> str | None:
        if change.action != "update":
            return None
        return f"adds one statement to the trust policy of {self.role}, and keeps its other statements"

    def commands(self, change: Change) -> list[str]:
        if change.action == "create":
            document = shlex.quote(json.dumps(self.wanted_trust()))
            return [f"aws iam create-role --role-name {self.role} --assume-role-policy-document {document}"]
        statement = json.dumps(self._statement())
        return [
            f"# add this statement to the trust policy of {self.role}, and keep the others: {statement}",
            f"aws iam update-assume-role-policy --role-name {self.role} --policy-document file://trust.json",
        ]

    def permissions(self, change: Change) -> list[Needed]:
        action = "CreateRole" if change.action == "create" else "UpdateAssumeRolePolicy"
        return [Needed("aws", f"iam:{action}", self.name)]

    def wanted_trust(self) -> dict[str, Any]:
        """Return the trust policy of a new role for this service."""
        return trust.trust_policy(self.service)

    def trust_policy(self, clouds: Clouds) -> dict[str, Any] | None:
        """Return the role's current trust policy; None if the role does not exist. Raises CloudError."""
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


def _trusted_services(document: dict[str, Any]) -> list[str]:
    statements = document.get("Statement", [])
    services: list[str] = []
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal", {})
        service = principal.get("Service", []) if isinstance(principal, dict) else []
        services += [service] if isinstance(service, str) else list(service)
    return services


@dataclass(frozen=True, eq=False)
class InstanceProfile(Kind):
    """An instance profile, which gives a role to EC2 instances."""

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
        roles = [role["RoleName"] for role in answer["InstanceProfile"]["Roles"]]
        return {"role": roles[0] if roles else None}

    def create(self, clouds: Clouds) -> Operation | None:
        clouds.aws.call("iam", "create_instance_profile", InstanceProfileName=self.role)
        self._add(clouds)
        return None

    def update(self, clouds: Clouds, change: Change) -> Operation | None:
        before = (change.before or {}).get("role")
        if before:
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
        return f"instances with this profile stop using the role {before}" if before else None

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
