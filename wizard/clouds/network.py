"""The way out to the network: the proxy and the certificates that an environment names.

The clients that the wizard uses read them from the environment of the process, each with rules of its own: gRPC takes
no HTTPS_PROXY in upper case, requests no SSL_CERT_FILE. Here they all take the same.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests

BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
"""The variables that name certificates, in the order in which they are read."""


def proxy_for(url: str, environ: Mapping[str, str]) -> str | None:
    """Return the URL of the proxy for a URL. None for a host in NO_PROXY, and for this machine itself."""
    parts = urlsplit(url)
    if _is_loopback(parts.hostname or "") or _is_excluded(parts, _either("no_proxy", environ)):
        return None
    return _either(f"{parts.scheme}_proxy", environ) or _either("all_proxy", environ) or None


def certificates(environ: Mapping[str, str]) -> str | None:
    """Return the path of the certificates to trust in place of the usual ones; None if the environment names none."""
    return next((environ[name] for name in BUNDLES if environ.get(name)), None)


class Session(requests.Session):
    """An HTTP session that goes out the way of an environment: by default that of the process."""

    environ: Mapping[str, str] = os.environ

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """Return the settings of one request. Those that were given for the request win, as in requests."""
        proxy = proxy_for(str(url), self.environ)
        found = {urlsplit(str(url)).scheme: proxy} if proxy else {}
        from wizard.clouds import way_out  # needs this module

        trusted = way_out.certificates(self.environ) if verify in (None, True) else None
        return {
            "proxies": {**found, **(proxies or {})},
            "stream": stream,
            "verify": trusted or (self.verify if verify is None else verify),
            "cert": cert or self.cert,
        }


def _either(name: str, environ: Mapping[str, str]) -> str:
    """Return a variable that may be written in lower or in upper case; lower case wins, as in curl."""
    return environ.get(name) or environ.get(name.upper()) or ""


def _is_loopback(host: str) -> bool:
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _is_excluded(parts: SplitResult, no_proxy: str) -> bool:
    """Return whether NO_PROXY names the host, a domain above it, a network with it (10.0.0.0/8), or everything (*)."""
    host = (parts.hostname or "").lower()
    for entry in no_proxy.lower().split(","):
        name = entry.strip().lstrip("*").lstrip(".")
        if entry.strip() == "*" or (name and (host == name or host.endswith(f".{name}") or parts.netloc == name)):
            return True
        if "/" in name and _is_in(host, name):
            return True
    return False


def _is_in(host: str, network: str) -> bool:
    address = _address(host)
    try:
        return address is not None and address in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def _address(host: str) -> Any:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
