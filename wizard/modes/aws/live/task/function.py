"""A one-off Lambda function: the probe as its code, invoked with the workload's role, and removed.

Source: AWS Lambda API reference, CreateFunction, GetFunctionConfiguration and Invoke.
"""

from __future__ import annotations

import base64
import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from wizard.chain import tidy
from wizard.chain.hop import Hop, Outcome, Progress, Refusal, Settling, Waiting, parse_line
from wizard.chain.probing import PROBE
from wizard.chain.report import Report
from wizard.chain.slots import Stopped
from wizard.clouds.aws import Aws
from wizard.clouds.errors import CloudError
from wizard.engine.journal import Journal
from wizard.engine.patience import Patience, Time
from wizard.language import _, translated
from wizard.modes.aws.live.hops import TASK
from wizard.modes.aws.live.task import removal
from wizard.modes.aws.live.task.follow import Left

SECONDS = 75
"""The timeout of the function: the probe itself waits for nothing that settles, since the wizard invokes it again."""

_RUNTIME = "python3.13"
_HANDLER = "probe_function.handler"
_CODE = '''"""Run the probe with the event as its request, and return its lines."""
import os
import probe

def handler(event, context):
    lines = []
    probe.Probe(event, os.environ, lines.append).run()
    return lines
'''
_ACTIVE = 120.0  # seconds until a new function can be invoked
_CANNOT_ASSUME = "cannot be assumed by Lambda"
_PAUSE = 5.0  # seconds between two invocations


