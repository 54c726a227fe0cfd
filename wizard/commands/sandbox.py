"""`wif-wizard sandbox`: serve a sandbox cloud until it is stopped, or while a command runs inside it."""

from __future__ import annotations

import argparse

from wizard.commands import extra, inside
from wizard.engine.resource import Refused
from wizard.sandbox import scenario as scenarios
from wizard.sandbox.process import Sandbox, SandboxError
from wizard.setup.problems import BadInput


def run(options: argparse.Namespace) -> int:
    """Return an exit code: that of the command inside, or of a sandbox that cannot start. Raises BadInput, Refused."""
    extra.require()
    if options.program is not None:
        return _with_program(options)
    from wizard.sandbox.__main__ import serve

    return serve(options, "wif-wizard sandbox")


def _with_program(options: argparse.Namespace) -> int:
    if not options.program:
        raise BadInput("add a command after --, for example: wif-wizard sandbox -- bash")
    if options.env_file is not None:
        raise BadInput("remove --env-file: the command already has the variables of the sandbox")
    try:
        scenarios.load(options.scenario)
    except scenarios.ScenarioError as error:
        raise BadInput(str(error)) from error
    try:
        with Sandbox(options.scenario, options.given) as sandbox:
            return inside.run(sandbox, options.program)
    except SandboxError as error:
        raise Refused(str(error)) from error
