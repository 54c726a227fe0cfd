"""AWS Lambda, where the gate adds to moto: a function is created only if its role lets Lambda in, and never runs."""

from __future__ import annotations

import re
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
_INVOKED = re.compile(r"/functions/(?P<name>[^/]+)/")
_UNQUALIFIED = re.compile(r"(?:.*:function:)?(?P<name>[\w-]+)(?::(?P<qualifier>[\w$-]+))?", re.ASCII)
"""A function by name, by ARN or by part of an ARN, with a version or an alias after it or not."""


class Functions:
    """CreateFunction and Invoke."""

    def __init__(self, backend: Backend, directory: Directory, trust: Trust) -> None:
        self._backend = backend
        self._directory = directory
        self._trust = trust
        self.handlers: Handlers = {("lambda", "CreateFunction"): self._create, ("lambda", "Invoke"): self._invoke}

    def _create(self, call: Call) -> Reply:
        role = self._directory.role(str(call.message.document.get("Role", "")))
        if role is None or not self._trust.admits_service(role, LAMBDA, {}):
            text = "The role defined for the function cannot be assumed by Lambda."
            raise AwsRefusal("InvalidParameterValueException", text, 400)
        return call.sent_to(self._backend)

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


def _named(call: Call) -> tuple[str, str | None]:
    """The name and the qualifier of the function in the path of a call."""
    found = _INVOKED.search(call.message.path)
    parts = _UNQUALIFIED.fullmatch(unquote(found["name"])) if found is not None else None
    return ("", None) if parts is None else (parts["name"], parts["qualifier"])
