"""The calls of IAM that name managed policies: those that AWS manages are there for all of them."""

from __future__ import annotations

from .backend import Backend
from .directory import Directory
from .entity_ids import POLICY, USER, renamed
from .errors import AwsRefusal, not_authorized
from .handlers import Call, Handlers
from .messages import Reply
from .policies import holders
from .protocols import answer

_NAMING = (
    *("GetPolicy", "GetPolicyVersion", "ListPolicyVersions", "ListEntitiesForPolicy", "ListPolicyTags"),
    *("AttachUserPolicy", "AttachGroupPolicy", "AttachRolePolicy"),
    "PutRolePermissionsBoundary",
)
_CHANGING = ("CreatePolicyVersion", "DeletePolicyVersion", "SetDefaultPolicyVersion")
_PARAMETERS = ("PolicyArn", "PermissionsBoundary")


class ManagedPolicies:
    """The actions that name a managed policy, ListPolicies, and the permissions boundaries of users."""

    def __init__(self, backend: Backend, directory: Directory) -> None:
        self._backend = backend
        self._directory = directory
        self.handlers: Handlers = {
            **{("iam", action): self._with_policies for action in _NAMING},
            ("iam", "CreateUser"): self._create_user,
            ("iam", "CreatePolicy"): self._create_policy,
            ("iam", "DeletePolicy"): self._delete_policy,
            **{("iam", action): self._change_policy for action in _CHANGING},
            ("iam", "ListPolicies"): self._list_policies,
            ("iam", "PutUserPermissionsBoundary"): self._put_user_boundary,
            ("iam", "DeleteUserPermissionsBoundary"): self._delete_user_boundary,
        }

    def _with_policies(self, call: Call) -> Reply:
        self.load(call)
        return call.sent_to(self._backend)

    def _create_user(self, call: Call) -> Reply:
        boundary = self.load(call)
        reply = call.sent_to(self._backend)
        if not reply.ok:
            return reply
        user = self._user(call)
        holders.set_boundary(user, boundary)
        return renamed(reply, user, USER)

    def _create_policy(self, call: Call) -> Reply:
        reply = call.sent_to(self._backend)
        policy = self._directory.created_policy() if reply.ok else None
        return reply if policy is None else renamed(reply, policy, POLICY)

    def load(self, call: Call) -> str | None:
        """Load the managed policies that a call names; returns its permissions boundary, if any. Raises AwsRefusal."""
        form = call.message.form
        self._directory.load_managed(form[name] for name in _PARAMETERS if name in form)
        boundary = form.get("PermissionsBoundary")
        if boundary is not None and self._directory.managed_policy(boundary) is None:
            raise AwsRefusal("NoSuchEntity", f"Policy {boundary} does not exist or is not attachable.", 404)
        return boundary

    def _change_policy(self, call: Call) -> Reply:
        """Refused for a policy that AWS manages."""
        arn = call.message.form.get("PolicyArn", "")
        if ":iam::aws:policy/" in arn:
            raise not_authorized(call.key.identity.arn, f"iam:{call.action}", arn)
        return call.sent_to(self._backend)

    def _delete_policy(self, call: Call) -> Reply:
        if self._directory.is_attached(call.message.form.get("PolicyArn", "")):
            raise AwsRefusal("DeleteConflict", "Cannot delete a policy attached to entities.", 409)
        return self._change_policy(call)

    def _list_policies(self, call: Call) -> Reply:
        if call.message.form.get("Scope", "All") != "Local":
            self._directory.load_all_managed()
        return call.sent_to(self._backend)

    def _put_user_boundary(self, call: Call) -> Reply:
        boundary = self.load(call)
        holders.set_boundary(self._user(call), boundary)
        return answer(call.service, call.action, {})

    def _delete_user_boundary(self, call: Call) -> Reply:
        holders.set_boundary(self._user(call), None)
        return answer(call.service, call.action, {})

    def _user(self, call: Call) -> object:
        name = call.message.form.get("UserName", "")
        user = self._directory.entity("user", name)
        if user is None:
            raise AwsRefusal("NoSuchEntity", f"The user with name {name} cannot be found.", 404)
        return user
