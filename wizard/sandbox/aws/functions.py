"""AWS Lambda, where the gate adds to moto: a function is created only if its role lets Lambda in."""

from __future__ import annotations

from .backend import Backend
from .directory import Directory
from .errors import AwsRefusal
from .handlers import Call, Handlers
from .messages import Reply
from .trust import Trust

LAMBDA = "lambda.amazonaws.com"


class Functions:
    """CreateFunction."""

    def __init__(self, backend: Backend, directory: Directory, trust: Trust) -> None:
        self._backend = backend
        self._directory = directory
        self._trust = trust
        self.handlers: Handlers = {("lambda", "CreateFunction"): self._create}

    def _create(self, call: Call) -> Reply:
        role = self._directory.role(str(call.message.document.get("Role", "")))
        if role is None or not self._trust.admits_service(role, LAMBDA, {}):
            text = "The role defined for the function cannot be assumed by Lambda."
            raise AwsRefusal("InvalidParameterValueException", text, 400)
        return call.sent_to(self._backend)
