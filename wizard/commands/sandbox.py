"""`wif-wizard sandbox`: serve a sandbox cloud until it is stopped."""

from __future__ import annotations

import argparse

from wizard.commands import extra


def run(options: argparse.Namespace) -> int:
    """Serve. Returns an exit code only if the sandbox cannot start. Raises BadInput without the extra `demo`."""
    extra.require()
    from wizard.sandbox.__main__ import serve

    return serve(options, "wif-wizard sandbox")