def package() -> bytes:
    """Return the deployment package: the probe, and the handler that runs it. The same files give the same bytes."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("probe.py", PROBE.read_text(encoding="utf-8")), ("probe_function.py", _CODE)):
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16  # readable by the user that Lambda runs as
            archive.writestr(entry, text)
    return data.getvalue()


@dataclass
class FunctionProbe:
    """The probe in a one-off function.

    `network` reads the VpcConfig of the workload's own function; empty if there is none. `is_settling` tells
    whether a refusal to assume the role can only mean that the role is new.
    """

    aws: Aws
    name: str
    account: str
    region: str
    role: Callable[[], str]
    needed: str
    is_settling: Callable[[], bool]
    journal: Journal
    network: Callable[[], Mapping[str, Any]] = dict
    time: Time = field(default_factory=Time)

    def run(
        self,
        request: Mapping[str, Any],
        hops: tuple[Hop, ...],
        report: Report,
        on_report: Callable[[Outcome | Progress], None],
        stop: threading.Event | None,
    ) -> None:
        """Let the probe take `hops`. Raises CloudError, Stopped, Left, JournalError, and what `on_report` raises."""
        role = self.role()
        record = self.journal.remember(removal.FUNCTION, self.name, {"account": self.account, "region": self.region})
        try:
            if self._create(role, report, hops, on_report, stop):
                self._invoke_until_settled(request, hops, report, on_report, stop)
        except CloudError as error:
            raise _explained(error, self.needed) from error
        finally:
            self._remove(record)

    def _create(
        self,
        role: str,
        report: Report,
        hops: tuple[Hop, ...],
        on_report: Callable[[Outcome | Progress], None],
        stop: threading.Event | None,
    ) -> bool:
        """Create the function, and wait until it can be invoked. Returns whether it can."""
        started = self.time.clock()
        arguments: dict[str, Any] = {
            "FunctionName": self.name,
            "Runtime": _RUNTIME,
            "Handler": _HANDLER,
            "Role": role,
            "Code": {"ZipFile": package()},
            "Timeout": SECONDS,
            "MemorySize": 256,
        }
        network = self.network()
        if network:
            arguments["VpcConfig"] = dict(network)
        on_report(Waiting(TASK, _("{title}: Lambda is creating the function").format(title=TASK.title)))
        while True:
            _check(stop)
            try:
                self.aws.call("lambda", "create_function", **arguments)
                break
            except CloudError as error:
                if _CANNOT_ASSUME not in error.message:
                    raise
                if not self.is_settling():
                    refusal = Refusal(error.reason, error.message)
                    report.add(replace(Outcome.of(TASK, [self._seen(role)], refusal)))
                    report.skip(hops, TASK)
                    return False
                self._pause(stop)
        self._wait_until_active(stop)
        report.add(replace(Outcome.of(TASK, [self._seen(role)]), elapsed=self.time.clock() - started))
        return True

    def _seen(self, role: str) -> str:
        return _(
            "Lambda function {name} ({runtime}) with the role {role}; the wizard reads the result from the response "
            "to the invocation"
        ).format(name=self.name, runtime=_RUNTIME, role=role)

    def _wait_until_active(self, stop: threading.Event | None) -> None:
        patience = Patience(self.time, _ACTIVE)
        while True:
            _check(stop)
            found = self.aws.call("lambda", "get_function_configuration", FunctionName=self.name)
            state = found.get("State", "Active")
            if state == "Active":
                return
            if state == "Failed" or not patience.wait():
                reason = str(found.get("StateReasonCode") or state)
                words = str(
                    found.get("StateReason")
                    or _("the function did not become active within {active:.0f} s").format(active=_ACTIVE)
                )
                raise CloudError("lambda", "create_function", None, reason, words)

    def _invoke_until_settled(
        self,
        request: Mapping[str, Any],
        hops: tuple[Hop, ...],
        report: Report,
        on_report: Callable[[Outcome | Progress], None],
        stop: threading.Event | None,
    ) -> None:
        """Invoke the function, again while a recent grant can explain a refusal, and report its last answer."""
        started = self.time.clock()
        event = {**request, "settle": {}}
        while True:
            _check(stop)
            outcomes = list(self._outcomes(event, hops))
            failed = next((each for each in outcomes if each.status == "failed"), None)
            window = request["settle"].get(failed.hop.id) if failed else None
            if failed is None or window is None or failed.refusal is None:
                break
            age = window["age"] + self.time.clock() - started
            if age >= window["limit"]:
                break
            on_report(Settling(failed.hop, age, failed.refusal, failed))
            self._pause(stop)
        for outcome in outcomes:
            on_report(outcome)
        missing = report.missing(hops)
        if missing:
            words = _("the function ended before it returned the results of all steps")
            report.add(Outcome.of(missing[0], (words,), Refusal("Ended", words)))
            report.skip(hops, missing[0])

    def _pause(self, stop: threading.Event | None) -> None:
        patience = Patience(self.time, _PAUSE)
        while patience.wait():
            _check(stop)

    def _outcomes(self, event: Mapping[str, Any], hops: tuple[Hop, ...]) -> Iterator[Outcome]:
        """Invoke the function once, and yield the outcomes that it returns. Raises CloudError if it fails."""
        answer = self.aws.long_call("lambda", "invoke", FunctionName=self.name, Payload=json.dumps(dict(event)))
        payload = json.loads(answer["Payload"].read())
        if answer.get("FunctionError") or not isinstance(payload, list):
            words = (
                payload.get("errorMessage", "")
                if isinstance(payload, dict)
                else _("the function did not return a list of results")
            )
            log = base64.b64decode(answer.get("LogResult", "")).decode(errors="replace")[-500:]
            raise CloudError("lambda", "invoke", None, "FunctionError", f"{words} {log}".strip())
        for line in payload:
            reported = parse_line(str(line), hops)
            if isinstance(reported, Outcome):
                yield reported

    def _remove(self, record: str) -> None:
        what = f"{translated(removal.FUNCTION)} {self.name}"
        remove = partial(removal.remove_function, self.aws, self.name, {})
        try:
            removal.but_for_logs(lambda: tidy.insist(remove, self.time.pause, what))
        except CloudError as error:
            self.journal.release(record)
            raise Left(translated(removal.FUNCTION), self.name, error) from error
        self.journal.forget(record)


def _check(stop: threading.Event | None) -> None:
    """Raise Stopped if a stop was requested."""
    if stop is not None and stop.is_set():
        raise Stopped


def _explained(error: CloudError, needed: str) -> CloudError:
    if error.reason not in ("AccessDenied", "AccessDeniedException"):
        return error
    return replace(error, hint=needed)
