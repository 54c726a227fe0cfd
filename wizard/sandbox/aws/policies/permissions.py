"""Whether the policies of a caller allow a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from fnmatch import fnmatchcase

from wizard.federation.trust_conditions import Value

from ..directory import Directory
from ..errors import AwsRefusal, not_authorized
from ..handlers import Call
from ..identity import Key
from .context import principal_values, request_values
from .decision import Decision, NamedPolicy, Policies, decide
from .document import Question
from .passing import Passing
from .resources import Resources, condition_values

_FREE = frozenset({("sts", "GetCallerIdentity"), ("sts", "GetSessionToken")})
"""Calls that no policy limits. Source: AWS STS API reference."""
_TRUSTED = frozenset({("sts", "AssumeRole")})
"""Calls that are decided together with a trust policy."""
_ACTIONS = {
    ("lambda", "Invoke"): "lambda:InvokeFunction",
    ("lambda", "InvokeWithResponseStream"): "lambda:InvokeFunction",
}
"""An operation -> its action in policies, where that is not its name."""
_NOTHING = Policies()
_ALL = NamedPolicy("all", '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}')


class Permissions:
    """Evaluates the policies of the users and role sessions of one account."""

    def __init__(self, account: str, directory: Directory, clock: Callable[[], datetime]) -> None:
        self._account = account
        self._directory = directory
        self._clock = clock
        self.resources = Resources(account, directory)
        self._passing = Passing(account, directory)
        self.denied: dict[str, list[str]] = {}
        """Caller ARN -> patterns of the actions that its policies do not allow, such as iam:ListRoles."""

    def check(self, call: Call) -> None:
        """Raises AwsRefusal, in AWS's words, if the caller's policies do not allow the call. The root user may all."""
        name = (call.service.name, call.action)
        if self.is_denied(call.key.identity.arn, ":".join(name)):
            self._check_denied(call.key, ":".join(name), self.resources.of(call)[0])
        if call.key.kind == "root" or name in _FREE or name in _TRUSTED:
            return
        policies = self._policies(call.key)
        values = {**self._values(call.key, call.region), **condition_values(call)}
        action = _ACTIONS.get(name, ":".join(name))
        for resource in self.resources.of(call):
            _require(call.key, policies, Question(action, resource, values))
        for role, service in self._passing.roles(call):
            self._check_denied(call.key, "iam:PassRole", role)
            own = {"iam:PassedToService": service}
            _require(call.key, policies, Question("iam:PassRole", role, {**values, **own}))

    def is_denied(self, arn: str, action: str) -> bool:
        """Whether the scenario says that the policies of a caller do not allow an action."""
        return any(fnmatchcase(action, pattern) for pattern in self.denied.get(arn, []))

    def _check_denied(self, key: Key, action: str, resource: str) -> None:
        if self.is_denied(key.identity.arn, action):
            because = f"because no identity-based policy allows the {action} action"
            raise not_authorized(key.identity.arn, action, resource, because)

    def decide(
        self, key: Key, action: str, resource: str, region: str, values: Mapping[str, Value], *, named: bool = False
    ) -> Decision:
        """What the policies of a caller decide about a resource (an ARN); `values` are keys beside the usual ones.

        `named`: the resource's own policy allows it and names the caller. Then no identity policy has to allow it; for
        a role session, its boundary and its session policies still do.
        """
        owner = {"aws:ResourceAccount": resource.split(":")[4]}
        question = Question(action, resource, {**self._values(key, region), **owner, **values})
        policies = self._policies(key)
        decision = decide(policies, question)
        if not named or decision.outcome != "implicitDeny":
            return decision
        if key.kind == "user":
            return Decision("allowed")
        return decide(Policies((*policies.identity, _ALL), policies.boundary, policies.session), question)

    def _values(self, key: Key, region: str) -> dict[str, Value]:
        return {**principal_values(key), **request_values(self._clock(), region, self._account)}

    def _policies(self, key: Key) -> Policies:
        """The policies of a caller; one that was deleted has none."""
        found = self._directory.policies(key.role_arn or key.identity.arn) or _NOTHING
        if key.session_policies is None:
            return found
        session = tuple(NamedPolicy("session policy", text) for text in key.session_policies)
        return Policies(found.identity, found.boundary, session)


def _require(key: Key, policies: Policies, question: Question) -> None:
    decision = decide(policies, question)
    if not decision.allowed:
        raise refused(key, question.action, question.resource, decision)


def refused(key: Key, action: str, resource: str, decision: Decision) -> AwsRefusal:
    """The refusal for what the policies of a caller do not allow."""
    return not_authorized(key.identity.arn, action, resource, decision.because)
