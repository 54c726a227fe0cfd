"""The unique ids of IAM entities, which begin as AWS's do; moto's do for roles only.

Source: IAM user guide, "Understanding unique ID prefixes".
"""

from __future__ import annotations

from typing import Any

from .backend import Backend
from .directory import Directory
from .handlers import Call, Handlers
from .identity import unique_id
from .messages import Reply

_LENGTH = 17
"""Of what follows the prefix."""
_CREATES = {
    "CreateGroup": ("group", "GroupName", "AGPA"),
    "CreateInstanceProfile": ("instance-profile", "InstanceProfileName", "AIPA"),
}
"""An action -> the kind of what it creates, the parameter with its name, and the prefix of its id."""
USER, POLICY = "AIDA", "ANPA"


def renamed(reply: Reply, entity: Any, prefix: str) -> Reply:
    """Give a new entity an id with this prefix; returns the reply with it."""
    before, entity.id = str(entity.id), prefix + unique_id(_LENGTH)
    return Reply(reply.status, reply.body.replace(before.encode(), entity.id.encode()), reply.headers)


class EntityIds:
    """CreateGroup and CreateInstanceProfile."""

    def __init__(self, backend: Backend, directory: Directory) -> None:
        self._backend = backend
        self._directory = directory
        self.handlers: Handlers = {("iam", action): self._create for action in _CREATES}

    def _create(self, call: Call) -> Reply:
        kind, parameter, prefix = _CREATES[call.action]
        reply = call.sent_to(self._backend)
        entity = self._directory.entity(kind, call.message.form.get(parameter, ""))
        return renamed(reply, entity, prefix) if reply.ok and entity is not None else reply
