"""A world with GKE clusters in this process, and the tokens of their service accounts."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from tests.sandbox.clients import Clock
from wizard.sandbox.faults import Fault, Faults
from wizard.sandbox.google.apis import MOUNTS
from wizard.sandbox.google.calls import Request
from wizard.sandbox.google.gateway import Answer, Gateway
from wizard.sandbox.model.callers import CLOUD_PLATFORM, Caller
from wizard.sandbox.model.clusters import Cluster
from wizard.sandbox.model.world import Settings, World
from wizard.sandbox.scenario import parse
from wizard.sandbox.seeding import operator_token, seed

PROJECT = "acme-payments"
NUMBER = "210987654321"
POOL = f"{PROJECT}.svc.id.goog"
POOL_NAME = f"projects/{NUMBER}/locations/global/workloadIdentityPools/{POOL}"
PAYMENTS = f"container/v1/projects/{PROJECT}/locations/asia-northeast1/clusters/payments"
ISSUER = f"https://container.googleapis.com/v1/projects/{PROJECT}/locations/asia-northeast1/clusters/payments"
AUDIENCE = f"identitynamespace:{POOL}:{ISSUER}"
SCORER = f"principal://iam.googleapis.com/{POOL_NAME}/subject/ns/anti-fraud/sa/scorer"
UID = "6f1f0f3e-2c1d-4a54-9a77-0c9a3a1f6a10"

WORLD = f"""
title: a project with a cluster of each kind
google:
  operator: user:operator@acme.example
  projects:
  - id: {PROJECT}
    number: "{NUMBER}"
    services:
    - cloudresourcemanager.googleapis.com
    - container.googleapis.com
    - iam.googleapis.com
    - iamcredentials.googleapis.com
    - spanner.googleapis.com
    policy:
    - {{role: roles/owner, members: ["user:operator@acme.example"]}}
    - role: roles/container.clusterViewer
      members: ["serviceAccount:viewer@{PROJECT}.iam.gserviceaccount.com"]
    service_accounts:
    - id: scorer
    - id: viewer
    clusters:
    - name: payments
      location: asia-northeast1
      node_pools:
      - {{name: default-pool, nodes: 3, machine_type: e2-standard-4}}
      - {{name: batch-pool, nodes: 2}}
    - name: zonal
      location: us-central1-a
      node_pools:
      - {{name: default-pool}}
"""
AUTOPILOT = """
    - name: automatic
      location: asia-northeast1
      autopilot: true
      private_endpoint: 127.0.0.1:9
      node_pools:
      - {name: default-pool, nodes: 3}
"""


@dataclass
class Keys:
    """A cluster's key: it signs tokens, and tells what is in those that it signed."""

    private: RSAPrivateKey = field(default_factory=lambda: generate_private_key(65537, 2048))

    def sign(self, claims: Any) -> str:
        """A JWT, RS256, with these claims."""
        head = ".".join(_encoded(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": "one"}, claims))
        return f"{head}.{_encoded(self.private.sign(head.encode(), PKCS1v15(), SHA256()))}"

    def claims(self, token: str) -> dict[str, Any]:
        """The claims of a token that this key signed; ValueError otherwise."""
        head, _, signature = token.rpartition(".")
        try:
            self.private.public_key().verify(_decoded(signature), head.encode(), PKCS1v15(), SHA256())
        except InvalidSignature as error:
            raise ValueError("signature") from error
        found = json.loads(_decoded(head.partition(".")[2]))
        assert isinstance(found, dict)
        return found


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Gke:
    """The world and ways to call it; its clock moves when told to."""

    text: str = WORLD
    settings: Settings = field(default_factory=Settings)
    faults: tuple[Fault, ...] = ()

    def __post_init__(self) -> None:
        self.clock = Clock()
        self.world = World(self.settings, clock=self.clock, faults=Faults(self.faults))
        google = parse("world", self.text).google
        seed(self.world, google)
        self.operator = operator_token(self.world, google)
        self.gateway = Gateway(self.world, MOUNTS)

    @property
    def payments(self) -> Cluster:
        """The Standard cluster."""
        cluster = self.world.clusters.find(PROJECT, "asia-northeast1", "payments")
        assert cluster is not None
        return cluster

    async def answer(self, method: str, target: str, body: Any = None, token: str | None = None) -> Answer:
        """Call PREFIX/PATH?QUERY, as the operator unless told otherwise; bytes are sent as a form."""
        parts = urlsplit(target)
        prefix, _, path = parts.path.partition("/")
        headers = {"x-goog-user-project": PROJECT, "authorization": f"Bearer {token or self.operator}"}
        if isinstance(body, bytes):
            headers = {"content-type": "application/x-www-form-urlencoded"}
        elif token is not None:
            del headers["x-goog-user-project"]
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return await self.gateway.answer(prefix, Request(method, f"/{path}", parse_qs(parts.query), headers, data))

    async def ok(self, method: str, target: str, body: Any = None, token: str | None = None) -> Any:
        """The same for calls that succeed: the body of the answer."""
        answer = await self.answer(method, target, body, token)
        assert answer.status == 200, answer
        return answer.body

    async def refused(self, method: str, target: str, body: Any = None, token: str | None = None) -> tuple[Any, ...]:
        """The same for calls that fail: status, reason and message."""
        answer = await self.answer(method, target, body, token)
        assert answer.status != 200, answer
        return answer.status, answer.body["error"]["status"], answer.body["error"]["message"]

    async def switch_on(self) -> Any:
        """Let the Standard cluster join the project's pool: the answer."""
        return await self.ok("PUT", PAYMENTS, wanted_pool(POOL))

    async def grant(self, target: str, role: str, *members: str) -> Answer:
        """Put a binding on the project or on a service account, keeping those that are there."""
        policy = await self.ok("POST", f"{target}:getIamPolicy")
        bindings = [*policy.get("bindings", []), {"role": role, "members": list(members)}]
        return await self.answer("POST", f"{target}:setIamPolicy", {"policy": {**policy, "bindings": bindings}})

    def login(self, member: str) -> str:
        """An access token of a service account."""
        caller = Caller("serviceAccount", member, None, (CLOUD_PLATFORM,), self.clock())
        return self.world.tokens.issue(caller, 3600)[0]

    def claims(self, **changes: Any) -> dict[str, Any]:
        """What is in a token of anti-fraud/scorer, but for the changes; None takes a claim away."""
        now = int(self.clock().timestamp())
        claims = {
            "aud": [POOL],
            "exp": now + 3600,
            "iat": now,
            "iss": ISSUER,
            "kubernetes.io": {"namespace": "anti-fraud", "serviceaccount": {"name": "scorer", "uid": UID}},
            "sub": "system:serviceaccount:anti-fraud:scorer",
            **changes,
        }
        return {key: value for key, value in claims.items() if value is not None}

    async def exchange(self, token: str, **changes: str) -> Answer:
        """Ask for a federated token as Google's CSI driver does."""
        fields = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "audience": AUDIENCE,
            "scope": CLOUD_PLATFORM,
            "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "subject_token": token,
            **changes,
        }
        return await self.answer("POST", "sts/v1/token", urlencode(fields).encode())


def wanted_pool(pool: str) -> Any:
    """The body of gcloud's update of a cluster."""
    return {"update": {"desiredWorkloadIdentityConfig": {"workloadPool": pool}}}


def wanted_mode(mode: str) -> Any:
    """The body of gcloud's update of a node pool."""
    return {"name": "as gcloud sends it", "workloadMetadataConfig": {"mode": mode}}
