"""Clients of a sandbox: over HTTP to a process, and straight into a world in this process, with a clock to turn."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from wizard.sandbox.google.apis import MOUNTS
from wizard.sandbox.google.calls import Request
from wizard.sandbox.google.gateway import Answer, Gateway
from wizard.sandbox.model.callers import CLOUD_PLATFORM, Caller
from wizard.sandbox.model.world import World
from wizard.sandbox.process import Sandbox

GCLOUD = {"x-goog-user-project": "", "user-agent": "google-cloud-sdk gcloud/528.0.0"}
"""What tells gcloud from the wizard: it names no quota project, and says who it is."""

OPERATOR = "user:operator@acme.example"

WORLD = """
title: a project with its APIs on
google:
  operator: user:operator@acme.example
  projects:
  - id: acme-analytics
    number: "123456789012"
    name: Acme Analytics
    services:
    - bigquery.googleapis.com
    - cloudresourcemanager.googleapis.com
    - iam.googleapis.com
    - iamcredentials.googleapis.com
    - serviceusage.googleapis.com
    policy:
    - {role: roles/owner, members: ["user:operator@acme.example"]}
    - {role: roles/viewer, members: ["user:reader@acme.example"]}
    service_accounts:
    - id: nightly-load
      display_name: Nightly load
      keys: ["5f0c1d2e3b4a59687766554433221100ffeeddcc"]
    pools:
    - id: aws-prod
    - id: aws-gone
      deleted: true
  - id: acme-elsewhere
    number: "210987654321"
    name: Acme Elsewhere
"""


@dataclass
class Google:
    """The operator's HTTP client, with a quota project as the wizard sends it."""

    sandbox: Sandbox
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def base(self) -> str:
        return self.sandbox.variables["HTTPS_PROXY"]

    @property
    def token(self) -> str:
        return Path(self.sandbox.variables["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"]).read_text()

    def __call__(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str | None] | None = None
    ) -> requests.Response:
        own = {"authorization": f"Bearer {self.token}", "x-goog-user-project": "acme-analytics", **(headers or {})}
        return self.session.request(method, self.base + path, json=body, headers=own, timeout=10)


class Clock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Cloud:
    """A world in this process: calls take the gateway's whole way."""

    world: World
    clock: Clock
    operator: str

    def __call__(
        self,
        method: str,
        url: str,
        body: Any = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        parts = urlsplit(url)
        prefix, _, rest = parts.path.lstrip("/").partition("/")
        own = {"authorization": f"Bearer {token or self.operator}", "x-goog-user-project": "acme-analytics"}
        data = b"" if body is None else json.dumps(body).encode()
        request = Request(method, f"/{rest}", parse_qs(parts.query), {**own, **(headers or {})}, data)
        return asyncio.run(Gateway(self.world, MOUNTS).answer(prefix, request))

    def token(self, member: str, *scopes: str, identity: Any = None) -> str:
        """A token for that member, issued by the way."""
        kind = "federated" if identity else member.partition(":")[0]
        caller = Caller(kind, member, identity, scopes or (CLOUD_PLATFORM,), self.clock())  # type: ignore[arg-type]
        return self.world.tokens.issue(caller, 3600)[0]

    def bindings(self, *bindings: Mapping[str, Any], path: str = "projects/acme-analytics") -> Answer:
        """Set the policy of the project, keeping the operator and the reader."""
        kept = [
            {"role": "roles/owner", "members": [OPERATOR]},
            {"role": "roles/viewer", "members": ["user:reader@acme.example"]},
        ]
        policy = {"version": 3, "bindings": [*kept, *bindings]}
        return self("POST", f"/cloudresourcemanager/v1/{path}:setIamPolicy", {"policy": policy})
