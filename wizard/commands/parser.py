"""The commands, their options and their help."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, NoReturn

from wizard import __version__
from wizard.commands.examples import EXAMPLES
from wizard.commands.help_text import HelpFormatter, problem, usage_prefix
from wizard.language import LANGUAGES, _, translated

_DESCRIPTION = """\
Move workloads on AWS and GKE from service account keys to Workload Identity Federation, and test the result live.
Without a command, wif-wizard opens the full-screen wizard.

Exit codes: 0 the command succeeded; 1 a cloud API or a check refused; 2 there are changes to make (plan);
64 the arguments or the input are not valid; 130 you interrupted the command. With several setups, the setup with the
worst result determines the exit code. The order of the exit codes, from worst to best, is 130, 64, 1, 2, 0."""

SHELLS = ("bash", "zsh", "fish")
EXPORTS = ("terraform", "script", "manifests", "app", "report", "all")
SCHEMAS = ("setup", "plan", "apply", "test", "doctor", "export", "runs", "resume", "revert", "error")

LATE = ("sandbox", "serve-credentials")
"""The commands whose options are added only on request."""

Commands = Any
"""What argparse adds subcommands to; it has no public type."""


class BadUsage(Exception):  # noqa: N818 (named by what is the matter)
    """The arguments cannot be understood; `usage` is the text that shows how they are written."""

    def __init__(self, message: str, usage: str) -> None:
        super().__init__(message)
        self.usage = usage


class _Parser(argparse.ArgumentParser):
    """argparse, but bad usage is an exception, so that it can be answered as JSON too, and options have one name."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, add_help=False, formatter_class=HelpFormatter, **settings)
        self.add_argument("-h", "--help", action="help", help="show this help message and exit")

    def error(self, message: str) -> NoReturn:
        raise BadUsage(f"{self.prog}: {problem(message)}", self.format_usage())


def parser(*complete: str) -> argparse.ArgumentParser:
    """The whole command line. The options of the commands in LATE take longer to load: only those of `complete` are."""
    whole = _Parser(prog="wif-wizard", description=_DESCRIPTION)
    whole.add_argument(
        "--version",
        action="version",
        version=f"wif-wizard {__version__}",
        help="show program's version number and exit",
    )
    _language(whole)
    whole.set_defaults(setup=None, workloads=None, debug=False, log=None, lang=None)
    commands: Commands = whole.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    _wizard(commands)
    _plan_and_apply(commands)
    _test(commands)
    _doctor(commands)
    _probe(commands)
    _export(commands)
    _runs(commands)
    _demo_and_sandbox(commands, "sandbox" in complete)
    _serve_credentials(commands, "serve-credentials" in complete)
    _schema_and_completion(commands)
    return whole


def _add(commands: Commands, name: str, text: str) -> argparse.ArgumentParser:
    """A command with its help and its examples."""
    examples = (f"  {command:<57} # {translated(why)}" for command, why in EXAMPLES[name])
    added: argparse.ArgumentParser = commands.add_parser(
        name,
        help=text,
        description=f"{text[:1].upper()}{text[1:]}.",
        epilog="\n".join([_("examples:"), *examples]),
    )
    _language(added)
    return added


def _wizard(commands: Commands) -> None:
    wizard = _add(commands, "wizard", "open the full-screen wizard (the default command)")
    opens = (
        "the setup file to open, a credential configuration to diagnose, or cluster/NAME or account/REGION to list the "
        "workloads of a GKE cluster or an AWS account"
    )
    wizard.add_argument("setup", metavar="SETUP.yaml|CONFIG.json|cluster/NAME|account/REGION", nargs="?", help=opens)
    wizard.add_argument(
        "--workloads",
        metavar="NAME,...",
        help="set up these workloads of the cluster or of the account; wif-wizard doctor cluster/NAME lists the names",
    )
    _log(wizard)


_SETUPS = (
    "the setup file, or several setup files and folders; a folder stands for its .yaml and .yml files that are setups"
)
_VERBOSE = "with several setups, also print the details of each setup"


def _plan_and_apply(commands: Commands) -> None:
    plan = _add(commands, "plan", "show the changes that apply would make; the exit code is 2 if there are changes")
    apply = _add(commands, "apply", "make the changes, and verify every change by reading it back")
    for command in (plan, apply):
        command.add_argument("setup", metavar="SETUP.yaml|DIR", nargs="+", help=_SETUPS)
        command.add_argument(
            "--only",
            choices=("aws", "google", "kubernetes"),
            help="plan or apply one side only, and print the commands for the other side",
        )
        command.add_argument(
            "--override-owner",
            action="store_true",
            help="also change resources that another tool, such as Helm, manages; the tool can revert the change",
        )
    apply.add_argument(
        "--yes",
        action="store_true",
        help="approve every change in the plan, except changes that remove access from other identities",
    )
    apply.add_argument(
        "--accept-loss", action="store_true", help="approve the changes that remove access from other identities"
    )
    apply.add_argument(
        "--export",
        metavar="DIR",
        type=Path,
        help="when everything is in place, also write all exports to the folder DIR, as `export SETUP.yaml all` does",
    )
    for command in (plan, apply):
        command.add_argument("--verbose", action="store_true", help=_VERBOSE)
        _json(command)
        _debug(command)


