"""The workload's IAM role, and the instance profile for EC2."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Refused, Resource, State
from wizard.federation import aws, trust, trust_edit
from wizard.language import _
from wizard.resources import role_users, state_words, trust_quota, trust_race
from wizard.resources.kind import Kind, Needed

DESCRIPTION = "Task identity for calls to Google Cloud"
"""The description of a new role."""
_DENIED = (
    "the trust policy of {role} denies {service} access to the role: {statements}. A Deny statement overrides every "
    "Allow statement, and the wizard does not change existing statements. Ask the owner of the role to exempt this "
    "workload from the Deny statement, or set aws.role to another role"
)
_OTHER_PATH = (
    "the setup names {wanted}, but the role with this name is {actual}: role names are unique in an account, even if "
    "the paths differ. Set aws.role to {actual}, or choose another name"
)
_PROTECTED = (
    "AWS owns the role {role} ({arn}), and only AWS can change the role's trust policy: set aws.role to a role for "
    "this workload"
)
_OF_AWS = ("/aws-service-role/", "/aws-reserved/")
"""The paths of service-linked roles, and of the roles of IAM Identity Center."""
_EDITED = "{service} (in the statement {sid}, which someone edited)"
_ATTACHED = "The EC2 instance {instance} has the instance profile."
_NOT_KNOWN = (
    "the wizard cannot tell whether {service} can assume {role}, because the role's trust policy depends on {keys}, "
    "which the wizard cannot read. To find out, run the live test in the workload, with --from inside"
)


@dataclass(frozen=True, eq=False)
class Role(Kind):
    """A role that an AWS service can assume for the workload. A role that the service can assume is not changed.

    `path` is that of the role if the setup names it, and None if any path is right.
    """

    kind: ClassVar[str] = "IAM role"
    joins: ClassVar[bool] = True
    key_labels: ClassVar[Mapping[str, str]] = {"assumable_by": "assumable by"}
    account: str
    region: str
    role: str
    service: trust.TrustedService
    path: str | None = None
    needs: tuple[Resource, ...] = ()
    _edit: trust_race.Edit = field(default_factory=trust_race.Edit)

    @property
    def name(self) -> str:
        return aws.role_arn(self.account, self.role, aws.partition_of(self.region), self.path or "/")

    def desired(self) -> State:
        return {"assumable_by": self.service.principal}

    def read(self, clouds: Clouds) -> State | None:
        """Return who can assume the role, and as `arn`, `trust` and `unknown` what the other methods need.

        Raises Refused if no statement of ours could let the service assume the role.
        """
        role = self._read_role(clouds)
        if role is None:
            return None
        document = role["AssumeRolePolicyDocument"]
        decision = trust.trusts_service(document, self.service, datetime.now(UTC))
        self._refuse(role["Arn"], decision)
        if decision.admitted is False:
            self._refuse_protected(role["Arn"])
            trust_quota.refuse_too_long(clouds.aws, self.role, self._joined(document))
        who = self._others(document) if decision.admitted is False else self.service.principal
        return {"assumable_by": who, "arn": role["Arn"], "trust": document, "unknown": list(decision.unknown)}

    def create(self, clouds: Clouds) -> Operation | None:
        clouds.aws.call(
            "iam",
            "create_role",
            RoleName=self.role,
            Path=self.path or "/",
            AssumeRolePolicyDocument=json.dumps(self.wanted_trust()),
            Description=DESCRIPTION,
        )
        return None

    def update(self, clouds: Clouds, change: Change) -> Operation | None:  # noqa: ARG002 (only the trust can differ)
        """Add one statement."""
        self._write(clouds, self._joined)
        return None

    def delete(self, clouds: Clouds) -> Operation | None:
        clouds.aws.call("iam", "delete_role", RoleName=self.role)
        return None

    def restore(self, clouds: Clouds, change: Change) -> Operation | None:  # noqa: ARG002 (only the trust can differ)
        """Remove our statement."""
        self._write(clouds, self._without_ours)
        return None

    def changed_meanwhile(self, clouds: Clouds) -> list[str]:
        if self._edit.written is None:  # the role was created with its policy
            return []
        return self._edit.differences(self.role, self.trust_policy(clouds))

    def written(self, clouds: Clouds, change: Change) -> State | None:
        """Return the state after the change while our statement is there, and the state before it otherwise.

        A statement of ours that someone has edited is another state.
        """
        role = self._read_role(clouds)
        if role is None:
            return None
        if change.before is None:
            return change.after
        there = [each for each in trust.statements(role["AssumeRolePolicyDocument"]) if self._has_our_sid(each)]
        if any(self._is_ours(each) for each in there):
            return change.after
        if there:
            return {"assumable_by": _(_EDITED).format(service=self.service.principal, sid=there[0]["Sid"])}
        return change.before

    def is_member(self, member: str) -> bool:
        """Return whether a member is the set of the sessions of this role."""
        return member.endswith(f":sts::{self.account}:assumed-role/{self.role}")

    def in_use(self, clouds: Clouds, going: Mapping[Resource, Change]) -> list[str]:
        role = self._read_role(clouds)
        return role_users.users(clouds, self.region, role, self.wanted_trust(), going) if role else []

    def before_deletion(self, clouds: Clouds) -> list[str]:
        role = self._read_role(clouds)
        return [role_users.last_use(role)] if role else []

    def moved(self, error: Refused) -> bool:
        return isinstance(error, CloudError) and error.reason == "EntityAlreadyExists"

    def not_yet(self, error: Refused) -> bool:
        """Return whether IAM does not know a new role yet: it is eventually consistent."""
        return isinstance(error, CloudError) and error.reason == "NoSuchEntity"

    def impact(self, change: Change) -> str | None:
        if change.action != "update":
            return None
        return _("the wizard adds one statement to the trust policy of {role}, and keeps the other statements").format(
            role=self.role
        )

    def notes(self, change: Change) -> list[str]:
        keys = (change.before or {}).get("unknown")
        if not keys:
            return []
        return [_(_NOT_KNOWN).format(service=self.service.principal, role=self.role, keys=", ".join(keys))]

    def commands(self, change: Change) -> list[str]:
        role = shlex.quote(self.role)
        if change.before is None:
            path = f" --path {shlex.quote(self.path)}" if self.path else ""
            return [
                f"aws iam create-role --role-name {role}{path} --description {shlex.quote(DESCRIPTION)} "
                f"--assume-role-policy-document {_here_document(self.wanted_trust())}"
            ]
        document = self._joined(change.before["trust"])
        return [f"aws iam update-assume-role-policy --role-name {role} --policy-document {_here_document(document)}"]

    def permissions(self, change: Change) -> list[Needed]:
        action = "CreateRole" if change.action == "create" else "UpdateAssumeRolePolicy"
        return [Needed("aws", f"iam:{action}", (change.before or {}).get("arn", self.name))]

    def actual_arn(self, clouds: Clouds) -> str:
        """Return the ARN of the role, with the path that it has; with the path that it will have if it does not exist.

        Raises CloudError.
        """
        role = self._read_role(clouds)
        return str(role["Arn"]) if role else self.name

    def wanted_trust(self) -> dict[str, Any]:
        """Return the trust policy of a new role for this service."""
        return trust.trust_policy(self.service)

    def trust_policy(self, clouds: Clouds) -> dict[str, Any] | None:
        """Return the role's current trust policy; None if the role does not exist. Raises CloudError."""
        role = self._read_role(clouds)
        document: dict[str, Any] | None = role["AssumeRolePolicyDocument"] if role else None
        return document

    def _read_role(self, clouds: Clouds) -> dict[str, Any] | None:
        try:
            role: dict[str, Any] = clouds.aws.call("iam", "get_role", RoleName=self.role)["Role"]
        except CloudError as error:
            if error.reason == "NoSuchEntity":
                return None
            raise
        return role

    def _write(self, clouds: Clouds, edited: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Write the trust policy edited, and keep what was read and written for `changed_meanwhile`."""
        edit = trust_race.rewrite(clouds.aws, self.role, edited)
        self._edit.read, self._edit.written = edit.read, edit.written

    def _refuse(self, arn: str, decision: trust.Decision) -> None:
        """Raise Refused for a role at another path than the setup's, and for a trust policy that denies the service."""
        if self.path is not None and arn != self.name:
            raise Refused(_(_OTHER_PATH).format(wanted=self.name, actual=arn))
        if decision.denied:
            by = ", ".join(map(trust.title_in_language, decision.denied_by))
            raise Refused(_(_DENIED).format(role=self.role, service=self.service.principal, statements=by))

    def _refuse_protected(self, arn: str) -> None:
        """Raise Refused for a role whose trust policy nobody but AWS can change."""
        path = arn.partition(":role")[2]
        if path.startswith(_OF_AWS):
            raise Refused(_(_PROTECTED).format(role=self.role, arn=arn))

    def _others(self, document: dict[str, Any]) -> str:
        """Return who can assume a role that the service cannot assume."""
        services = trust.named_services(document)
        if self.service.principal in services:
            return state_words.OTHER_WORKLOADS.format(service=self.service.principal)
        return ", ".join(services) or state_words.NO_SERVICE

    def _joined(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return the trust policy with a statement for the service, if no statement admits it yet."""
        if trust.trusts_service(document, self.service, datetime.now(UTC)).admitted is not False:
            return document
        return trust_edit.with_own_statement(document, self.wanted_trust()["Statement"][0], self.own_sid)

    def _without_ours(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return the trust policy without our statement."""
        found = trust.statements(document)
        kept = [statement for statement in found if not self._is_ours(statement)]
        return document if len(kept) == len(found) else {**document, "Statement": kept}

    def _is_ours(self, statement: dict[str, Any]) -> bool:
        """Return whether a statement is exactly the one that the wizard adds for this service."""
        own = {key: value for key, value in statement.items() if key != "Sid"}
        return own == self.wanted_trust()["Statement"][0] and self._has_our_sid(statement)

    def _has_our_sid(self, statement: dict[str, Any]) -> bool:
        sid = str(statement.get("Sid", ""))
        return sid.rstrip("0123456789") == self.own_sid.rstrip("0123456789")

    @property
    def own_sid(self) -> str:
        """The Sid for the service in its region: a role can be used by several services, and in several regions.

        A Sid has letters and digits only.
        """
        service = self.service.principal.partition(".")[0]
        region = self.service.source_arn.split(":")[3] if self.service.source_arn else ""
        words = f"{service}-{region}".split("-")
        return trust_edit.RUNTIME_SID + "".join(word.capitalize() for word in words)


def _here_document(document: dict[str, Any]) -> str:
    """Return the end of a shell command that reads a JSON document from its standard input."""
    return f"file:///dev/stdin <<'EOF'\n{json.dumps(document, indent=2)}\nEOF"


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

    def restore(self, clouds: Clouds, change: Change) -> Operation | None:
        """Put the role from before into the profile again."""
        arguments = {"InstanceProfileName": self.role}
        clouds.aws.call("iam", "remove_role_from_instance_profile", **arguments, RoleName=self.role)
        before = (change.before or {}).get("role")
        if before:
            clouds.aws.call("iam", "add_role_to_instance_profile", **arguments, RoleName=before)
        return None

    def cannot_restore(self, clouds: Clouds, change: Change, going: Mapping[Resource, Change]) -> list[str]:
        del going
        return role_users.former_gone(clouds, (change.before or {}).get("role"))

    def in_use(self, clouds: Clouds, going: Mapping[Resource, Change]) -> list[str]:
        """Return the instances that have the profile and that do not get their former profile in the same revert."""
        answer = clouds.aws.call("ec2", "describe_iam_instance_profile_associations")
        gone = {resource.name.rpartition("/")[2] for resource in going}
        return [
            _(_ATTACHED).format(instance=each["InstanceId"])
            for each in answer.get("IamInstanceProfileAssociations") or ()
            if each["IamInstanceProfile"]["Arn"] == self.name
            and each["State"] in ("associating", "associated")
            and each["InstanceId"] not in gone
        ]

    def revert_losers(self, clouds: Clouds, change: Change, going: Mapping[Resource, Change]) -> list[str]:
        del clouds, going
        if change.before is None or change.after.get("role") is None:
            return []
        return [_("instances with this instance profile lose the role {role}").format(role=self.role)]

    def moved(self, error: Refused) -> bool:
        return isinstance(error, CloudError) and error.reason == "EntityAlreadyExists"

    def not_yet(self, error: Refused) -> bool:
        return isinstance(error, CloudError) and error.reason == "NoSuchEntity"

    def losers(self, change: Change) -> list[str]:
        before = (change.before or {}).get("role")
        return (
            [_("instances with this instance profile lose the role {before}").format(before=before)] if before else []
        )

    def commands(self, change: Change) -> list[str]:
        name, before = shlex.quote(self.role), (change.before or {}).get("role")
        profile = f"--instance-profile-name {name}"
        commands = [f"aws iam create-instance-profile {profile}"] if change.action == "create" else []
        if before:
            commands.append(f"aws iam remove-role-from-instance-profile {profile} --role-name {shlex.quote(before)}")
        return [*commands, f"aws iam add-role-to-instance-profile {profile} --role-name {name}"]

    def permissions(self, change: Change) -> list[Needed]:
        create = [Needed("aws", "iam:CreateInstanceProfile", self.name)] if change.action == "create" else []
        role = aws.role_arn(self.account, self.role, aws.partition_of(self.region))
        return [*create, Needed("aws", "iam:AddRoleToInstanceProfile", self.name), Needed("aws", "iam:PassRole", role)]

    def _add(self, clouds: Clouds) -> None:
        clouds.aws.call("iam", "add_role_to_instance_profile", InstanceProfileName=self.role, RoleName=self.role)
