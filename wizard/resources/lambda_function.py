"""The Lambda function that is the workload: its role, and its environment variables."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import JSON, Change, Operation, Owner, Refused, Resource, State
from wizard.federation.aws import partition_of
from wizard.language import _
from wizard.resources import registration, role_users
from wizard.resources.aws_role import Role
from wizard.resources.definition_texts import short
from wizard.resources.kind import Kind, Needed
from wizard.resources.registration import Variables

_MISSING = (
    "the account {account} has no function {name} in {region}. Create the function first, or correct aws.function"
)
_ENCRYPTED = (
    "Lambda could not decrypt the environment variables of {name} with your permissions ({reason}). To set one "
    "variable, the wizard must read and write all variables. Get the permission to decrypt the variables, usually "
    "kms:Decrypt"
)
_SWITCHES = (
    "the wizard changes the function itself ($LATEST). Callers that invoke {name} without a version or an alias use "
    "the new role and variables immediately"
)
_LOSES = "{name} loses the role {old}: AWS then denies the actions that {role} does not allow"
_LOGS = "A function writes its logs with its role: {role} needs the permissions of AWSLambdaBasicExecutionRole."
_ALIAS = (
    "The alias {alias} continues to use version {version}, which keeps its role and variables. To update the alias, "
    "publish a version and point the alias to it: {command}"
)
_ALIASES_UNKNOWN = (
    "The wizard could not read the aliases of {name}: {reason}. The wizard cannot tell which aliases keep the old role "
    "and variables."
)
_FAILED = "Lambda could not update {name}: {reason}"
_SWITCHES_BACK = (
    "the wizard changes the function itself ($LATEST). Callers that invoke {name} without a version or an alias use "
    "the former role and variables again immediately"
)
_ROLE_NOT_READY = "cannot be assumed by Lambda"
"""What Lambda says of a role that it cannot assume, or not yet."""
_COMMAND = """\
(
  update=$(mktemp) && trap 'rm -f "$update"' EXIT &&
  aws lambda get-function-configuration --function-name {name} --query {query} --output json > "$update" &&
  aws lambda update-function-configuration --cli-input-json "file://$update"
)"""
_STACK = "aws:cloudformation:stack-name"


@dataclass
class _Once:
    """What is read only once for a resource: sentences about the aliases."""

    aliases: list[str] | None = None


@dataclass(frozen=True, eq=False)
class LambdaFunction(Kind):
    """A function, whose other settings and variables are kept."""

    kind: ClassVar[str] = "Lambda function"
    deadline: ClassVar[float] = 180.0
    account: str
    region: str
    function: str
    role: Role
    variables: Variables
    hints: tuple[str, ...] = ()
    needs: tuple[Resource, ...] = ()
    _once: _Once = field(default_factory=_Once)

    @property
    def name(self) -> str:
        return f"arn:{partition_of(self.region)}:lambda:{self.region}:{self.account}:function:{self.function}"

    @property
    def label(self) -> str:
        return self.function

    def desired(self) -> State:
        return self.desired_with(None)

    def desired_with(self, before: State | None) -> State:
        role = str((before or {}).get("wanted_role", self.role.name))
        return {"role": role, "environment": dict(self.variables.always)}

    def read(self, clouds: Clouds) -> State | None:
        """Return the role and our variables. Raises Refused if there is no such function, or if it cannot be kept."""
        found = self._read(clouds)
        there = _variables(found)
        ours = {name: there[name] for name in self.variables.always if name in there}
        if self._once.aliases is None:
            self._once.aliases = self._aliases(clouds)
        return {
            "role": found["Role"],
            "environment": registration.visible(ours, self.variables.always),
            "wanted_role": self.role.actual_arn(clouds),
            "stack": self._stack(clouds),
        }

    def create(self, clouds: Clouds) -> Operation | None:  # noqa: ARG002 (a function is never made from nothing)
        raise Refused(self._text(_(_MISSING), account=self.account, region=self.region))

    def update(self, clouds: Clouds, change: Change) -> Operation | None:
        found = self._read(clouds)
        return self._write(clouds, found, change.after["role"], {**_variables(found), **self.variables.always})

    def written(self, clouds: Clouds, change: Change) -> State | None:
        found = self._find(clouds)
        if found is None:
            return None
        self._refuse_encrypted(found)
        wanted: dict[str, str] = change.after.get("environment") or {}
        there = {name: value for name, value in _variables(found).items() if name in wanted}
        return {"role": found["Role"], "environment": registration.visible(there, wanted)}

    def restore(self, clouds: Clouds, change: Change) -> Operation | None:
        """Set the role and the variables from before, for the keys of the change."""
        found, before = self._read(clouds), change.before or {}
        ours: dict[str, str | None] = change.after.get("environment") or {}
        former: dict[str, str | None] = before.get("environment") or {}
        kept = {name: value for name, value in _variables(found).items() if name not in ours}
        again = {name: value for name, value in former.items() if name in ours and value is not None}
        role = before["role"] if "role" in change.after else found["Role"]
        return self._write(clouds, found, role, {**kept, **again})

    def cannot_restore(self, clouds: Clouds, change: Change, going: Mapping[Resource, Change]) -> list[str]:
        del going
        return role_users.former_gone(clouds, (change.before or {})["role"]) if "role" in change.after else []

    def is_unrecorded(self, value: JSON) -> bool:
        return isinstance(value, str) and registration.is_hidden(value)

    def revert_impact(self, clouds: Clouds, change: Change) -> str | None:
        del clouds, change
        return self._text(_(_SWITCHES_BACK))

    def not_yet(self, error: Refused) -> bool:
        """Return whether Lambda cannot assume a new role yet, or still works on another update."""
        if not isinstance(error, CloudError):
            return False
        return error.reason == "ResourceConflictException" or _ROLE_NOT_READY in error.message

    def moved(self, error: Refused) -> bool:
        return isinstance(error, CloudError) and error.reason == "PreconditionFailedException"

    def impact(self, change: Change) -> str | None:
        return self._text(_(_SWITCHES)) if change.action == "update" else None

    def losers(self, change: Change) -> list[str]:
        old = (change.before or {}).get("role")
        if old is None or old == change.after["role"]:
            return []
        return [self._text(_(_LOSES), old=short(old), role=short(change.after["role"]))]

    def notes(self, change: Change) -> list[str]:
        logs = [_(_LOGS).format(role=short(change.after["role"]))] if self.losers(change) else []
        hints = list(self.hints) if change.action != "none" else []
        return [*logs, *hints, *(self._once.aliases or [])]

    def owner(self, change: Change) -> Owner | None:
        stack = (change.before or {}).get("stack")
        return Owner("CloudFormation", f"stack {stack}") if stack else None

    def commands(self, change: Change) -> list[str]:
        """Return a command in which AWS's client copies the variables: the values of others are not printed."""
        if change.before is None:
            return []
        ours = registration.literal(dict(self.variables.always))
        role = registration.literal(change.after["role"])
        query = (
            f"{{FunctionName: FunctionName, Role: {role}, RevisionId: RevisionId, "
            f"Environment: {{Variables: merge(Environment.Variables || `{{}}`, {ours})}}}}"
        )
        name = shlex.quote(self.function)
        return [
            _COMMAND.format(name=name, query=shlex.quote(query)),
            f"aws lambda wait function-updated-v2 --function-name {name}",
        ]

    def permissions(self, change: Change) -> list[Needed]:
        passing = [Needed("aws", "iam:PassRole", change.after["role"])] if self.losers(change) else []
        return [Needed("aws", "lambda:UpdateFunctionConfiguration", self.name), *passing]

    def _write(self, clouds: Clouds, found: Mapping[str, Any], role: str, variables: Mapping[str, str]) -> Operation:
        environment = {"Variables": dict(variables)}
        arguments = {"FunctionName": self.function, "RevisionId": found["RevisionId"]}
        clouds.aws.call("lambda", "update_function_configuration", **arguments, Role=role, Environment=environment)
        return Operation(f"update of {self.function}", lambda: self._is_updated(clouds))

    def _is_updated(self, clouds: Clouds) -> bool:
        found = self._configuration(clouds)
        if found.get("LastUpdateStatus") == "Failed":
            raise Refused(self._text(_(_FAILED), reason=found.get("LastUpdateStatusReason", "")))
        return bool(found.get("LastUpdateStatus", "Successful") == "Successful")

    def _read(self, clouds: Clouds) -> dict[str, Any]:
        found = self._configuration(clouds)
        self._refuse_encrypted(found)
        return found

    def _refuse_encrypted(self, found: Mapping[str, Any]) -> None:
        error = found.get("Environment", {}).get("Error")
        if error:
            raise Refused(self._text(_(_ENCRYPTED), reason=error.get("ErrorCode", "")))

    def _configuration(self, clouds: Clouds) -> dict[str, Any]:
        found = self._find(clouds)
        if found is None:
            raise Refused(self._text(_(_MISSING), account=self.account, region=self.region))
        return found

    def _find(self, clouds: Clouds) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = clouds.aws.call("lambda", "get_function_configuration", FunctionName=self.function)
        except CloudError as error:
            if error.reason == "ResourceNotFoundException":
                return None
            raise
        return found

    def _aliases(self, clouds: Clouds) -> list[str]:
        try:
            found = clouds.aws.quick_call("lambda", "list_aliases", FunctionName=self.function)["Aliases"]
        except CloudError as error:
            return [self._text(_(_ALIASES_UNKNOWN), reason=error.message)]
        pinned = [alias for alias in found if alias["FunctionVersion"] != "$LATEST"]
        return [self._alias(alias["Name"], alias["FunctionVersion"]) for alias in pinned]

    def _alias(self, alias: str, version: str) -> str:
        name = shlex.quote(self.function)
        publish = f"aws lambda publish-version --function-name {name} --query Version --output text"
        update = f"aws lambda update-alias --function-name {name} --name {shlex.quote(alias)}"
        command = f'{update} --function-version "$({publish})"'
        return _(_ALIAS).format(alias=alias, version=version, command=command)

    def _stack(self, clouds: Clouds) -> str | None:
        """Return the CloudFormation stack that made the function; None if there is none, or if tags may not be read."""
        try:
            tags: dict[str, str] = clouds.aws.quick_call("lambda", "list_tags", Resource=self.name).get("Tags", {})
        except CloudError:
            return None
        return tags.get(_STACK)

    def _text(self, template: str, **words: object) -> str:
        return template.format(name=self.function, **words)


def _variables(found: Mapping[str, Any]) -> dict[str, str]:
    return dict(found.get("Environment", {}).get("Variables", {}))