def _test(commands: Commands) -> None:
    test = _add(commands, "test", "test the credential chain live, step by step; the exit code is 1 if a step failed")
    given = "a setup file, or a credential configuration; alternatively, several setup files and folders of setup files"
    test.add_argument("file", metavar="SETUP.yaml|CONFIG.json|DIR", nargs="+", help=given)
    test.add_argument(
        "--strict", action="store_true", help="also exit with code 1 if the test could not prove everything"
    )
    test.add_argument("--junit", metavar="FILE", type=Path, help="also write the results to FILE, as JUnit XML")
    test.add_argument("--verbose", action="store_true", help=_VERBOSE)
    places = (
        "where the test runs: here (on this machine, with the workload's identity), inside (in the workload), "
        "or task (in a one-off job, task, function or pod, or on an instance)"
    )
    where = test.add_mutually_exclusive_group()
    where.add_argument("--from", dest="place", choices=("here", "inside", "task"), help=places)
    where.add_argument(
        "--from-output",
        metavar="FILE",
        type=Path,
        help="read the output of the probe script (see wif-wizard probe) from FILE, or from stdin if FILE is -",
    )
    test.add_argument(
        "--role",
        metavar="ARN",
        default="",
        help="the IAM role for the test of a credential configuration, if the provider allows several roles",
    )
    test.add_argument(
        "--yes",
        action="store_true",
        help=(
            "approve the temporary resources of the test: a one-off job, task, function or pod, or a statement in "
            "the role's trust policy"
        ),
    )
    test.add_argument(
        "--wait",
        metavar="T",
        default="10m",
        help="how long to wait for recent grants to take effect, such as 30s or 10m (default: %(default)s)",
    )
    _json(test)
    _debug(test)


def _doctor(commands: Commands) -> None:
    doctor = _add(commands, "doctor", "find out why a workload has no access, and fix the cause")
    doctor.add_argument(
        "given",
        metavar="SETUP.yaml|CONFIG.json|DIR|NAME|-",
        nargs="*",
        help="a setup file, a credential configuration, the ARN of an IAM role, job definition or task definition, "
        "the email address of a service account, NAMESPACE/SERVICE_ACCOUNT, pod/NAME, or - to read an error "
        "text from stdin; alternatively, several setup files and folders of setup files",
    )
    doctor.add_argument("--verbose", action="store_true", help=_VERBOSE)
    doctor.add_argument("--error", metavar="TEXT", help="the error message that the workload printed")
    doctor.add_argument(
        "--role",
        metavar="ARN",
        default="",
        help="the workload's IAM role, if the credential configuration does not determine the role",
    )
    doctor.add_argument("--save", metavar="FILE", type=Path, help="write to FILE the setup that the doctor found")
    doctor.add_argument("--explain", metavar="CODE", help="print the help page of a finding, such as WIF0301")
    doctor.add_argument(
        "--fix",
        metavar="CODE",
        nargs="*",
        help=(
            "show a plan that fixes the findings, and apply the plan; if you specify codes, fix only findings with "
            "these codes"
        ),
    )
    doctor.add_argument(
        "--report",
        metavar="FILE",
        type=Path,
        help="also write a report to FILE; the extension sets the format: .html, .md, .json or .junit",
    )
    doctor.add_argument(
        "--anonymise",
        action="store_true",
        help="mask email addresses, account IDs, project IDs and project numbers in the report",
    )
    doctor.add_argument(
        "--yes",
        action="store_true",
        help="approve every change in the plan of --fix, and the temporary resources of the live test after the fix",
    )
    doctor.add_argument(
        "--accept-loss", action="store_true", help="approve the changes that remove access from other identities"
    )
    _json(doctor)
    _debug(doctor)


def _export(commands: Commands) -> None:
    export = _add(commands, "export", "write the files that a team reviews, commits and runs")
    export.add_argument("setup", metavar="SETUP.yaml", nargs="?", help="the setup file")
    what = (
        "terraform: a module that creates the same resources as apply; script: a shell script with gcloud, aws and "
        "kubectl commands that create the same resources as apply; manifests: the objects in the cluster; app: the "
        "credential configuration, the code for each language, and the parts to add to job or task definitions; "
        "report: a report about who gets which access, and what the wizard changed and tested; all: a folder for a "
        "pull request, with all exports"
    )
    export.add_argument("what", choices=EXPORTS, nargs="?", help=what)
    export.add_argument(
        "--journal",
        dest="journal_copy",
        metavar="FILE",
        type=Path,
        help=(
            "write the runs of the setup (default: all runs) to FILE, so that a colleague can resume or revert "
            "these runs"
        ),
    )
    export.add_argument("--out", metavar="DIR", type=Path, help="the folder to write to (default: print the files)")
    export.add_argument(
        "--yes",
        action="store_true",
        help="overwrite files that the wizard exported before, except files that someone has changed since then",
    )
    _json(export)
    _debug(export)


