"""The gate in front of moto: every call is verified, admitted or refused, answered in its protocol, and logged."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from wizard.sandbox.faults import Broken, strike, strike_after

from . import errors
from .arns import partition
from .backend import Backend, is_lacking
from .errors import AwsRefusal
from .handlers import Call, Handlers, Later
from .inputs import check_numbers, check_text, readable
from .keyring import Keyring
from .lacking import refuse_lacking, service_of
from .messages import Message, Reply
from .policies.permissions import Permissions
from .protocols import SERVICES, Service, refusal
from .signature import verify
from .trust import Timing
from .wording import reworded

if TYPE_CHECKING:
    from wizard.sandbox.faults import Fault, Faults
    from wizard.sandbox.request_log import CallKind, RequestLog

_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}", re.ASCII)
_READS = ("get", "list", "describe", "batchget", "assumerole", "simulate", "decode", "lookup", "search", "filter")


class Gate:
    """Admits or refuses the API calls to one account."""

    def __init__(
        self,
        backend: Backend,
        keyring: Keyring,
        permissions: Permissions,
        handlers: Handlers,
        settings: Timing,
        clock: Callable[[], datetime],
        faults: Faults,
        log: RequestLog,
    ) -> None:
        self._backend = backend
        self._find_key = keyring.find
        self._permissions = permissions
        self._handlers = handlers
        self._settings = settings
        self._clock = clock
        self._faults = faults
        self._log = log

    async def answer(self, message: Message) -> Reply:
        """The reply to one API call."""
        await asyncio.sleep(self._settings.latency)
        service = service_of(message)
        call: Call | None = None
        try:
            call = await asyncio.wrap_future(self._backend.submit(lambda: self._admit(service, message)))
            fault = self._faults.match(service.name, call.action)
            note = partial(self._log.note, service.name, call.action)
            await strike(fault, note)
            if fault is not None:
                _strike(fault)
            admitted = call
            performed = await asyncio.wrap_future(self._backend.submit(lambda: self._perform(admitted)))
            reply = await performed.answer() if isinstance(performed, Later) else performed
            await strike_after(note)
        except AwsRefusal as error:
            reply = refusal(service, error)
        except Broken:
            self._write_log(service, message, call, Reply(0, b"", {}))
            raise
        self._write_log(service, message, call, reply)
        return reply

    def _admit(self, service: Service, message: Message) -> Call:
        if service.name not in SERVICES:
            raise refuse_lacking(service, message)
        claim, key = verify(message, self._find_key, self._clock())
        if not _REGION.fullmatch(claim.region):
            raise errors.wrong_scope(f"Credential should be scoped to a valid region, not '{claim.region}'. ")
        if partition(claim.region) != partition(self._backend.region):  # an account has keys in one partition only
            raise errors.invalid_token()
        if service.protocol in ("query", "ec2"):
            check_text(service, message)
        operation = self._backend.operation(service, message)
        if service.protocol in ("query", "ec2"):
            check_numbers(service, operation, message)
        elif service.protocol in ("json", "rest-json"):
            message = readable(service, operation, message)
        call = Call(service, operation, claim.region, key, message)
        self._permissions.check(call)
        return call

    def _perform(self, call: Call) -> Reply | Later:
        if call.service.actions is not None and call.action not in call.service.actions:
            raise errors.lacking(f"{call.service.name}:{call.action}")
        handler = self._handlers.get((call.service.name, call.action))
        if handler is None and call.service.name == "sts":  # moto lets anyone do anything there
            raise errors.lacking(f"sts:{call.action}")
        reply = call.sent_to(self._backend) if handler is None else handler(call)
        if isinstance(reply, Later):
            return reply
        if is_lacking(reply):
            raise errors.lacking(f"{call.service.name}:{call.action}")
        if reply.status >= 500:
            # 501, since clients repeat a call that was answered with 500.
            raise AwsRefusal("InternalFailure", f"The sandbox cannot do {call.action} like this.", 501)
        return reworded(reply)

    def _write_log(self, service: Service, message: Message, call: Call | None, reply: Reply) -> None:
        action = (
            call.action if call else message.form.get("Action") or message.headers.get("x-amz-target", message.path)
        )
        self._log.write(
            caller=call.key.identity.arn if call else "unknown",
            service=service.name,
            method=message.method,
            path=action.rpartition(".")[2],
            status=reply.status,
            kind=_kind(action.rpartition(".")[2]),
        )


def _strike(fault: Fault) -> None:
    """Raises AwsRefusal if the fault is more than a delay."""
    if fault.code is not None or fault.status is not None:
        message = fault.message or "We encountered an internal error. Please try again."
        raise AwsRefusal(fault.code or "InternalFailure", message, fault.status or (400 if fault.code else 500))


def _kind(action: str) -> CallKind:
    # A call that was not admitted has the lower-case path of its protocol in place of its action.
    return "read" if action.lower().startswith(_READS) else "write"
