"""The subject token of an OIDC provider: who it is for the token service, if the provider's issuer signed it.

The keys are those that were uploaded to the provider, or those of a cluster of this sandbox, on GKE or EKS. Nothing
else here reaches an issuer, and the token service says so in the words that Google has for one that it cannot reach.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from wizard.sandbox.model.clusters import TokenKeys, issuer
from wizard.sandbox.model.pools import Provider
from wizard.sandbox.model.world import World

from .errors import OAuthError
from .id_token import check_audience, check_time
from .json_web_key import KeySetError, claims_of, keys_of, verified_claims

ISSUER_UNREACHABLE = "Error connecting to the given credential's issuer."
NOT_SIGNED = "The subject token is not a token that the provider's issuer signed."


def oidc_assertion(world: World, provider: Provider, token: str) -> dict[str, Any]:
    """The claims of the token, once its signature, issuer, audience and times are seen to be good. Raises OAuthError.

    An issuer other than the provider's is answered as one that cannot be reached (troubleshooting page of Google).
    """
    source = provider.fields["oidc"]
    check = _signature_check(world, source)
    try:
        named = claims_of(token).get("iss")
        if named != source["issuerUri"]:
            raise OAuthError("invalid_grant", ISSUER_UNREACHABLE)
        claims = check(token)
    except ValueError as error:
        raise OAuthError("invalid_grant", NOT_SIGNED) from error
    check_audience(claims, _audiences(provider))
    check_time(claims, world.clock().timestamp())
    return claims


def _signature_check(world: World, source: Mapping[str, Any]) -> Callable[[str], dict[str, Any]]:
    """What gives the claims of a token that the issuer signed, and raises ValueError for another token.

    Keys that were uploaded stand in for the issuer's own. Raises OAuthError when there are none at hand.
    """
    uploaded = source.get("jwksJson")
    if uploaded:
        try:
            return partial(verified_claims, keys=keys_of(str(uploaded)))
        except KeySetError as error:
            raise OAuthError("invalid_grant", ISSUER_UNREACHABLE) from error
    for cluster in (*world.clusters, *world.eks):
        if issuer(cluster) == source["issuerUri"] and cluster.keys is not None:
            keys: TokenKeys = cluster.keys
            return keys.claims
    raise OAuthError("invalid_grant", ISSUER_UNREACHABLE)


def _audiences(provider: Provider) -> list[str]:
    """The audiences that the provider takes: its own list, or its full resource name, with `https:` or without."""
    allowed = provider.fields["oidc"].get("allowedAudiences")
    return list(allowed) if allowed else [provider.name.audience, f"https:{provider.name.audience}"]
