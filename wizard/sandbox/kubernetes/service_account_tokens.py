"""Tokens of Kubernetes service accounts: issued by TokenRequest, checked by the API server, described for others.

Source: Kubernetes documentation, "Managing Service Accounts" and "Configure Service Accounts for Pods".
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from wizard.sandbox.model.clusters import issuer

from .kinds import POD, SERVICE_ACCOUNT, TOKEN_REQUEST, Kind, Object
from .state import KubernetesState, stamp
from .status import Cause, bad_request, conflict, invalid, not_found

SHORTEST = 600
"""Seconds."""
LONGEST = 1 << 32
USUAL = 3600
PRIVATE_CLAIMS = "kubernetes.io"


def request_token(state: KubernetesState, account: Object, asked: Object) -> Object:
    """Answer a TokenRequest for a service account: the request, with its token in the status."""
    name, namespace = account["metadata"]["name"], account["metadata"]["namespace"]
    spec = _spec(state, name, asked.get("spec") or {})
    bound = _bound(state, namespace, spec.get("boundObjectRef"))
    now = state.world.clock()
    expires = now + timedelta(seconds=spec["expirationSeconds"])
    token = issue(state, account, spec["audiences"], (now, expires), bound)
    return {
        "apiVersion": TOKEN_REQUEST.api_version,
        "kind": TOKEN_REQUEST.kind,
        "metadata": {"name": name, "namespace": namespace, "creationTimestamp": stamp(now)},
        "spec": spec,
        "status": {"token": token, "expirationTimestamp": stamp(expires)},
    }


def issue(
    state: KubernetesState, account: Object, audiences: list[str], valid: tuple[datetime, datetime], pod: Object | None
) -> str:
    """A signed token of a service account, bound to a pod if there is one."""
    metadata = account["metadata"]
    name, namespace = metadata["name"], metadata["namespace"]
    private: Object = {"namespace": namespace, "serviceaccount": {"name": name, "uid": metadata["uid"]}}
    if pod is not None:
        private["pod"] = {"name": pod["metadata"]["name"], "uid": pod["metadata"]["uid"]}
    begins = int(valid[0].timestamp())
    return state.keys.sign(
        {
            "aud": audiences,
            "exp": int(valid[1].timestamp()),
            "iat": begins,
            "iss": issuer(state.cluster),
            "jti": str(uuid4()),
            PRIVATE_CLAIMS: private,
            "nbf": begins,
            "sub": f"system:serviceaccount:{namespace}:{name}",
        }
    )


def account_of(state: KubernetesState, token: str) -> Object | None:
    """The service account that a token for this API server stands for, while both are good."""
    try:
        claims = state.keys.claims(token)
    except ValueError:
        return None
    if claims["iss"] != issuer(state.cluster) or issuer(state.cluster) not in claims["aud"]:
        return None
    if claims["exp"] <= state.world.clock().timestamp():
        return None
    private = claims[PRIVATE_CLAIMS]
    if not _there(state, POD, private["namespace"], private.get("pod")):
        return None
    account = private["serviceaccount"]
    if not _there(state, SERVICE_ACCOUNT, private["namespace"], account):
        return None
    return state.store.get(SERVICE_ACCOUNT, private["namespace"], account["name"])


def discovery(state: KubernetesState) -> dict[str, Any]:
    """The OpenID Connect discovery document of the cluster's issuer."""
    return {
        "issuer": issuer(state.cluster),
        "jwks_uri": f"{issuer(state.cluster)}/jwks",
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }


def _there(state: KubernetesState, kind: Kind, namespace: str, reference: Object | None) -> bool:
    """Whether what a token is bound to still exists; one that is bound to nothing is fine."""
    if reference is None:
        return True
    found = state.store.get(kind, namespace, reference["name"])
    return found is not None and found["metadata"]["uid"] == reference["uid"]


def _spec(state: KubernetesState, name: str, spec: Any) -> Object:
    if not isinstance(spec, dict):
        raise bad_request("spec must be an object.")
    audiences = spec.get("audiences") or [issuer(state.cluster)]
    seconds = USUAL if spec.get("expirationSeconds") is None else spec["expirationSeconds"]
    if not isinstance(audiences, list) or not all(isinstance(each, str) for each in audiences):
        raise bad_request("spec.audiences must be a list of strings.")
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        raise bad_request("spec.expirationSeconds must be a number.")
    if not SHORTEST <= seconds <= LONGEST:
        limit = "less than 10 minutes" if seconds < SHORTEST else "larger than 2^32 seconds"
        message = f"Invalid value: {seconds}: may not specify a duration {limit}"
        raise invalid(TOKEN_REQUEST, name, [Cause("spec.expirationSeconds", "FieldValueInvalid", message)])
    return {"audiences": audiences, "expirationSeconds": seconds, "boundObjectRef": spec.get("boundObjectRef")}


def _bound(state: KubernetesState, namespace: str, reference: Any) -> Object | None:
    """The pod that a token is to be bound to, if any."""
    if reference is None:
        return None
    if not isinstance(reference, dict) or reference.get("kind") != "Pod":
        raise bad_request("cannot bind token for serviceaccount to that kind of object")
    name = str(reference.get("name", ""))
    pod = state.store.get(POD, namespace, name)
    if pod is None:
        raise not_found(POD, name)
    if reference.get("uid") not in (None, "", pod["metadata"]["uid"]):
        raise conflict(POD, name, f"the UID in the bound object reference ({reference['uid']}) does not match")
    return pod
