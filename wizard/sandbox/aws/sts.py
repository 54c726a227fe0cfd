"""AWS STS: GetCallerIdentity, AssumeRole, GetSessionToken, with the rules that moto does not have.

Source of the rules and texts: AWS STS API reference, AssumeRole; IAM user guide, "Methods to assume a role".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from .directory import Directory, Role
from .errors import AwsRefusal, not_authorized, out_of_bounds
from .handlers import Call, Handlers
from .identity import CallerIdentity, Key, Sessions
from .messages import Reply
from .policies.permissions import Permissions, refused
from .protocols import answer
from .session_policies import session_policies
from .trust import ASSUME_ROLE, Trust

SHORTEST_SESSION = 900
LONGEST_SESSION = 43_200
CHAINED_SESSION = 3_600
_SESSION_NAME = re.compile(r"[\w+=,.@-]*", re.ASCII)
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/\S+", re.ASCII)
_TOKEN_SECONDS = 43_200
_LONGEST_TOKEN = 129_600

Parameters = Mapping[str, str]
Result = dict[str, Any]


class Sts:
    """The actions of STS, and the sessions of roles."""

    def __init__(
        self,
        directory: Directory,
        sessions: Sessions,
        trust: Trust,
        permissions: Permissions,
        clock: Callable[[], datetime],
    ) -> None:
        self._directory = directory
        self._sessions = sessions
        self._trust = trust
        self._permissions = permissions
        self._clock = clock
        self.handlers: Handlers = {
            ("sts", "GetCallerIdentity"): self._get_caller_identity,
            ("sts", "AssumeRole"): self._assume_role,
            ("sts", "GetSessionToken"): self._get_session_token,
        }

    def session(self, role: Role, name: str, seconds: int, policies: tuple[str, ...] | None = None) -> Key:
        """Temporary keys of a role session; the caller checks first whether the role admits it.

        `policies` are session policies (JSON texts), which limit it.
        """
        _, partition, _, _, account, _ = role.arn.split(":", 5)
        arn = f"arn:{partition}:sts::{account}:assumed-role/{role.name}/{name}"
        identity = CallerIdentity(account, arn, f"{role.id}:{name}")
        return self._sessions.issue(identity, "role", self._clock(), seconds, role.arn, policies)

    def _get_caller_identity(self, call: Call) -> Reply:
        who = call.key.identity
        return _answer(call, {"UserId": who.userid, "Account": who.account, "Arn": who.arn})

    def _assume_role(self, call: Call) -> Reply:
        key, parameters = call.key, call.message.form
        arn, name = parameters.get("RoleArn", ""), parameters.get("RoleSessionName", "")
        seconds = _seconds(parameters.get("DurationSeconds", "3600"))
        _check(arn, name, seconds)
        if key.kind == "root":
            raise AwsRefusal("AccessDenied", "Roles may not be assumed by root accounts.", 403)
        role = self._admitting(call, arn, name)
        _check_limit(role, key, seconds)
        session = self.session(role, name, seconds, session_policies(parameters, self._directory))
        user = {"AssumedRoleId": session.identity.userid, "Arn": session.identity.arn}
        return _answer(call, {"AssumedRoleUser": user, "Credentials": _credentials(session)})

    def _admitting(self, call: Call, arn: str, name: str) -> Role:
        """The role, if the caller may assume it. Raises AwsRefusal.

        A trust policy that names the caller itself is enough; one that names its account leaves it to the caller's own
        policies. Source: IAM user guide, "Policy evaluation for requests within a single account".
        """
        key, external_id = call.key, call.message.form.get("ExternalId")
        values = {"sts:RoleSessionName": name}
        if external_id is not None:
            values["sts:ExternalId"] = external_id
        role = self._directory.role(arn)
        named = role is not None and self._trust.names_key(role, key, name, external_id)
        decision = self._permissions.decide(key, ASSUME_ROLE, arn, call.region, values, named=named)
        if decision.outcome == "explicitDeny":
            raise refused(key, ASSUME_ROLE, arn, decision)
        if role is not None and not self._trust.admits_key(role, key, name, external_id):
            raise not_authorized(key.identity.arn, ASSUME_ROLE, arn)
        if not decision.allowed:
            raise refused(key, ASSUME_ROLE, arn, decision)
        if role is None:
            raise not_authorized(key.identity.arn, ASSUME_ROLE, arn)
        return role

    def _get_session_token(self, call: Call) -> Reply:
        key = call.key
        if key.kind == "role" or key.token is not None:
            raise AwsRefusal("AccessDenied", "Cannot call GetSessionToken with session credentials", 403)
        seconds = _seconds(call.message.form.get("DurationSeconds", str(_TOKEN_SECONDS)))
        _check_duration(seconds, _LONGEST_TOKEN)
        session = self._sessions.issue(key.identity, key.kind, self._clock(), seconds, None)
        return _answer(call, {"Credentials": _credentials(session)})


def _answer(call: Call, result: Result) -> Reply:
    return answer(call.service, call.action, result)


def _credentials(session: Key) -> Result:
    assert session.expires is not None  # a session's key always ends
    return {
        "AccessKeyId": session.access_key_id,
        "SecretAccessKey": session.secret_access_key,
        "SessionToken": session.token,
        "Expiration": session.expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _seconds(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise AwsRefusal("MalformedInput", "", 400) from None


def _check(arn: str, name: str, seconds: int) -> None:
    if not _ROLE_ARN.fullmatch(arn):
        raise AwsRefusal("ValidationError", "Request ARN is invalid", 400)
    if len(name) < 2:
        raise out_of_bounds(name, "roleSessionName", "Member must have length greater than or equal to 2")
    if len(name) > 64:
        raise out_of_bounds(name, "roleSessionName", "Member must have length less than or equal to 64")
    if not _SESSION_NAME.fullmatch(name):
        constraint = r"Member must satisfy regular expression pattern: [\w+=,.@-]*"
        raise out_of_bounds(name, "roleSessionName", constraint)
    _check_duration(seconds, LONGEST_SESSION)


def _check_duration(seconds: int, longest: int) -> None:
    if seconds < SHORTEST_SESSION:
        constraint = f"Member must have value greater than or equal to {SHORTEST_SESSION}"
        raise out_of_bounds(seconds, "durationSeconds", constraint)
    if seconds > longest:
        raise out_of_bounds(seconds, "durationSeconds", f"Member must have value less than or equal to {longest}")


def _check_limit(role: Role, key: Key, seconds: int) -> None:
    if key.kind == "role" and seconds > CHAINED_SESSION:
        text = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
        raise AwsRefusal("ValidationError", text, 400)
    if seconds > role.max_session:
        text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        raise AwsRefusal("ValidationError", text, 400)
