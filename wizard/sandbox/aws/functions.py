"""AWS Lambda, where the gate adds to moto: a function is created only if its role lets Lambda in, and runs."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any
from urllib.parse import unquote

from wizard.sandbox.json_value import parsed

from .arns import arn
from .backend import Backend
from .directory import Directory
from .errors import AwsRefusal
from .function_runs import FunctionRuns, Invocation
from .handlers import Call, Handlers, Later
from .messages import Reply
from .trust import Trust

LAMBDA = "lambda.amazonaws.com"
_IN_PATH = re.compile(r"/functions/(?P<name>[^/?]+)")
_OTHER_REVISION = (
    "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the "
    "latest Revision Id"
)
_UNQUALIFIED = re.compile(r"(?:.*:function:)?(?P<name>[\w-]+)(?::(?P<qualifier>[\w$-]+))?", re.ASCII)
"""A function by name, by ARN or by part of an ARN, with a version or an alias after it or not."""


class Functions:
    """CreateFunction, UpdateFunctionConfiguration and Invoke."""

    def __init__(self, backend: Backend, directory: Directory, trust: Trust, runs: FunctionRuns) -> None:
        self._backend = backend
        self._directory = directory
        self._trust = trust
        self._runs = runs
        self.handlers: Handlers = {
            ("lambda", "CreateFunction"): self._create,
            ("lambda", "UpdateFunctionConfiguration"): self._update,
            ("lambda", "UpdateFunctionCode"): self._update,
            ("lambda", "GetFunction"): self._get,
            ("lambda", "GetFunctionConfiguration"): self._get,
            ("lambda", "Invoke"): self._invoke,
        }

    def _create(self, call: Call) -> Reply:
        self._check_role(call)
        reply = call.sent_to(self._backend)
        name = str(call.message.document.get("FunctionName", ""))
        return self._with_revision(reply, self._find(call.region, *_parts(name)))

    def _get(self, call: Call) -> Reply:
        name, qualifier = _named(call)
        qualifier = call.message.query.get("Qualifier") or qualifier
        return self._with_revision(call.sent_to(self._backend), self._find(call.region, name, qualifier))

    def _update(self, call: Call) -> Reply:
        """Give the function a new revision ID; refuse an update of one that is not its last."""
        if "Role" in call.message.document:
            self._check_role(call)
        function = self._find(call.region, _named(call)[0], None)
        wanted = call.message.document.get("RevisionId")
        if function is not None and wanted not in (None, _revision(function)):
            raise AwsRefusal("PreconditionFailedException", _OTHER_REVISION, 412)
        reply = call.sent_to(self._backend)
        if reply.ok:
            function.sandbox_revision = str(uuid.uuid4())
        return self._with_revision(reply, function)

    def _with_revision(self, reply: Reply, function: Any) -> Reply:
        """The answer about a function with its revision ID, which moto does not have."""
        if not reply.ok or function is None:
            return reply
        answer = json.loads(reply.body)
        answer.get("Configuration", answer)["RevisionId"] = _revision(function)
        return Reply(reply.status, json.dumps(answer).encode(), reply.headers)

    def _check_role(self, call: Call) -> None:
        role = self._directory.role(str(call.message.document.get("Role", "")))
        if role is None or not self._trust.admits_service(role, LAMBDA, {}):
            text = "The role defined for the function cannot be assumed by Lambda."
            raise AwsRefusal("InvalidParameterValueException", text, 400)

    def _invoke(self, call: Call) -> Reply | Later:
        """Run a function: the handler of a Python package, or the user's command; a dry run only checks."""
        name, qualifier = _named(call)
        qualifier = call.message.query.get("Qualifier") or qualifier
        function = self._find(call.region, name, qualifier)
        if function is None:
            suffix = f":{qualifier}" if qualifier else ""
            missing = arn("lambda", call.region, self._backend.account, f"function:{name}{suffix}")
            raise AwsRefusal("ResourceNotFoundException", f"Function not found: {missing}", 404)
        kind = call.message.headers.get("x-amz-invocation-type", "RequestResponse")
        if kind == "DryRun":
            return Reply(204, b"", {})
        runs_here = str(function.run_time).startswith("python") and function.package_type == "Zip"
        if kind != "RequestResponse" or not (runs_here or self._runs.replacement):
            raise AwsRefusal("NotImplemented", f"the sandbox cannot run this function: {name} was not invoked", 501)
        role = self._directory.role(function.role)
        if role is None or not self._trust.admits_service(role, LAMBDA, {}):
            text = "The role defined for the function cannot be assumed by Lambda."
            raise AwsRefusal("AccessDeniedException", text, 403)
        try:
            event = parsed(call.message.body or b"{}")
        except ValueError as error:
            raise AwsRefusal(
                "InvalidRequestContentException", f"Could not parse request body into json: {error}"
            ) from error
        invocation = Invocation(
            name=name,
            version="$LATEST" if qualifier is None else str(function.version),
            region=call.region,
            role=role,
            handler=str(function.handler or ""),
            package=function.code_bytes if runs_here else b"",
            event=event,
            timeout=float(function.timeout),
            memory=int(function.memory_size),
            variables={str(key): str(value) for key, value in function.environment_vars.items()},
            shows_log=call.message.headers.get("x-amz-log-type") == "Tail",
        )
        return Later(lambda: self._runs.invoke(invocation))

    def _find(self, region: str, name: str, qualifier: str | None) -> Any:
        from moto.awslambda.exceptions import UnknownFunctionException
        from moto.awslambda_simple.models import lambda_simple_backends as lambda_backends

        try:
            return lambda_backends[self._backend.account][region].get_function(name, qualifier)
        except UnknownFunctionException:
            return None


def _revision(function: Any) -> str:
    """The revision ID of a function or of a version of it."""
    if not hasattr(function, "sandbox_revision"):
        function.sandbox_revision = str(uuid.uuid4())
    return str(function.sandbox_revision)


def _named(call: Call) -> tuple[str, str | None]:
    """The name and the qualifier of the function in the path of a call."""
    found = _IN_PATH.search(call.message.path)
    return ("", None) if found is None else _parts(unquote(found["name"]))


def _parts(name: str) -> tuple[str, str | None]:
    parts = _UNQUALIFIED.fullmatch(name)
    return ("", None) if parts is None else (parts["name"], parts["qualifier"])
