"""A certificate authority of the sandbox, which issues certificates for servers on loopback."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SLOW_CLOCK = timedelta(days=1)
"""How long ago a certificate was made, as a client with a slow clock needs."""


class Authority:
    """Keys of an elliptic curve, which are made at once and stay in memory. All servers have the same one."""

    def __init__(self, name: str, now: datetime, lifetime: timedelta) -> None:
        self._now, self._lifetime = now, lifetime
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._server_key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._certificate = (
            self._builder(self._name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .sign(self._key, SHA256())
        )

    @property
    def pem(self) -> bytes:
        """The authority's certificate."""
        return _pem(self._certificate)

    def java_trust_store(self, password: str) -> bytes:
        """The authority's certificate as a PKCS #12 file that Java trusts."""
        entry = pkcs12.PKCS12Certificate(self._certificate, b"sandbox")
        return pkcs12.serialize_java_truststore([entry], serialization.BestAvailableEncryption(password.encode()))

    def context(self, names: Sequence[str], private: Path, protocols: Sequence[str] = ()) -> ssl.SSLContext:
        """What a server with these names (host names and addresses) needs to speak TLS; `protocols` are ALPN's.

        Python takes a key only from a file: it goes through one in the private directory, which is removed.
        """
        path = private / f"{uuid4()}.pem"
        path.touch(mode=0o600)
        path.write_bytes(self._server_key_pem() + _pem(self._issue(names)))
        try:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(path)
        finally:
            path.unlink()
        if protocols:
            context.set_alpn_protocols(list(protocols))
        return context

    def _issue(self, names: Sequence[str]) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
        return (
            self._builder(subject, self._server_key)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, SHA256())
        )

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now - SLOW_CLOCK)
            .not_valid_after(self._now + self._lifetime)
        )

    def _server_key_pem(self) -> bytes:
        return self._server_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
