"""What every call to the Google side passes: route, latency, faults, token, scopes, quota project, handler, log."""

import asyncio
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qsl

from wizard.sandbox.faults import Broken, Fault, strike, strike_after
from wizard.sandbox.json_value import JSON, parsed
from wizard.sandbox.model.callers import CLOUD_PLATFORM, Caller
from wizard.sandbox.model.refusals import RefusedError
from wizard.sandbox.model.world import World

from .calls import Call, Request, Route
from .error_list import envelope
from .errors import (
    INVALID_ARGUMENT,
    GoogleError,
    OAuthError,
    answer_to,
    error_info,
    invalid,
    lacking,
    unauthenticated,
    unbound,
)
from .parameters import check_body, check_format, check_parameters, standard
from .partial_response import selected
from .quota_project import charge

CANONICAL = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
"""HTTP status to the canonical reason, for faults that name none."""

SCOPES = {
    "bigquery.googleapis.com": ("https://www.googleapis.com/auth/bigquery",),
    "iam.googleapis.com": ("https://www.googleapis.com/auth/iam",),
    "iamcredentials.googleapis.com": ("https://www.googleapis.com/auth/iam",),
}
"""The scopes that an API takes besides cloud-platform, which all take."""


@dataclass(frozen=True)
class Mount:
    """An API under its prefix; `quota_project` says whether users must name one (BigQuery's jobs name their own).

    If `strict`, a query parameter that is neither standard nor the method's own is refused.
    """

    prefix: str
    service: str
    routes: Sequence[Route]
    quota_project: bool = True
    strict: bool = True


@dataclass(frozen=True)
class Answer:
    """Status and JSON body."""

    status: int
    body: JSON


class Gateway:
    """Answers requests to the mounted APIs."""

    def __init__(self, world: World, mounts: Sequence[Mount]) -> None:
        self.world = world
        self._mounts = {mount.prefix: mount for mount in mounts}

    async def answer(self, prefix: str, request: Request) -> Answer:
        """Answer a request; refusals are answers too."""
        try:
            return Answer(200, await self.perform(prefix, request))
        except GoogleError as error:
            return Answer(error.status, envelope(error, self._service(prefix), standard(request.query, ".xgafv")))
        except OAuthError as error:
            return Answer(error.status, error.body())

    async def perform(self, prefix: str, request: Request) -> JSON:
        """What the handler answers. Raises GoogleError or OAuthError for a refusal; logs the call in any case."""
        mount = self._mounts.get(prefix)
        route, params = _find(mount, request) if mount is not None else (None, {})
        service = self._service(prefix)
        call = Call(self.world, service, request, params, body=None, form={})
        status = 500
        try:
            await self._stall(call)
            if mount is None:
                raise lacking(service)
            if route is None:
                raise _no_route(call)
            answer = await self._handle(mount, route, call)
            status = 200
            await strike_after(partial(self._note, call))
            return answer
        except (GoogleError, OAuthError) as error:
            status = error.status
            raise
        except Broken:
            status = 0
            raise
        finally:
            self._log(call, route, status)

    def _service(self, prefix: str) -> str:
        mount = self._mounts.get(prefix)
        return mount.service if mount is not None else f"{prefix}.googleapis.com"

    async def _stall(self, call: Call) -> None:
        fault = self.world.faults.match(call.service, f"{call.method} {call.path}")
        if self.world.settings.latency > 0:
            await asyncio.sleep(self.world.settings.latency)
        await strike(fault, partial(self._note, call))
        if fault is not None and fault.status is not None:
            raise _struck(fault, fault.status, call.service)

    def _note(self, call: Call, what: str) -> None:
        self.world.log.note(call.service, f"{call.method} {call.path}", what)

    async def _handle(self, mount: Mount, route: Route, call: Call) -> JSON:
        query = call.request.query
        if mount.strict:
            check_parameters(query, route.query)
        check_format(query)
        call.body, call.form = _decode(call.request)
        check_body(call.body, route.body)
        if route.authenticated:
            call.caller = self._authenticate(call)
            call.quota_project = charge(call, call.caller, mount.quota_project)
        try:
            answer = route.handler(call)
            whole = await answer if inspect.isawaitable(answer) else answer
        except RefusedError as refused:
            raise answer_to(refused) from refused
        fields = standard(query, "fields") or call.headers.get("x-goog-fieldmask", "")
        return selected(whole, fields) if fields else whole

    def _authenticate(self, call: Call) -> Caller:
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        if not token:
            in_query = standard(call.request.query, "access_token") or standard(call.request.query, "oauth_token")
            scheme, token = "bearer", in_query
        if not token:
            raise unauthenticated(missing=True)
        caller = self.world.tokens.find(token.strip()) if scheme.lower() == "bearer" else None
        if caller is None or not self.world.projects.alive(caller):
            raise unauthenticated()
        if caller.kind == "serviceAccount":
            self._note_use(caller)
        if not {CLOUD_PLATFORM, *SCOPES.get(call.service, ())} & set(caller.scopes):
            raise _scopes_too_narrow(call.service)
        return caller

    def _note_use(self, caller: Caller) -> None:
        account = self.world.projects.account(caller.member.removeprefix("serviceAccount:"))
        if account is not None:
            account.last_used = self.world.clock()

    def _log(self, call: Call, route: Route | None, status: int) -> None:
        self.world.log.write(
            caller=call.caller.member if call.caller is not None else "",
            service=call.service,
            method=call.method,
            path=call.path,
            status=status,
            kind=route.kind if route is not None else "read",
        )


def _find(mount: Mount, request: Request) -> tuple[Route | None, dict[str, str]]:
    for route in mount.routes:
        params = route.match(request.method, request.path)
        if params is not None:
            return route, params
    return None, {}


def _no_route(call: Call) -> GoogleError:
    """A name with an empty part is refused by the API itself (recorded); other paths are not in the sandbox."""
    if "//" in call.path:
        return invalid(INVALID_ARGUMENT)
    return lacking(f"{call.method} {call.path} of {call.service}")


def _decode(request: Request) -> tuple[JSON, dict[str, str]]:
    """The JSON body (None when there is none) and the form fields."""
    if not request.body:
        return None, {}
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return None, dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    try:
        return parsed(request.body), {}
    except ValueError as error:
        raise unbound("Invalid JSON payload received. Unable to parse the request body.") from error


def _struck(fault: Fault, status: int, service: str) -> GoogleError | OAuthError:
    """The fault as an error of the service; the token service has OAuth's codes, such as quota_exceeded."""
    message = fault.message or "The call failed, as the scenario asks for."
    if service == "sts.googleapis.com":
        return OAuthError(fault.code or "server_error", message, status)
    return GoogleError(status, fault.code or CANONICAL.get(status, "UNKNOWN"), message)


def _scopes_too_narrow(service: str) -> GoogleError:
    metadata: Mapping[str, str] = {"service": service}
    info = error_info("ACCESS_TOKEN_SCOPE_INSUFFICIENT", "googleapis.com", metadata)
    return GoogleError(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.", [info])
