"""Whether a role can be assumed: its trust policy, as it is enforced by now.

IAM is eventually consistent: a role or trust policy that was just written reads back at once and counts a little later.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

from wizard.federation.trust import TrustCaller, decide
from wizard.federation.trust_conditions import Request, Value

from .directory import Role
from .identity import Key
from .policies.context import principal_values

ASSUME_ROLE = "sts:AssumeRole"
_ALWAYS = datetime.min.replace(tzinfo=UTC)


class Timing(Protocol):
    """The settings of the sandbox that concern AWS, in seconds.

    `operation` is how long a task takes until it runs, `task_session` how long the credentials of a task are good for.
    """

    latency: float
    propagation: float
    operation: float
    task_session: float


class Trust:
    """Evaluates trust policies, each from the time when it is enforced."""

    def __init__(self, settings: Timing, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock
        self._written: dict[str, list[tuple[datetime, str]]] = {}

    def created(self, role: Role) -> None:
        """The role is new: nobody can assume it until its trust policy is enforced."""
        self._written[role.id] = [(self._clock(), role.trust)]

    def changed(self, before: Role, after: Role) -> None:
        """The role has another trust policy; until it is enforced, the one before holds."""
        history = self._written.setdefault(before.id, [(_ALWAYS, before.trust)])
        history.append((self._clock(), after.trust))

    def names_key(self, role: Role, key: Key, session_name: str, external_id: str | None) -> bool:
        """Whether the trust policy names the user or the role session itself, rather than its account."""
        return self._admits_caller(role, key, "", session_name, external_id)

    def admits_key(self, role: Role, key: Key, session_name: str, external_id: str | None) -> bool:
        """Whether the trust policy admits a user or a role session, by itself or as part of its account."""
        return self._admits_caller(role, key, key.identity.account, session_name, external_id)

    def _admits_caller(self, role: Role, key: Key, account: str, session_name: str, external_id: str | None) -> bool:
        context = {**principal_values(key), "sts:RoleSessionName": session_name}
        if external_id is not None:
            context["sts:ExternalId"] = external_id
        caller = TrustCaller("aws", arn=key.identity.arn, account=account, role_arn=key.role_arn)
        return self._admits(role, caller, context)

    def admits_service(self, role: Role, service: str, context: Mapping[str, str]) -> bool:
        """Whether an AWS service may assume the role, sending these condition keys."""
        own = {"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": service}
        return self._admits(role, TrustCaller("service", service=service), {**own, **context})

    def _admits(self, role: Role, caller: TrustCaller, context: Mapping[str, Value]) -> bool:
        """Whether the enforced policy allows it. What it does not decide here admits nobody."""
        policy = self._enforced(role)
        if policy is None:
            return False
        now = self._clock()
        always: dict[str, Value] = {
            "aws:CurrentTime": now,
            "aws:EpochTime": str(int(now.timestamp())),
            "aws:SecureTransport": "true",
            "aws:ResourceAccount": role.arn.split(":")[4],
        }
        request = Request({**always, **context}, complete=True)
        return decide(json.loads(policy), caller, ASSUME_ROLE, request).allowed is True

    def _enforced(self, role: Role) -> str | None:
        history = self._written.get(role.id)
        if history is None:
            return role.trust
        limit = self._clock() - timedelta(seconds=self._settings.propagation)
        return next((trust for moment, trust in reversed(history) if moment <= limit), None)
