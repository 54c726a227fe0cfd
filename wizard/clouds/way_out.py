"""Why a cloud does not answer in this environment, and what to do: proxies, certificates, names, and the network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from wizard.clouds import network
from wizard.clouds.errors import Unreachable
from wizard.language import N_, _, translated

NO_ANSWER = "UNREACHABLE"
"""The reason of an error without an answer."""

_PASSWORD = N_("the proxy {proxy}, which {variable} names, asks for a user name and a password")
_SET_PASSWORD = N_("set {variable} to http://USER:PASSWORD@{proxy}")
_REFUSES = N_("the proxy {proxy}, which {variable} names, refuses connections to {host}: {words}")
_ASK_PROXY = N_("allow {host} in the proxy, or add {host} to NO_PROXY if this machine can reach {host} directly")
_SILENT = N_("the proxy {proxy}, which {variable} names, does not answer")
_CORRECT = N_("correct {variable}, or unset {variable} if this machine needs no proxy")
_ISSUER = N_("this machine does not trust the certificate of {host}")
_TRUST = N_(
    "if a proxy inspects TLS connections, set SSL_CERT_FILE to a PEM file with the CA certificate of the proxy; the "
    "file replaces the default CA certificates"
)
_NO_FILE = "the wizard cannot read the certificates in {file}, which {variable} names: {words}"
_CORRECT_FILE = "correct {variable}, or unset {variable}"
_NO_NAME = N_("this machine cannot resolve the name {host}")
_NO_WAY = N_("this machine cannot connect to {host}")
_CHECK = N_("check the network connection and DNS; if this machine needs a proxy, set HTTPS_PROXY")

_ASKS_FOR_PASSWORD = re.compile(r"\b407\b|Proxy Authentication Required", re.IGNORECASE)
_OF_PROXY = re.compile(r"ProxyError|Tunnel connection failed: (?P<words>\d{3}[^'\")]*)|proxy URL|HTTP proxy returned")
_REFUSED_BY_PROXY = re.compile(
    r"(?:Tunnel connection failed:|HTTP proxy returned response code) (?P<words>\d{3}[^'\")]*)"
)
_UNKNOWN_ISSUER = re.compile(r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|SSL validation failed")
_UNRESOLVED = re.compile(
    r"NameResolutionError|name resolution|Name or service not known|nodename nor servname|DNS resolution failed"
    r"|Failed to resolve|getaddrinfo",
    re.IGNORECASE,
)
_UNCONNECTED = re.compile(
    r"Network is unreachable|No route to host|Connection refused|NewConnectionError|ConnectTimeout"
    r"|failed to connect to all addresses|Could not connect to the endpoint|connect timeout",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Obstacle:
    """Why there is no answer, and what to do."""

    message: str
    hint: str
    lasts: bool
    """Whether waiting does not help."""
    is_here: bool
    """Whether the cause is on this machine or at its proxy, and not between it and the cloud."""


def obstacle(words: str, host: str, environ: Mapping[str, str]) -> Obstacle | None:
    """Return what the words of a client mean, which got no answer of `host`; None if that is not known."""
    variable, proxy = _proxy(host, environ)
    names = {"host": host, "proxy": proxy, "variable": variable}
    if proxy and _ASKS_FOR_PASSWORD.search(words):
        return _obstacle(_PASSWORD, _SET_PASSWORD, names, lasts=True)
    refused = _REFUSED_BY_PROXY.search(words)
    if proxy and refused:
        status = refused["words"].strip()
        return _obstacle(_REFUSES, _ASK_PROXY, {**names, "words": status}, lasts=status.startswith("4"))
    if _UNKNOWN_ISSUER.search(words):
        return _obstacle(_ISSUER, _TRUST, names, lasts=True)
    if proxy and (_OF_PROXY.search(words) or _UNCONNECTED.search(words)):
        return _obstacle(_SILENT, _CORRECT, names, lasts=False)
    if _UNRESOLVED.search(words):
        return _obstacle(_NO_NAME, _CHECK, names, lasts=False)
    if _UNCONNECTED.search(words):
        return _obstacle(_NO_WAY, _CHECK, names, lasts=False)
    return None


def no_answer(
    service: str, operation: str, host: str, words: str, environ: Mapping[str, str], *, quoted: str, lost: bool = False
) -> Unreachable:
    """Return the error of a call without an answer.

    `words` are those of the client, with all causes, and `quoted` is what of them may be shown.
    """
    found = obstacle(words, host, environ)
    if found is None:
        return Unreachable(service, operation, None, NO_ANSWER, quoted, transient=True, lost=lost)
    lost = lost and not found.lasts
    return Unreachable(service, operation, None, NO_ANSWER, found.message, found.hint, not found.lasts, lost=lost)


def certificates(environ: Mapping[str, str], also: tuple[str, ...] = ()) -> str | None:
    """Return the path of the certificates to trust in place of the usual ones; None if the environment names none.

    `also` are variables that are read first. Raises Unreachable if the file cannot be read.
    """
    for variable in (*also, *network.BUNDLES):
        path = environ.get(variable)
        if not path:
            continue
        problem = _problem_of(path)
        if problem:
            message = _(_NO_FILE).format(file=path, variable=variable, words=problem)
            hint = _(_CORRECT_FILE).format(variable=variable)
            raise Unreachable("this machine", "read certificates", None, "NoCertificates", message, hint)
        return path
    return None


def _problem_of(path: str) -> str:
    """Return why certificates cannot be read from a file or a folder; empty if they can."""
    import ssl

    if Path(path).is_dir():
        return ""
    try:
        ssl.create_default_context(cafile=path)
    except ssl.SSLError:
        return _("the file contains no certificate in the PEM format")
    except OSError as error:
        return error.strerror or type(error).__name__
    return ""


def _proxy(host: str, environ: Mapping[str, str]) -> tuple[str, str]:
    """Return the variable that names the proxy for a host, and the proxy without its password; empty if none does."""
    url = network.proxy_for(f"https://{host}", environ)
    if not url:
        return "", ""
    variables = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    variable = next((name for name in variables if environ.get(name) == url), "HTTPS_PROXY")
    return variable, urlsplit(url if "//" in url else f"http://{url}").netloc.rpartition("@")[2]


def _obstacle(message: str, hint: str, names: Mapping[str, str], *, lasts: bool) -> Obstacle:
    is_here = message not in (_NO_NAME, _NO_WAY)
    return Obstacle(translated(message).format(**names), translated(hint).format(**names), lasts, is_here)