_USE_OF_THE_PROBE = """\
how to use the script:
  wif-wizard probe setup.yaml > probe.py                # here
  python3 -I -S probe.py > output.txt                   # in the workload, with Python 3.8 or newer
  wif-wizard test setup.yaml --from-output output.txt   # here; output.txt can contain log timestamps"""


def _probe(commands: Commands) -> None:
    probe = _add(
        commands,
        "probe",
        "print the live test as one Python file, which runs in the workload without additional packages",
    )
    described = "a setup file, or a credential configuration (default: the file that the workload itself uses)"
    probe.add_argument("file", metavar="SETUP.yaml|CONFIG.json", nargs="?", help=described)
    probe.epilog = f"{probe.epilog}\n\n{_(_USE_OF_THE_PROBE)}"
    _debug(probe)


def _runs(commands: Commands) -> None:
    listed = _add(commands, "runs", "list the runs in the journal of this machine, newest first")
    resume = _add(commands, "resume", "finish a run that failed or that you interrupted")
    revert = _add(
        commands, "revert", "delete the resources that a run created, and restore the resources that the run changed"
    )
    resume.add_argument("run", metavar="RUN", nargs="?", help="the ID of the run (default: the newest unfinished run)")
    which = revert.add_mutually_exclusive_group()
    which.add_argument("run", metavar="RUN", nargs="?", help="the ID of the run (default: the newest run)")
    which.add_argument("--all", metavar="SETUP.yaml", help="revert every run of this setup")
    revert.add_argument(
        "--services", action="store_true", help="also disable the Google Cloud services that the run enabled"
    )
    for command in (resume, revert):
        command.add_argument(
            "--yes",
            action="store_true",
            help="approve every change in the plan, except changes that remove access from other identities",
        )
        command.add_argument(
            "--accept-loss", action="store_true", help="approve the loss of access that the plan lists"
        )
    for command in (listed, resume, revert):
        command.add_argument(
            "--journal", metavar="FILE", type=Path, help="use the journal in FILE, such as the journal of a colleague"
        )
        _json(command)
    for command in (resume, revert):
        _debug(command)


def _demo_and_sandbox(commands: Commands, sandbox: bool) -> None:
    demo = _add(
        commands, "demo", "open the wizard in a sandbox cloud; if there is no terminal, run plan, apply and test"
    )
    what = demo.add_mutually_exclusive_group()
    what.add_argument(
        "--scenario", default="batch-bigquery", metavar="NAME", help="the scenario to run (default: %(default)s)"
    )
    what.add_argument(
        "--broken",
        metavar="NAME",
        help=(
            "use this fault to break the setup of a scenario (random: any fault); the doctor names and fixes the cause"
        ),
    )
    what.add_argument("--list", action="store_true", help="list all faults, with a description of each fault")
    _log(demo)
    serve = _add(
        commands,
        "sandbox",
        "serve a sandbox cloud on 127.0.0.1 until you stop the sandbox, or while a command runs in the sandbox",
    )
    if sandbox:
        from wizard.sandbox.__main__ import add_options

        add_options(serve)
        serve.usage = f"{serve.format_usage().removeprefix(usage_prefix()).rstrip()} [-- COMMAND ...]"


def _serve_credentials(commands: Commands, complete: bool) -> None:
    serve = _add(
        commands,
        "serve-credentials",
        "serve a container's AWS credentials, as the EC2 metadata service does, to an application that you cannot "
        "change",
    )
    if complete:
        from wizard.chain.serve_credentials import add_options

        actions = add_options(serve)
        actions.add_argument(
            "--print", action="store_true", help="print the server as one Python file, for Python 3.8 or newer"
        )
        serve.usage = f"{serve.format_usage().removeprefix(usage_prefix()).rstrip()} [-- PROGRAM ...]"


def _schema_and_completion(commands: Commands) -> None:
    schema = _add(commands, "schema", "print the JSON Schema of the setup file, or of the JSON output of a command")
    described = "the setup file, or the command whose output the schema describes (default: %(default)s)"
    schema.add_argument("name", nargs="?", default="setup", choices=SCHEMAS, help=described)
    completion = _add(
        commands, "completion", "print a script that adds command completion for wif-wizard to your shell"
    )
    completion.add_argument("shell", choices=SHELLS, help="the shell that you use")


def _language(command: argparse.ArgumentParser) -> None:
    """--lang can stand before the command or after it."""
    command.add_argument(
        "--lang",
        choices=LANGUAGES,
        default=argparse.SUPPRESS,
        help="the language of pages, questions and findings (default: the language of the locale)",
    )


def _json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print JSON on stdout, and human-readable text on stderr")


def _debug(command: argparse.ArgumentParser) -> None:
    command.add_argument("--debug", action="store_true", help="print a line on stderr for each cloud API call")
    _log(command)


def _log(command: argparse.ArgumentParser) -> None:
    command.add_argument("--log", metavar="FILE", help="append a line to FILE for each cloud API call")
