"""Who a pod is to Google, as its metadata server sees it: the node's service account, or its own KSA's identity."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import urlencode

from wizard.sandbox.google.calls import Request
from wizard.sandbox.google.gateway import Answer
from wizard.sandbox.model.callers import CLOUD_PLATFORM, Caller
from wizard.sandbox.model.clusters import issuer, workload_pool_of

from .kinds import SERVICE_ACCOUNT, Object
from .service_account_tokens import issue
from .state import KubernetesState

Ask = Callable[[str, Request], Awaitable[Answer]]
"""Calls a Google API of this sandbox: its prefix, and the request."""

GSA = "iam.gke.io/gcp-service-account"
"""The annotation of a KSA that names the Google service account to impersonate."""

TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
JWT = "urn:ietf:params:oauth:token-type:jwt"

HOUR = 3600

MISSING_BINDING = (
    "\nThis error could be caused by a missing IAM policy binding on the target IAM service account.\n"
    "For more information, refer to the Workload Identity documentation:\n"
    "\thttps://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity#authenticating_to"
)


class MetadataError(Exception):
    """A refusal of the metadata server: HTTP status and text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class Identity(Protocol):
    """What a metadata server knows of the default service account."""

    def email(self) -> str:
        """Its email address, or the workload identity pool for a KSA that acts as itself."""
        ...

    async def token(self, scopes: Sequence[str]) -> dict[str, Any]:
        """An access token document; raises MetadataError."""
        ...


class NodeIdentity:
    """The service account of the node: the identity of every pod on nodes without the GKE metadata server."""

    def __init__(self, state: KubernetesState, account: str) -> None:
        self._state = state
        self._account = account

    def email(self) -> str:
        """The account's email address."""
        return self._account

    async def token(self, scopes: Sequence[str]) -> dict[str, Any]:
        """A token of the node's service account, if it still exists."""
        world = self._state.world
        if world.projects.account(self._account) is None:
            raise MetadataError(404, "Not Found")
        caller = Caller("serviceAccount", f"serviceAccount:{self._account}", None, tuple(scopes), world.clock())
        token, _ = world.tokens.issue(caller, HOUR)
        return {"access_token": token, "expires_in": HOUR, "token_type": "Bearer"}


class PodIdentity:
    """The pod's Kubernetes service account, or the Google service account that its annotation names."""

    def __init__(self, state: KubernetesState, pod: Object, ask: Ask) -> None:
        self._state = state
        self._pod = pod
        self._ask = ask

    def email(self) -> str:
        """The GSA's address; without one the pool's name, although it is not an email address."""
        return self._gsa() or workload_pool_of(self._state.cluster.project)

    async def token(self, scopes: Sequence[str]) -> dict[str, Any]:
        """The KSA's token, exchanged at the token service; the GSA's token instead if there is an annotation."""
        federated = await self._exchange(scopes)
        gsa = self._gsa()
        if gsa is None:
            return federated
        body = json.dumps({"scope": list(scopes), "lifetime": f"{HOUR}s"}).encode()
        path = f"/v1/projects/-/serviceAccounts/{gsa}:generateAccessToken"
        headers = {"authorization": f"Bearer {federated['access_token']}", "content-type": "application/json"}
        answer = await self._ask("iamcredentials", Request("POST", path, headers=headers, body=body))
        if answer.status != 200:
            raise _refused(answer)
        return {"access_token": answer.body["accessToken"], "expires_in": HOUR - 1, "token_type": "Bearer"}

    async def _exchange(self, scopes: Sequence[str]) -> dict[str, Any]:
        cluster = self._state.cluster
        pool, now = workload_pool_of(cluster.project), self._state.world.clock()
        token = issue(self._state, self._account(), [pool], (now, now + timedelta(seconds=HOUR)), self._pod)
        form = {
            "grant_type": TOKEN_EXCHANGE,
            "audience": f"identitynamespace:{pool}:{issuer(cluster)}",
            "scope": CLOUD_PLATFORM if self._gsa() else " ".join(scopes),
            "requested_token_type": ACCESS_TOKEN,
            "subject_token_type": JWT,
            "subject_token": token,
        }
        headers = {"content-type": "application/x-www-form-urlencoded"}
        answer = await self._ask("sts", Request("POST", "/v1/token", headers=headers, body=urlencode(form).encode()))
        if answer.status != 200:
            # The metadata server's own words for this are not known.
            text = answer.body.get("error_description") or answer.body.get("error", {}).get("message", "")
            raise MetadataError(answer.status, f"The token exchange was refused: {text}")
        return {key: answer.body[key] for key in ("access_token", "expires_in", "token_type")}

    def _gsa(self) -> str | None:
        return (self._account()["metadata"].get("annotations") or {}).get(GSA) or None

    def _account(self) -> Object:
        name = self._pod["spec"]["serviceAccountName"]
        found = self._state.store.get(SERVICE_ACCOUNT, self._pod["metadata"]["namespace"], name)
        if found is None:
            raise MetadataError(404, "Not Found")
        return found


def _refused(answer: Answer) -> MetadataError:
    """IAM's refusal in the words of the GKE metadata server (as reported)."""
    phrase = HTTPStatus(answer.status).phrase
    said = f"Unable to generate access token; IAM returned {answer.status} {phrase}: {answer.body['error']['message']}"
    return MetadataError(answer.status, said + (MISSING_BINDING if answer.status == 403 else ""))
