"""The probe on an EC2 instance of the workload, run by AWS Systems Manager; nothing stays there.

Source: AWS Systems Manager API reference, SendCommand and GetCommandInvocation; EC2 user guide, "IAM roles".
"""

from __future__ import annotations

import base64
import json
import shlex
import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from wizard.chain import carried_probe, tidy
from wizard.chain.hop import Hop, Outcome, Progress, Refusal, Waiting, parse_line
from wizard.chain.report import Report
from wizard.chain.slots import Stopped
from wizard.clouds.errors import CloudError
from wizard.engine.patience import Patience, Time
from wizard.engine.resource import Refused
from wizard.language import _
from wizard.modes.aws.live.hops import TASK
from wizard.resources.trust_quota import AwsCalls

SECONDS = 180.0
"""How long the probe may take, in addition to the waiting for recent grants."""

_STARTING = 120.0  # seconds until the agent on the instance takes a command
_OUTPUT = "import sys,zlib,base64;sys.stdout.write(base64.b64encode(zlib.compress(sys.stdin.buffer.read(),9)).decode())"
"""Makes the output small, since Systems Manager shows only the first 24,000 characters of it."""

_ENDED = ("Success", "Failed", "Cancelled", "TimedOut", "Cancelling")
_NO_INSTANCE = (
    "the wizard found no running instance that has the role {role} and that AWS Systems Manager manages. Attach the "
    "managed policy AmazonSSMManagedInstanceCore to the role of the instance. Alternatively, run the test yourself. "
    "Print the probe script with `wif-wizard probe SETUP.yaml > probe.py`, and copy probe.py to the instance. Run "
    "`python3 -I -S probe.py > output.txt` on the instance. Read the output on this machine with `wif-wizard test "
    "SETUP.yaml --from-output output.txt`"
)


@dataclass
class InstanceProbe:
    """The probe on an instance. `role` is the name of the workload's role, `needed` the operator's permissions.

    `instance` is the ID of the instance, if the setup names one.
    """

    aws: AwsCalls
    role: str
    needed: str
    instance: str | None = None
    time: Time = field(default_factory=Time)

    def run(
        self,
        request: Mapping[str, Any],
        hops: tuple[Hop, ...],
        report: Report,
        on_report: Callable[[Outcome | Progress], None],
        stop: threading.Event | None,
    ) -> None:
        """Let the probe take `hops`. Raises CloudError, Refused, Stopped, and what `on_report` raises."""
        try:
            self._run(request, hops, report, on_report, stop)
        except CloudError as error:
            if error.reason in ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation"):
                raise replace(error, hint=self.needed) from error
            raise

    def _run(
        self,
        request: Mapping[str, Any],
        hops: tuple[Hop, ...],
        report: Report,
        on_report: Callable[[Outcome | Progress], None],
        stop: threading.Event | None,
    ) -> None:
        instance = find(self.aws, self.role, self.instance)
        waiting = sum(window["limit"] - window["age"] for window in request["settle"].values())
        seconds = SECONDS + waiting
        started = self.time.clock()
        on_report(
            Waiting(
                TASK,
                _("{title}: the probe is running on the instance {instance}").format(
                    title=TASK.title, instance=instance
                ),
            )
        )
        command = self._send(instance, request, seconds)
        found: dict[str, Any] = {}
        try:
            found = self._wait(instance, command, seconds + _STARTING, stop)
        finally:
            if found.get("Status") not in _ENDED:
                tidy.insist(
                    lambda: self._cancel(instance, command),
                    self.time.pause,
                    _("command {command}").format(command=command),
                )
        lines = _lines(str(found.get("StandardOutputContent", "")))
        seen = [
            _(
                "AWS Systems Manager ran the probe on the instance {instance}; the probe left no file on the instance"
            ).format(instance=instance)
        ]
        elapsed = self.time.clock() - started
        if not lines:
            words = " ".join(
                filter(None, (str(found.get(key, "")).strip() for key in ("StatusDetails", "StandardErrorContent")))
            )
            outcome = Outcome.of(TASK, seen, Refusal("Ended", words[-500:] or "the command printed nothing"))
            report.add(replace(outcome, elapsed=elapsed))
            report.skip(hops, TASK)
            return
        report.add(replace(Outcome.of(TASK, seen), elapsed=elapsed))
        for line in lines:
            reported = parse_line(line, hops)
            if isinstance(reported, Outcome):
                on_report(reported)
        missing = report.missing(hops)
        if missing:
            words = _("the probe on the instance ended before this step")
            report.add(Outcome.of(missing[0], (words,), Refusal("Ended", words)))
            report.skip(hops, missing[0])

    def _send(self, instance: str, request: Mapping[str, Any], seconds: float) -> str:
        probe = shlex.join(carried_probe.command(request, int(seconds)))
        script = f"{probe} | python3 -I -S -c {shlex.quote(_OUTPUT)}"
        answer = self.aws.call(
            "ssm",
            "send_command",
            InstanceIds=[instance],
            DocumentName="AWS-RunShellScript",
            Comment="wif-wizard live test",
            TimeoutSeconds=int(_STARTING),
            Parameters={"commands": [script], "executionTimeout": [str(int(seconds))]},
        )
        return str(answer["Command"]["CommandId"])

    def _wait(self, instance: str, command: str, seconds: float, stop: threading.Event | None) -> dict[str, Any]:
        """Return the invocation once it has ended, or as it is when the time is up."""
        patience = Patience(self.time, seconds)
        found: dict[str, Any] = {}
        while True:
            if stop is not None and stop.is_set():
                raise Stopped
            try:
                found = self.aws.call("ssm", "get_command_invocation", CommandId=command, InstanceId=instance)
            except CloudError as error:
                if error.reason != "InvocationDoesNotExist":  # it appears shortly after the command was sent
                    raise
            if found.get("Status") in _ENDED or not patience.wait():
                return found

    def _cancel(self, instance: str, command: str) -> None:
        self.aws.call("ssm", "cancel_command", CommandId=command, InstanceIds=[instance])


def find(aws: AwsCalls, role: str, wanted: str | None = None) -> str:
    """Return a running instance that has the role and that Systems Manager reaches, or the one that is wanted.

    Raises CloudError and Refused.
    """
    profiles = {
        each["Arn"] for each in aws.call("iam", "list_instance_profiles_for_role", RoleName=role)["InstanceProfiles"]
    }
    running = [{"Name": "instance-state-name", "Values": ["running"]}]
    reservations = aws.call("ec2", "describe_instances", Filters=running)["Reservations"]
    instances = [instance for reservation in reservations for instance in reservation["Instances"]]
    own = [each["InstanceId"] for each in instances if each.get("IamInstanceProfile", {}).get("Arn") in profiles]
    own = [each for each in own if wanted in (None, each)]
    if not own:
        raise Refused(_(_NO_INSTANCE).format(role=role))
    filters = [{"Key": "InstanceIds", "Values": own}]
    listed = aws.call("ssm", "describe_instance_information", Filters=filters)["InstanceInformationList"]
    online = [each["InstanceId"] for each in listed if each.get("PingStatus") == "Online"]
    if not online:
        raise Refused(_(_NO_INSTANCE).format(role=role))
    return str(online[0])


def _lines(output: str) -> list[str]:
    """Return the lines of the probe in the small output; none if it is something else."""
    try:
        text = zlib.decompress(base64.b64decode(output.strip(), validate=True)).decode()
    except (ValueError, zlib.error):
        return []
    return [line for line in text.splitlines() if line.startswith("{") and _is_json(line)]


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True
