"""The exit codes."""

from __future__ import annotations

DONE = 0
REFUSED = 1
PENDING = 2
USAGE = 64
INTERRUPTED = 130
