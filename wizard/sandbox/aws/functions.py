"""AWS Lambda, where the gate adds to moto: a function has a role only if that lets Lambda in, and it never runs."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any
from urllib.parse import unquote

from .arns import arn
from .backend import Backend
from .directory import Directory
from .errors import AwsRefusal
from .handlers import Call, Handlers
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

    def __init__(self, backend: Backend, directory: Directory, trust: Trust) -> None:
        self._backend = backend
        self._directory = directory
        self._trust = trust
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

    def _invoke(self, call: Call) -> Reply:
        """Refuse: a function that does not exist is not found, one that exists cannot run here; a dry run passes."""
        name, qualifier = _named(call)
        qualifier = call.message.query.get("Qualifier") or qualifier
        if self._find(call.region, name, qualifier) is None:
            suffix = f":{qualifier}" if qualifier else ""
            missing = arn("lambda", call.region, self._backend.account, f"function:{name}{suffix}")
            raise AwsRefusal("ResourceNotFoundException", f"Function not found: {missing}", 404)
        if call.message.headers.get("x-amz-invocation-type") == "DryRun":
            return Reply(204, b"", {})
        raise AwsRefusal("NotImplemented", f"the sandbox does not run functions: {name} was not invoked", 501)

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
