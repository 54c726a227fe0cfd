"""IAM, where the gate adds to moto: trust policies are checked, and enforced after the propagation time."""

from __future__ import annotations

from .backend import Backend
from .directory import Directory
from .errors import AwsRefusal
from .handlers import Call, Handlers
from .managed_policies import ManagedPolicies
from .messages import Reply
from .roles import check_modifiable, check_role, check_trust
from .trust import Trust


class Iam:
    """CreateRole and UpdateAssumeRolePolicy."""

    def __init__(self, backend: Backend, directory: Directory, trust: Trust, managed: ManagedPolicies) -> None:
        self._managed = managed
        self._backend = backend
        self._directory = directory
        self._trust = trust
        self.handlers: Handlers = {
            ("iam", "CreateRole"): self._create_role,
            ("iam", "UpdateAssumeRolePolicy"): self._update_trust,
        }

    def _create_role(self, call: Call) -> Reply:
        check_role(call.message.form)
        self._check_trust(call.message.form.get("AssumeRolePolicyDocument", ""))
        self._managed.load(call)
        reply = call.sent_to(self._backend)
        role = self._directory.role_named(call.message.form["RoleName"])
        if reply.ok and role is not None:
            self._trust.created(role)
        return reply

    def _update_trust(self, call: Call) -> Reply:
        name = call.message.form.get("RoleName", "")
        before = self._directory.role_named(name)
        if before is None:
            raise AwsRefusal("NoSuchEntity", f"The role with name {name} cannot be found.", 404)
        check_modifiable(before.arn, name)
        self._check_trust(call.message.form.get("PolicyDocument", ""))
        reply = call.sent_to(self._backend)
        after = self._directory.role_named(name)
        if reply.ok and after is not None:
            self._trust.changed(before, after)
        return reply

    def _check_trust(self, document: str) -> None:
        check_trust(document, self._directory, self._backend.account)
