"""What the token service decides about Kubernetes service account tokens of GKE clusters.

The identity is in the pool of the project's clusters, and the cluster is its own provider. Anyone who has a token of
the cluster can exchange it, from anywhere, as Google's own CSI driver for secrets does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from wizard.federation.principals import FederatedIdentity, principal
from wizard.sandbox.model.callers import Caller
from wizard.sandbox.model.clusters import Cluster, issuer
from wizard.sandbox.model.world import World

from .errors import OAuthError
from .exchange import INVALID_AUDIENCE, INVALID_TARGET, ExchangeRequest, check_form
from .id_token import check_audience, check_time

PREFIX = "identitynamespace:"
JWT = "urn:ietf:params:oauth:token-type:jwt"

_AUDIENCE = re.compile(
    PREFIX + r"(?P<pool>[^:]+):https://container\.googleapis\.com/v1/"
    r"projects/(?P<project>[^/]+)/locations/(?P<location>[^/]+)/clusters/(?P<cluster>[^/]+)"
)
_SUBJECT = re.compile(r"system:serviceaccount:(?P<namespace>[^:]+):(?P<account>[^:]+)")


def is_about_gke(request: ExchangeRequest) -> bool:
    """Whether the audience is of the form that GKE's pools have."""
    return request.audience.startswith(PREFIX)


def exchange_gke(world: World, request: ExchangeRequest) -> Caller:
    """The federated caller that the token of this exchange stands for. Raises OAuthError."""
    check_form(request)
    cluster = _target(world, request.audience)
    if request.subject_token_type != JWT:
        raise OAuthError("invalid_request", 'Invalid value for "subject_token_type".')
    identity = _identity(cluster, _checked(world, cluster, request.subject_token))
    member = principal(identity.pool, identity.subject)
    return Caller("federated", member, identity, tuple(request.scope.split()), world.clock())


def _target(world: World, audience: str) -> Cluster:
    named = _AUDIENCE.fullmatch(audience)
    if named is None:
        raise OAuthError("invalid_request", INVALID_AUDIENCE)
    cluster = world.clusters.find(named["project"], named["location"], named["cluster"])
    pool = cluster.project.pools.get(named["pool"]) if cluster is not None else None
    if cluster is None or pool is None or not pool.usable or cluster.workload_pool != named["pool"]:
        raise OAuthError("invalid_target", INVALID_TARGET)
    return cluster


def _checked(world: World, cluster: Cluster, token: str) -> Mapping[str, Any]:
    """The claims of the token, if this cluster signed it for this pool, and it is valid now."""
    if cluster.keys is None:
        raise OAuthError("invalid_grant", "The cluster has no keys to verify the token with.")
    try:
        claims = cluster.keys.claims(token)
    except ValueError as error:
        raise OAuthError("invalid_grant", "The subject token is not a token that this cluster signed.") from error
    if claims.get("iss") != issuer(cluster):
        raise OAuthError("invalid_grant", "The issuer of the subject token is not the cluster of the audience.")
    check_audience(claims, [str(cluster.workload_pool)])
    check_time(claims, world.clock().timestamp())
    return claims


def _identity(cluster: Cluster, claims: Mapping[str, Any]) -> FederatedIdentity:
    """Who the token stands for in the pool; the same namespace and name in another cluster is the same identity."""
    subject = _SUBJECT.fullmatch(str(claims.get("sub", "")))
    if subject is None:
        raise OAuthError("invalid_grant", "The subject of the token is not a Kubernetes service account.")
    attributes = {"kubernetes.cluster": issuer(cluster)}
    kubernetes = claims.get("kubernetes.io")
    account = kubernetes.get("serviceaccount") if isinstance(kubernetes, dict) else None
    if isinstance(account, dict) and isinstance(account.get("uid"), str):
        attributes["kubernetes.serviceaccount.uid"] = account["uid"]
    name = f"ns/{subject['namespace']}/sa/{subject['account']}"
    return FederatedIdentity(cluster.pool_name, name, attributes=attributes)
