"""What keeps the doctor itself from the clouds: a proxy that its environment names, and that does not answer."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

from wizard.doctor import catalogue
from wizard.language import _
from wizard.setup.problems import BadInput
from wizard.work.findings import Finding

_CODE = "WIF0601"
_VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
"""In the order in which clients look for them."""
_SILENT = "the proxy {proxy}, which {variable} names, does not answer"
_EVIDENCE = "a connection to the proxy {proxy} failed: {reason}"
_FIX = "correct {variable} in this environment, or unset it: unset {variable}"
_NOTHING_READ = (
    "The doctor did not read any resources, because every call to a cloud from this environment goes through the "
    "failing proxy."
)
_PATIENCE = 5.0
"""Seconds within which a proxy must accept a connection."""


class NoWay(BadInput):
    """No cloud can be reached from this environment. `finding` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.cause}: {finding.fix}")
        self.finding = finding
        self.unknown = _(_NOTHING_READ)


def check(environ: Mapping[str, str]) -> None:
    """Raise NoWay if the environment names a proxy that does not answer."""
    variable = next((name for name in _VARIABLES if environ.get(name)), "")
    if not variable or _is_passed_by(environ):
        return
    address = urlsplit(environ[variable] if "//" in environ[variable] else f"http://{environ[variable]}")
    try:
        host, port = address.hostname or "", address.port or 80
    except ValueError:  # the port is not a number
        host, port = address.hostname or "", 80
    proxy = f"{host}:{port}"  # without the password that a URL can have
    try:
        socket.create_connection((host, port), _PATIENCE).close()
    except OSError as error:
        raise NoWay(_finding(variable, proxy, error.strerror or str(error))) from error


def _is_passed_by(environ: Mapping[str, str]) -> bool:
    """Return whether the calls to Google Cloud do not go through the proxy."""
    listed = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    names = [name.strip().removeprefix("*").removeprefix(".") for name in listed.split(",")]
    return "*" in listed.split(",") or "googleapis.com" in names


def _finding(variable: str, proxy: str, reason: str) -> Finding:
    rule = catalogue.all_rules()[_CODE]
    return Finding(
        rule,
        rule.layer,
        "broken",
        "",
        _(_SILENT).format(proxy=proxy, variable=variable),
        (_(_EVIDENCE).format(proxy=proxy, reason=reason),),
        _(_FIX).format(variable=variable),
        "sentence",
    )
