"""The EC2 instance that runs the workload: its instance profile, and its metadata service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Owner, Refused, Resource, State
from wizard.federation.aws import partition_of
from wizard.language import _
from wizard.resources.definition_texts import short
from wizard.resources.kind import Kind, Needed

HOPS = 2
"""The hop limit with which a container on the instance reaches the metadata service.

Source: Amazon EC2 user guide, "Configure the instance metadata options".
"""

_MISSING = "the account {account} has no instance {name} in {region}. Correct aws.instance"
_LOSES = "programs on {name} lose the role {old}: AWS then denies the actions that {role} does not allow"
_CONTAINERS = "Containers on {name} can reach the instance metadata service, and use the role {role}."
_SWITCHES = "every program on {name} gets the role {role} within minutes, without a restart"
_TOKENS = {
    "required": (
        "The instance metadata service of {name} requires a session token (IMDSv2). The wizard does not change this "
        "setting."
    ),
    "optional": (
        "The instance metadata service of {name} also answers without a session token (IMDSv1). The wizard does not "
        "change this setting, because other programs on the instance might depend on IMDSv1."
    ),
}
_SWITCHES_BACK = (
    "every program on {name} gets the role {former} of the former instance profile {profile} again within minutes, "
    "without a restart"
)
_TAKES = "every program on {name} loses the role {role} when the role's credentials expire, even without a restart"
_NO_PROFILE = "The instance profile {profile}, which {name} had before, no longer exists."
_NEW_PROFILE = "Invalid IAM Instance Profile"
"""What EC2 says of an instance profile that it does not know, or not yet."""
_STACK = "aws:cloudformation:stack-name"


@dataclass(frozen=True, eq=False)
class Ec2Instance(Kind):
    """An instance whose programs get the role. Whether the metadata service requires tokens is left as it is."""

    kind: ClassVar[str] = "EC2 instance"
    account: str
    region: str
    instance: str
    role: str
    """The name of the role, which is also the name of its instance profile."""
    containerized: bool = False
    hints: tuple[str, ...] = ()
    """What to know before the change, one sentence each."""
    needs: tuple[Resource, ...] = ()

    @property
    def name(self) -> str:
        return f"arn:{partition_of(self.region)}:ec2:{self.region}:{self.account}:instance/{self.instance}"

    def desired(self) -> State:
        return self.desired_with(None)

    def desired_with(self, before: State | None) -> State:
        there = before or {}
        profile = there["instance_profile"] if there.get("role") == self.role else self.role
        hops = {"hop_limit": max(there.get("hop_limit", HOPS), HOPS)} if self.containerized else {}
        return {"instance_profile": profile, "metadata_service": "enabled", **hops}

    def read(self, clouds: Clouds) -> State | None:
        """Return the instance profile and the metadata options. Raises Refused if there is no such instance."""
        instance = self._read(clouds)
        state = self._settings(clouds, instance)
        name = state["instance_profile"]
        return {
            **state,
            "role": self._role_in(clouds, name) if name else None,
            "tokens": instance.get("MetadataOptions", {}).get("HttpTokens", "optional"),
            "tags": {tag["Key"]: tag["Value"] for tag in instance.get("Tags", ())},
        }

    def _settings(self, clouds: Clouds, instance: dict[str, Any]) -> State:
        """Return what the wizard sets of an instance."""
        profile = self._association(clouds).get("IamInstanceProfile", {}).get("Arn")
        options = instance.get("MetadataOptions", {})
        return {
            "instance_profile": short(profile) if profile else None,
            "metadata_service": options.get("HttpEndpoint", "enabled"),
            "hop_limit": options.get("HttpPutResponseHopLimit", 1),
        }

    def create(self, clouds: Clouds) -> Operation | None:  # noqa: ARG002 (an instance is never made from nothing)
        raise Refused(self._text(_(_MISSING), account=self.account, region=self.region))

    def update(self, clouds: Clouds, change: Change) -> Operation | None:
        self._set(clouds, {field.key: field.after for field in change.fields})
        return None

    def written(self, clouds: Clouds, change: Change) -> State | None:
        del change
        instance = self._find(clouds)
        return instance and self._settings(clouds, instance)

    def restore(self, clouds: Clouds, change: Change) -> Operation | None:
        before = change.before or {}
        self._set(clouds, {key: before.get(key) for key, value in change.after.items() if before.get(key) != value})
        return None

    def cannot_restore(self, clouds: Clouds, change: Change, going: Mapping[Resource, Change]) -> list[str]:
        del going
        former = (change.before or {}).get("instance_profile")
        if not former or "instance_profile" not in change.after or self._profile_roles(clouds, former) is not None:
            return []
        return [self._text(_(_NO_PROFILE), profile=former)]

    def revert_impact(self, clouds: Clouds, change: Change) -> str | None:
        if "instance_profile" not in change.after:
            return None
        former = (change.before or {}).get("instance_profile")
        if not former:
            return self._text(_(_TAKES))
        roles = self._profile_roles(clouds, former) or ["none"]
        return self._text(_(_SWITCHES_BACK), former=", ".join(roles), profile=former)

    def not_yet(self, error: Refused) -> bool:
        return isinstance(error, CloudError) and _NEW_PROFILE in error.message

    def impact(self, change: Change) -> str | None:
        is_switched = any(field.key == "instance_profile" for field in change.fields)
        return self._text(_(_SWITCHES)) if change.action == "update" and is_switched else None

    def losers(self, change: Change) -> list[str]:
        old = (change.before or {}).get("role")
        return [self._text(_(_LOSES), old=old)] if old not in (None, self.role) else []

    def gains(self, change: Change) -> list[str]:
        keys = {field.key for field in change.fields}
        return [self._text(_(_CONTAINERS))] if "hop_limit" in keys else []

    def notes(self, change: Change) -> list[str]:
        tokens = (change.before or {}).get("tokens")
        hints = list(self.hints) if change.action != "none" else []
        return [*hints, *([self._text(_(_TOKENS[tokens]))] if tokens in _TOKENS else [])]

    def owner(self, change: Change) -> Owner | None:
        stack = (change.before or {}).get("tags", {}).get(_STACK)
        return Owner("CloudFormation", f"stack {stack}") if stack else None

    def commands(self, change: Change) -> list[str]:
        if change.before is None:
            return []
        values = {field.key: field.after for field in change.fields}
        commands = []
        if "instance_profile" in values:
            commands.append(self._profile_command(change.before["instance_profile"], values["instance_profile"]))
        endpoint = " --http-endpoint enabled" if "metadata_service" in values else ""
        hops = f" --http-put-response-hop-limit {values['hop_limit']}" if "hop_limit" in values else ""
        if endpoint or hops:
            modify = f"aws ec2 modify-instance-metadata-options --instance-id {self.instance}"
            commands.append(f"{modify}{endpoint}{hops}")
        return commands

    def permissions(self, change: Change) -> list[Needed]:
        keys, before = {field.key for field in change.fields}, change.before or {}
        needed = []
        if "instance_profile" in keys:
            action = (
                "ReplaceIamInstanceProfileAssociation"
                if before.get("instance_profile")
                else "AssociateIamInstanceProfile"
            )
            role = f"arn:{partition_of(self.region)}:iam::{self.account}:role/{self.role}"
            needed += [Needed("aws", f"ec2:{action}", self.name), Needed("aws", "iam:PassRole", role)]
        if keys & {"metadata_service", "hop_limit"}:
            needed.append(Needed("aws", "ec2:ModifyInstanceMetadataOptions", self.name))
        return needed

    def _set(self, clouds: Clouds, values: dict[str, Any]) -> None:
        if "instance_profile" in values:
            self._set_profile(clouds, values["instance_profile"])
        options: dict[str, Any] = {}
        if "metadata_service" in values:
            options["HttpEndpoint"] = values["metadata_service"]
        if "hop_limit" in values:
            options["HttpPutResponseHopLimit"] = values["hop_limit"]
        if options:
            clouds.aws.call("ec2", "modify_instance_metadata_options", InstanceId=self.instance, **options)

    def _set_profile(self, clouds: Clouds, name: str | None) -> None:
        association = self._association(clouds).get("AssociationId")
        if name is None and association:
            clouds.aws.call("ec2", "disassociate_iam_instance_profile", AssociationId=association)
        elif association:
            profile = {"AssociationId": association, "IamInstanceProfile": {"Name": name}}
            clouds.aws.call("ec2", "replace_iam_instance_profile_association", **profile)
        elif name is not None:
            profile = {"InstanceId": self.instance, "IamInstanceProfile": {"Name": name}}
            clouds.aws.call("ec2", "associate_iam_instance_profile", **profile)

    def _association(self, clouds: Clouds) -> dict[str, Any]:
        """Return the association of the instance with a profile; empty if it has none."""
        wanted = [{"Name": "instance-id", "Values": [self.instance]}]
        answer = clouds.aws.call("ec2", "describe_iam_instance_profile_associations", Filters=wanted)
        found = answer.get("IamInstanceProfileAssociations", ())
        current = [one for one in found if one["State"] in ("associating", "associated")]
        return dict(current[0]) if current else {}

    def _role_in(self, clouds: Clouds, profile: str) -> str | None:
        roles = self._profile_roles(clouds, profile)
        return roles[0] if roles else None

    def _profile_roles(self, clouds: Clouds, profile: str) -> list[str] | None:
        """Return the names of the roles in an instance profile; None if the profile does not exist."""
        try:
            answer = clouds.aws.call("iam", "get_instance_profile", InstanceProfileName=profile)
        except CloudError as error:
            if error.reason == "NoSuchEntity":
                return None
            raise
        return [str(role["RoleName"]) for role in answer["InstanceProfile"]["Roles"]]

    def _read(self, clouds: Clouds) -> dict[str, Any]:
        instance = self._find(clouds)
        if instance is None:
            raise Refused(self._text(_(_MISSING), account=self.account, region=self.region))
        return instance

    def _find(self, clouds: Clouds) -> dict[str, Any] | None:
        """Return the instance; None if it does not exist, or was terminated."""
        try:
            answer = clouds.aws.call("ec2", "describe_instances", InstanceIds=[self.instance])
        except CloudError as error:
            if error.reason.startswith("InvalidInstanceID"):
                return None
            raise
        found = [instance for reservation in answer["Reservations"] for instance in reservation["Instances"]]
        return dict(found[0]) if found and found[0]["State"]["Name"] != "terminated" else None

    def _profile_command(self, before: str | None, wanted: str) -> str:
        profile = f"--iam-instance-profile Name={wanted}"
        if before is None:
            return f"aws ec2 associate-iam-instance-profile --instance-id {self.instance} {profile}"
        wanted_state = f"Name=instance-id,Values={self.instance} Name=state,Values=associated"
        find = (
            f"aws ec2 describe-iam-instance-profile-associations --filters {wanted_state} "
            "--query 'IamInstanceProfileAssociations[0].AssociationId' --output text"
        )
        return f'aws ec2 replace-iam-instance-profile-association --association-id "$({find})" {profile}'

    def _text(self, template: str, **words: object) -> str:
        return template.format(name=self.instance, role=self.role, **words)
