"""AWS Systems Manager, as far as it runs shell commands on instances.

An instance is managed if its role has the policy AmazonSSMManagedInstanceCore. Source: AWS Systems Manager API
reference, SendCommand, GetCommandInvocation and DescribeInstanceInformation.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .backend import Backend
from .directory import Directory
from .errors import AwsRefusal
from .handlers import Call, Handlers
from .messages import Reply
from .protocols import json_reply
from .runs import Runs

SHELL = "AWS-RunShellScript"
LARGEST_OUTPUT = 24_000
"""Characters of an output that GetCommandInvocation shows."""
TRUNCATED = "\n---Output truncated---"
CORE = "policy/AmazonSSMManagedInstanceCore"


@dataclass
class Command:
    """One command on one instance. `status` is that of GetCommandInvocation."""

    instance: str
    script: str
    requested: datetime
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = "Pending"
    exit_code: int = -1
    output: str = ""


class SystemsManager:
    """SendCommand, CancelCommand, GetCommandInvocation and DescribeInstanceInformation."""

    def __init__(self, backend: Backend, directory: Directory, runs: Runs, clock: Callable[[], datetime]) -> None:
        self._backend = backend
        self._directory = directory
        self._runs = runs
        self._clock = clock
        self._commands: dict[str, Command] = {}
        self._waiting: list[Command] = []
        self._running: dict[str, asyncio.Task[None]] = {}
        self.handlers: Handlers = {
            ("ssm", "SendCommand"): self._send,
            ("ssm", "CancelCommand"): self._cancel,
            ("ssm", "GetCommandInvocation"): self._invocation,
            ("ssm", "DescribeInstanceInformation"): self._describe,
        }

    def start_waiting(self) -> None:
        """Start the commands that were sent since the last call; in the event loop."""
        while self._waiting:
            command = self._waiting.pop(0)
            self._running[command.id] = asyncio.ensure_future(self._run(command))

    async def close(self) -> None:
        """Kill all commands."""
        for running in self._running.values():
            running.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _run(self, command: Command) -> None:
        command.status = "InProgress"
        finished = await self._runs.run_as_instance(
            command.instance, ["sh", "-c", command.script], lambda: command.status == "InProgress"
        )
        if command.status == "InProgress":
            command.status = "Success" if finished.exit_code == 0 else "Failed"
        command.exit_code, command.output = finished.exit_code, finished.output

    def _send(self, call: Call) -> Reply:
        document = call.message.document
        if document.get("DocumentName") != SHELL:
            raise AwsRefusal("NotImplemented", f"the sandbox runs only the document {SHELL}", 501)
        wanted = [str(each) for each in document.get("InstanceIds") or []]
        missing = [each for each in wanted if each not in self._managed(call.region)]
        if missing or len(wanted) != 1:
            listed = ", ".join(missing or wanted)
            text = f"Instances [[{listed}]] not in a valid state for account {self._backend.account}"
            raise AwsRefusal("InvalidInstanceId", text, 400)
        lines = (document.get("Parameters") or {}).get("commands") or []
        command = Command(wanted[0], "\n".join(map(str, lines)), self._clock())
        self._commands[command.id] = command
        self._waiting.append(command)
        described = {
            "CommandId": command.id,
            "DocumentName": SHELL,
            "InstanceIds": wanted,
            "Status": "Pending",
            "StatusDetails": "Pending",
            "RequestedDateTime": command.requested.timestamp(),
        }
        return json_reply({"Command": described})

    def _cancel(self, call: Call) -> Reply:
        command = self._commands.get(str(call.message.document.get("CommandId", "")))
        if command is None:
            raise AwsRefusal("InvalidCommandId", "", 400)
        if command.status in ("Pending", "InProgress"):
            command.status = "Cancelled"
        return json_reply({})

    def _invocation(self, call: Call) -> Reply:
        document = call.message.document
        command = self._commands.get(str(document.get("CommandId", "")))
        if command is None or command.instance != document.get("InstanceId"):
            raise AwsRefusal("InvocationDoesNotExist", "", 400)
        output = command.output
        if len(output) > LARGEST_OUTPUT:
            output = output[: LARGEST_OUTPUT - len(TRUNCATED)] + TRUNCATED
        return json_reply(
            {
                "CommandId": command.id,
                "InstanceId": command.instance,
                "DocumentName": SHELL,
                "Status": command.status,
                "StatusDetails": command.status,
                "ResponseCode": command.exit_code,
                "StandardOutputContent": output,
                "StandardErrorContent": "",
            }
        )

    def _describe(self, call: Call) -> Reply:
        wanted = [
            str(value)
            for each in call.message.document.get("Filters") or []
            if each.get("Key") == "InstanceIds"
            for value in each.get("Values") or []
        ]
        found = [each for each in self._managed(call.region) if not wanted or each in wanted]
        return json_reply({"InstanceInformationList": [_information(each) for each in found]})

    def _managed(self, region: str) -> list[str]:
        """The ids of the running instances whose role lets them be managed."""
        from moto.ec2.models import ec2_backends

        backend = ec2_backends[self._backend.account][region]
        associations = backend.iam_instance_profile_associations
        managed = []
        for instance in backend.all_running_instances():
            association = associations.get(instance.id)
            role = None if association is None else self._directory.profile_role(association.iam_instance_profile.arn)
            entity = None if role is None else self._directory.entity("role", role.name)
            if entity is not None and any(str(arn).endswith(CORE) for arn in entity.managed_policies):
                managed.append(str(instance.id))
        return managed


def _information(instance: str) -> Mapping[str, Any]:
    return {
        "InstanceId": instance,
        "PingStatus": "Online",
        "PlatformType": "Linux",
        "ResourceType": "EC2Instance",
        "AgentVersion": "3.3.0.0",
        "IsLatestVersion": True,
    }
