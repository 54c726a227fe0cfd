"""The exit codes, and the errors that become one."""

from __future__ import annotations

DONE = 0
REFUSED = 1
PENDING = 2
USAGE = 64
INTERRUPTED = 130


class BadInput(Exception):  # noqa: N818 (named by what is the matter)
    """Something the operator gave cannot be used: what, where, and what to do. Ends the command with 64."""
