"""IAM Service Account Credentials v1: access tokens of service accounts, for callers that can impersonate them."""

from __future__ import annotations

import re
from dataclasses import replace

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.callers import Caller
from wizard.sandbox.model.service_accounts import ServiceAccount

from .calls import Call, Route
from .errors import failed_precondition, invalid, not_found

SERVICE = "iamcredentials.googleapis.com"
HOUR = 3600
EXTENDED = 43200
"""The longest lifetime, in seconds, where an organization policy allows more than an hour; none does here."""

_ACCOUNT = re.compile(r"[^@\s'\"]+@[a-z0-9.-]+|[0-9]+")
_DELEGATE = re.compile(r"projects/[^/]+/serviceAccounts/[^/]+")
_LIFETIME = re.compile(r"([0-9]{1,9})(?:\.[0-9]{1,9})?s")


def generate_access_token(call: Call) -> JSON:
    """projects.serviceAccounts.generateAccessToken: delegates, scope, lifetime -> accessToken, expireTime.

    Each account of the delegation chain must admit the one before it; the first must admit the caller.
    """
    document = call.document()
    scopes, lifetime = _scopes(document.get("scope")), _lifetime(document.get("lifetime"))
    *delegates, target = [_account(call, name) for name in (*_delegates(document), call.params["email"])]
    asking = call
    for delegate in delegates:
        asking = _through(asking, delegate, "iam.serviceAccounts.implicitDelegation")
    asking = _through(asking, target, "iam.serviceAccounts.getAccessToken")
    caller = Caller("serviceAccount", f"serviceAccount:{target.email}", None, scopes, call.world.clock())
    token, expires = call.world.tokens.issue(caller, lifetime)
    return {"accessToken": token, "expireTime": expires.strftime("%Y-%m-%dT%H:%M:%SZ")}


def _through(call: Call, account: ServiceAccount, permission: str) -> Call:
    """The call as the account would make it, if the caller has the permission on the account (else GoogleError 403)."""
    call.require(permission, call.project(account.project_id), policy=account.policy)
    if account.disabled:
        raise failed_precondition("The service account is disabled.")
    return replace(
        call, caller=Caller("serviceAccount", f"serviceAccount:{account.email}", None, (), call.world.clock())
    )


def _account(call: Call, email: str) -> ServiceAccount:
    if not _ACCOUNT.fullmatch(email):
        raise invalid("Invalid service account name.")
    account = call.world.projects.account(email)
    if account is None:
        raise not_found(f"Not found; Gaia id not found for email {email}")
    return account


def _delegates(document: dict[str, JSON]) -> list[str]:
    """The email addresses of the chain; google-auth sends null where there is none."""
    names = document.get("delegates") or []
    if not isinstance(names, list) or not all(isinstance(name, str) and _DELEGATE.fullmatch(name) for name in names):
        raise invalid("delegates must be names of service accounts.")
    return [name.rpartition("/")[2] for name in names]


def _scopes(scope: JSON) -> tuple[str, ...]:
    if not isinstance(scope, list) or not scope or not all(isinstance(each, str) and each for each in scope):
        raise invalid("At least one scope is needed.")
    return tuple(scope)


def _lifetime(text: JSON) -> int:
    if text is None:
        return HOUR
    found = _LIFETIME.fullmatch(text) if isinstance(text, str) else None
    seconds = int(found[1]) if found is not None else 0
    if not 0 < seconds <= EXTENDED:
        raise invalid("The lifetime must be a number of seconds such as 3600s, at most 43200s.")
    if seconds > HOUR:
        raise invalid("A lifetime of more than 3600s needs an organization policy that allows it for this account.")
    return seconds


ROUTES = [
    # A token changes nothing in the project, so it counts as a read.
    Route("POST", "/v1/projects/{project}/serviceAccounts/{email}:generateAccessToken", generate_access_token, "read"),
]
