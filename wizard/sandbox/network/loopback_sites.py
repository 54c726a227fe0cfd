"""Sites on this machine's own loopback interface."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from .site import Site


@contextmanager
def loopback_site() -> Iterator[Site]:
    """A site on a free port of 127.0.0.1, closed at the end. Raises OSError."""
    with socket.socket() as listener, socket.socket() as spare:
        listener.bind(("127.0.0.1", 0))
        yield Site(listener, spare)
