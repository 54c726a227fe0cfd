"""The key with which a cluster signs the tokens of its Kubernetes service accounts (RS256)."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wizard.sandbox.json_value import parsed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

EXPONENT = 65537
BITS = 2048


class SigningKey:
    """One RSA key, made when it is first needed: that takes about a tenth of a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: RSAPrivateKey | None = None

    def warm(self) -> None:
        """Make the key now."""
        self._private()

    def sign(self, claims: dict[str, Any]) -> str:
        """A JWT with these claims."""
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        head = f"{_encode({'alg': 'RS256', 'kid': self.id})}.{_encode(claims)}"
        signature = self._private().sign(head.encode(), PKCS1v15(), SHA256())
        return f"{head}.{_base64(signature)}"

    def claims(self, token: str) -> dict[str, Any]:
        """The claims of a JWT whose RS256 signature is this key's; ValueError otherwise. Nothing else is checked."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        parts = token.split(".")
        if len(parts) != 3:
            raise ValueError("not a JWT")
        header, claims = _object(parts[0]), _object(parts[1])
        if header.get("alg") != "RS256" or header.get("kid") != self.id:
            raise ValueError("not signed with this key")
        signed, signature = ".".join(parts[:2]).encode(), _bytes(parts[2])
        try:
            self._private().public_key().verify(signature, signed, PKCS1v15(), SHA256())
        except InvalidSignature as error:
            raise ValueError("the signature is not this key's") from error
        return claims

    @cached_property
    def id(self) -> str:
        """The key's id: a digest of its modulus."""
        return _base64(hashlib.sha256(self._modulus).digest())

    def jwks(self) -> dict[str, Any]:
        """The public key as a JSON Web Key Set."""
        exponent = _base64(EXPONENT.to_bytes(3, "big"))
        key = {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": self.id, "n": _base64(self._modulus), "e": exponent}
        return {"keys": [key]}

    @property
    def _modulus(self) -> bytes:
        return self._private().public_key().public_numbers().n.to_bytes(BITS // 8, "big")

    def _private(self) -> RSAPrivateKey:
        from cryptography.hazmat.primitives.asymmetric import rsa

        with self._lock:
            if self._made is None:
                self._made = rsa.generate_private_key(EXPONENT, BITS)
            return self._made


def _encode(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _object(part: str) -> dict[str, Any]:
    found = parsed(_bytes(part))
    if not isinstance(found, dict):
        raise ValueError("not a JWT")
    return found
