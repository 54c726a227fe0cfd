"""The URLs in a credential configuration, and what is wrong with a part of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit


@dataclass(frozen=True)
class Problem:
    """A problem of a credential configuration: its place in the document, what is wrong, and the fix.

    The fix is empty if `what` says it.
    """

    where: str
    what: str
    fix: str
    code: str = "WIF0111"
    """The code of the doctor's rule about it, which has a help page."""

    def __str__(self) -> str:
        """Return all three in one line."""
        return f"{self.where}: {self.what}; {self.fix}" if self.fix else f"{self.where}: {self.what}"


def split(url: object) -> SplitResult | None:
    """Split a plain http(s) URL. Returns None for other texts, and for URLs that parsers read in different ways."""
    if not isinstance(url, str) or not re.fullmatch(r"[\x21-\x7e]+", url) or "\\" in url or "#" in url:
        return None
    try:
        address = urlsplit(url)
        usable = address.scheme in ("http", "https") and address.hostname and address.port != 0
    except ValueError:
        return None
    return address if usable and "@" not in address.netloc else None


def is_loopback(address: SplitResult) -> bool:
    """Return whether only programs of the same machine, or of the same pod or task, answer at the host."""
    host = address.hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_on_machine(address: SplitResult) -> bool:
    """Return whether only the machine itself answers at the host: a loopback or a link-local address."""
    host = address.hostname or ""
    if host in ("localhost", "metadata.google.internal", "fd00:ec2::254", "fd00:ec2::23"):
        return True
    try:
        ip = ip_address(host)
    except ValueError:
        return False
    return ip.is_loopback or ip.is_link_local
