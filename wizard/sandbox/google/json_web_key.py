"""Checking the signature of a JWT with the keys of a JSON Web Key Set (RFC 7515, RFC 7517): RS256 and ES256.

Those are the algorithms that workload identity pools take (IAM v1 discovery document).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wizard.sandbox.json_value import parsed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

KEY_TYPES = {"RS256": "RSA", "ES256": "EC"}
P256_BYTES = 32
LEAST_RSA_BITS = 2048

Key = Mapping[str, Any]


class KeySetError(ValueError):
    """The text is not a JSON Web Key Set."""


class TokenError(ValueError):
    """The text is not a JWT, or none of the keys signed it."""


def keys_of(text: str) -> list[Key]:
    """The keys of a set, given as JSON: {"keys": [{"kty": "RSA", "kid": ..., "n": ..., "e": ...}]}. KeySetError."""
    try:
        document = parsed(text)
    except ValueError as error:
        raise KeySetError("not JSON") from error
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list) or not keys or not all(isinstance(key, dict) for key in keys):
        raise KeySetError("no keys")
    return keys


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a JWT whose signature was not checked. Raises TokenError."""
    return _parts(token)[1]


def verified_claims(token: str, keys: Sequence[Key]) -> dict[str, Any]:
    """The claims of a JWT that one of the keys signed. Raises TokenError."""
    header, claims = _parts(token)
    signed, _, signature = token.rpartition(".")
    algorithm = str(header.get("alg"))
    for key in keys:
        if not _fits(key, algorithm, header.get("kid")):
            continue
        if _signed_by(key, algorithm, signed.encode(), _bytes(signature)):
            return claims
    raise TokenError("no key of the issuer signed the token")


def _parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    parts = token.split(".")
    if len(parts) != 3:
        raise TokenError("not a JWT")
    return _object(parts[0]), _object(parts[1])


def _fits(key: Key, algorithm: str, key_id: Any) -> bool:
    """Whether the header's algorithm and key id, if it has one, are those of the key."""
    if key.get("kty") != KEY_TYPES.get(algorithm) or key.get("alg", algorithm) != algorithm:
        return False
    return key_id is None or key.get("kid", key_id) == key_id


def _signed_by(key: Key, algorithm: str, signed: bytes, signature: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        if algorithm == "RS256":
            _rsa_key(key).verify(signature, signed, padding.PKCS1v15(), SHA256())
        elif len(signature) == 2 * P256_BYTES:
            halves = (int.from_bytes(part, "big") for part in (signature[:P256_BYTES], signature[P256_BYTES:]))
            _ec_key(key).verify(utils.encode_dss_signature(*halves), signed, ec.ECDSA(SHA256()))
        else:
            return False
    except (InvalidSignature, ValueError):
        return False
    return True


def _rsa_key(key: Key) -> RSAPublicKey:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

    public = RSAPublicNumbers(_number(key.get("e")), _number(key.get("n"))).public_key()
    if public.key_size < LEAST_RSA_BITS:
        raise ValueError("the key is too short")
    return public


def _ec_key(key: Key) -> EllipticCurvePublicKey:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicNumbers

    if key.get("crv") != "P-256":
        raise ValueError("the curve is not P-256")
    return EllipticCurvePublicNumbers(_number(key.get("x")), _number(key.get("y")), SECP256R1()).public_key()


def _number(text: Any) -> int:
    return int.from_bytes(_bytes(str(text)), "big")


def _object(part: str) -> dict[str, Any]:
    try:
        found = parsed(_bytes(part))
    except ValueError as error:
        raise TokenError("not a JWT") from error
    if not isinstance(found, dict):
        raise TokenError("not a JWT")
    return found


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise TokenError("not base64url") from error
