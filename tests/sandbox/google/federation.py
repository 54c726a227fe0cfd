"""A Google side in this process, with an AWS that knows two callers, and a clock that the test moves."""

import asyncio
import base64
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.sandbox.google.signing import Signer, encoded
from wizard.sandbox.aws.identity import CallerIdentity, Key
from wizard.sandbox.aws.messages import message
from wizard.sandbox.aws.signature import verify
from wizard.sandbox.google.apis import MOUNTS
from wizard.sandbox.google.calls import Request
from wizard.sandbox.google.gateway import Answer, Gateway
from wizard.sandbox.model.callers import CLOUD_PLATFORM, Caller
from wizard.sandbox.model.policy import Binding
from wizard.sandbox.model.projects import Project
from wizard.sandbox.model.service_accounts import ServiceAccount
from wizard.sandbox.model.world import Settings, World

NUMBER = "123456789012"
PROJECT = "acme-analytics"
ACCOUNT = "111122223333"
ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/rds-to-bigquery"
TASK = "0123456789abcdef0123456789abcdef"
POOL = f"projects/{NUMBER}/locations/global/workloadIdentityPools/aws-prod"
AUDIENCE = f"//iam.googleapis.com/{POOL}/providers/aws-{ACCOUNT}"
LOADER = f"loader@{PROJECT}.iam.gserviceaccount.com"
BASIC = "Basic " + base64.b64encode(b"client:secret").decode()


def refused(answer: Answer, error: str, text: str | None = None, status: int = 400) -> None:
    """The answer is that OAuth error; the text is compared where Google's is known."""
    assert (answer.status, answer.body["error"]) == (status, error), answer
    assert sorted(answer.body) == ["error", "error_description"]
    if text is not None:
        assert answer.body["error_description"] == text


class Aws:
    """AWS, as far as the token service asks it."""

    def __init__(self) -> None:
        self.keys: dict[str, Key] = {}

    def signer(self, arn: str, *, account: str = ACCOUNT, temporary: bool = True) -> Signer:
        """A caller of this AWS."""
        key_id, token = f"ASIAEXAMPLE{len(self.keys)}", "SESSION==" if temporary else None
        identity = CallerIdentity(account, arn, f"AROAEXAMPLE:{TASK}")
        self.keys[key_id] = Key(key_id, "secret/EXAMPLE", identity, "role", token=token)
        return Signer(key_id, "secret/EXAMPLE", token)

    def identify(self, method: str, url: str, headers: Any, body: bytes, now: datetime) -> CallerIdentity:
        """Who signed the request."""
        return verify(message(method, url, headers, body), self.keys.get, now)[1].identity


@dataclass
class Federation:
    """The world, and ways to call it."""

    now: datetime = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        self.world = World(self.settings, clock=lambda: self.now)
        self.aws = self.world.aws = Aws()
        services = {f"{name}.googleapis.com" for name in ("iam", "sts", "iamcredentials", "bigquery")}
        self.project = Project(PROJECT, NUMBER, "Acme Analytics", self.now, enabled=services)
        self.world.projects.add(self.project)
        self.gateway = Gateway(self.world, [replace(mount, quota_project=False) for mount in MOUNTS])
        self.grants: list[Binding] = []
        self.grant("roles/owner", "user:operator@acme.example")
        self.operator = self.login("user:operator@acme.example")
        self.caller = self.aws.signer(f"{ROLE}/{TASK}")

    def login(self, member: str) -> str:
        """An access token of a user."""
        return self.world.tokens.issue(Caller("user", member, None, (CLOUD_PLATFORM,), self.now), 86400)[0]

    def grant(self, role: str, *members: str) -> None:
        """Give a role on the project, enforced at once."""
        self.grants.append(Binding(role, members))
        self.project.policy.seed(tuple(self.grants), self.now)

    def pass_time(self, **span: float) -> None:
        """Move the clock; the operator logs in again."""
        self.now += timedelta(**span)
        self.operator = self.login("user:operator@acme.example")

    def account(self, *members: str) -> ServiceAccount:
        """A service account that these members may impersonate."""
        account = ServiceAccount(PROJECT, "loader", "100000000000000000001", "MDEwMjE5MjA=")
        account.policy.seed((Binding("roles/iam.workloadIdentityUser", members),), self.now)
        self.project.service_accounts[account.email] = account
        return account

    def request(self, method: str, target: str, body: Any = None, token: str | None = "", **headers: str) -> Answer:
        """Call PREFIX/PATH?QUERY: as the operator unless told otherwise; a dict is sent as JSON, bytes as a form."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            sent["authorization"] = f"Bearer {token or self.operator}"
        sent["content-type"] = "application/x-www-form-urlencoded" if isinstance(body, bytes) else "application/json"
        raw = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        parts = urlsplit(target)
        prefix, _, path = parts.path.partition("/")
        query: dict[str, list[str]] = {}
        for key, value in parse_qsl(parts.query, keep_blank_values=True):
            query.setdefault(key, []).append(value)
        return asyncio.run(self.gateway.answer(prefix, Request(method, "/" + path, query, sent, raw)))

    def ok(self, method: str, target: str, body: Any = None, **more: Any) -> Any:
        """The same for calls that succeed: the body of the answer."""
        answer = self.request(method, target, body, **more)
        assert answer.status == 200, answer
        return answer.body

    def form(self, **changes: str | None) -> dict[str, str]:
        """The fields of a token exchange that succeeds, but for the changes; None takes a field away."""
        fields = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "audience": AUDIENCE,
            "scope": CLOUD_PLATFORM,
            "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "subject_token_type": "urn:ietf:params:aws:token-type:aws4_request",
            "subject_token": encoded(self.caller.request(AUDIENCE, self.now)),
            **changes,
        }
        return {key: value for key, value in fields.items() if value is not None}

    def exchange(self, **changes: str | None) -> Answer:
        """Ask for a federated token as clients do."""
        return self.request("POST", "sts/v1/token", urlencode(self.form(**changes)).encode(), token=None)

    def federated(self) -> str:
        """A federated token."""
        return str(self.exchange().body["access_token"])

    def provide(self, **provider: Any) -> None:
        """The pool and its AWS provider, as the defaults have it but for the given fields."""
        document = {"aws": {"accountId": ACCOUNT}, **provider}
        self.ok(
            "POST",
            f"iam/v1/projects/{PROJECT}/locations/global/workloadIdentityPools?workloadIdentityPoolId=aws-prod",
            {},
        )
        self.ok("POST", f"iam/v1/{POOL}/providers?workloadIdentityPoolProviderId=aws-{ACCOUNT}", document)
