"""Container API: the public keys of a cluster, where its service account tokens say that they are.

Anybody may read them, so that anybody can check a token (Container API reference, "clusters.getJwks").
"""

from __future__ import annotations

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.clusters import Cluster, issuer

from .calls import Call
from .container_calls import place
from .errors import not_found

ALGORITHM = "RS256"


def get_openid_configuration(call: Call) -> JSON:
    """projects.locations.clusters.well-known.getOpenid-configuration."""
    cluster = _served(call)
    return {
        "issuer": issuer(cluster),
        "jwks_uri": f"{issuer(cluster)}/jwks",
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "claims_supported": ["iss", "sub", "kubernetes.io"],
        "grant_types": ["urn:kubernetes:grant_type:programmatic_authorization"],
    }


def get_jwks(call: Call) -> JSON:
    """projects.locations.clusters.getJwks."""
    keys: JSON = _served(call).kubernetes.keys.jwks()
    return keys


def _served(call: Call) -> Cluster:
    """The cluster of the path, if it has keys; GoogleError 404."""
    project = call.project(call.params["project"])
    cluster = call.world.clusters.find(project.id, call.params["location"], call.params["cluster"])
    if cluster is None or cluster.kubernetes is None:
        raise not_found(f"Not found: {place(project.id, call)}/clusters/{call.params['cluster']}.")
    return cluster
