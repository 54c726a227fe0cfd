"""The setup as a POSIX shell script of gcloud, aws and kubectl, which reads each resource before it writes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib.resources import files as packaged
from itertools import groupby

from wizard import __version__
from wizard.engine.resource import Resource
from wizard.export.script import runtime_steps, steps
from wizard.export.script.quoting import NUMBER, call
from wizard.export.script.steps import Step
from wizard.export.source import Source
from wizard.language import N_
from wizard.modes.opened import ExportedFile
from wizard.outside.text import one_line
from wizard.resources import owners
from wizard.resources.cluster_pool import ClusterPool
from wizard.resources.config_file import ConfigFile
from wizard.resources.pool import Pool

FILE = "apply.sh"
PROGRAMS = {"google": "gcloud", "aws": "aws", "kubernetes": "kubectl"}
"""The program that each side needs."""

_LIBRARY = (
    "common.sh",
    "owners.sh",
    "google.sh",
    "bigquery.sh",
    "cluster.sh",
    "aws.sh",
    "definitions.sh",
    "kubernetes.sh",
)
_OWNED = {"cluster.sh", "definitions.sh", "kubernetes.sh"}
"""The files of the library whose resources other tools can manage."""
_TITLE = N_("Script with gcloud, aws and kubectl commands")
_WHY = (
    "The script creates the same resources as wif-wizard apply. The script reads each resource first, and writes only "
    "what is missing, so that you can run the script again. The script never reads or changes a key."
)
_HEADER = """\
#!/bin/sh
# {title}
#
# wif-wizard {version} exported this script from {file}. Export the script again when the setup changes.
#
# Usage: sh {name} [--only {halves}] [--accept-loss] [--override-owner]
#
#   --only SIDE         runs the steps of one side: {halves}
#   --accept-loss       also makes the changes that remove access from other identities
#   --override-owner    also changes resources that another tool, such as Helm, manages; the tool can revert the change
#
# Each step reads the current state first, and writes only what is missing. You can run the script again at any time.
# The script adds entries to shared policies, conditions and definitions. If the script would have to replace an entry,
# the script stops.
# If a resource has the mark of a tool that manages it, the script stops. Terraform leaves no mark on many resources.
# The script does not test the result. To test the result: wif-wizard test {file}
"""
_OPTIONS = """
set -eu

usage() {{ printf 'Usage: sh %s [--only {halves}] [--accept-loss] [--override-owner]\\n' "$0" >&2; }}
only=
accept_loss=
override_owner=
while [ $# -gt 0 ]; do
  case $1 in
    --only)
      [ $# -ge 2 ] || {{ usage; exit 64; }}
      only=$2
      shift
      ;;
    --only=*) only=${{1#--only=}} ;;
    --accept-loss) accept_loss=yes ;;
    --override-owner) override_owner=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      usage
      exit 64
      ;;
  esac
  shift
done
case $only in
  '' | {patterns}) ;;
  *)
    usage
    exit 64
    ;;
esac
wanted() {{ [ -z "$only" ] || [ "$only" = "$1" ]; }}
here=$(cd "$(dirname "$0")" && pwd)
"""
_END = """
printf '\\nDone. To test the result: wif-wizard test %s\\n' {file}
"""


def files(source: Source) -> list[ExportedFile]:
    """Return the script."""
    return [ExportedFile(FILE, _TITLE, _WHY, "bash", text(source))]


def text(source: Source) -> str:
    """Return the text of the script. It is the same whether or not the clouds could be read."""
    resources = source.unread.resources()
    made = [step_of(resource, source) for resource in resources]
    halves = list(dict.fromkeys(step.half for step in made))
    body = "\n".join(_grouped(made, _pool_project(resources, source)))
    parts = [
        _HEADER.format(
            title=one_line(source.unread.title),
            version=__version__,
            file=one_line(source.file),
            name=FILE,
            halves="|".join(halves),
        ),
        _OPTIONS.format(halves="|".join(halves), patterns=" | ".join(halves)),
        "\n",
        *_library(made),
        "\n# ---- Steps ----\n",
        *_programs(halves),
        *_before(resources),
        body,
        _END.format(file=call(source.file)),
    ]
    return "".join(parts)


def step_of(resource: Resource, source: Source) -> Step:
    """Return the step of a resource."""
    if isinstance(resource, ConfigFile):
        return steps.configuration(resource, source.folder)
    make = {**steps.COMMON, **runtime_steps.RUNTIMES}.get(type(resource), steps.commands)
    return make(resource)


def _library(made: Sequence[Step]) -> Iterator[str]:
    """Yield the files of the library that the steps need."""
    needed = {"common.sh"}.union(*(step.libraries for step in made))
    if needed & _OWNED:
        needed.add("owners.sh")
    for name in _LIBRARY:
        if name in needed:
            content = packaged("assets").joinpath("export", name).read_text(encoding="utf-8")
            yield content.replace("@OWNERS@", _owners())


def _owners() -> str:
    """Return the marks of the tools that manage resources as JSON, one mark in a line."""
    marks = ",\n".join(f"  {json.dumps(asdict(mark))}" for mark in owners.MARKS)
    managers = ",\n".join(f"  {json.dumps(start)}: {json.dumps(owner)}" for start, owner in owners.MANAGERS.items())
    rest = json.dumps(
        {"managed_by": owners.MANAGED_BY, "by_hand": owners.BY_HAND, "otherwise": owners.ITS_CONFIGURATION}
    )
    return f'{{"marks": [\n{marks}\n], "managers": {{\n{managers}\n}},\n{rest[1:]}'


def _programs(halves: Sequence[str]) -> Iterator[str]:
    yield "\n"
    for half in halves:
        yield f"if wanted {half}; then need {PROGRAMS[half]}; fi\n"


def _before(resources: Sequence[Resource]) -> Iterator[str]:
    """Yield what the clients need first: the region and the account on AWS, the context of the cluster."""
    for resource in resources:
        account, region = getattr(resource, "account", None), getattr(resource, "region", None)
        if account and region:
            yield "\nif wanted aws; then\n"
            yield f"  export AWS_REGION={call(region)} AWS_DEFAULT_REGION={call(region)} AWS_PAGER=\n"
            yield f"  {call('check_account', account)}\nfi\n"
            break
    contexts = dict(filter(None, map(runtime_steps.credentials_command, resources)))
    for context, command in contexts.items():
        yield f"\nif wanted kubernetes; then\n{_indented(call('check_context', context, command))}\nfi\n"


def _pool_project(resources: Sequence[Resource], source: Source) -> str:
    """Return the project whose number the script needs: the one of the pool."""
    pools = [each.project for each in resources if isinstance(each, Pool)]
    clusters = [each.cluster.project for each in resources if isinstance(each, ClusterPool)]
    return str(next(iter([*pools, *clusters]), source.unread.setup.google.project))


def _grouped(made: Sequence[Step], project: str) -> Iterator[str]:
    """Yield the steps, with one condition around those of the same side that follow each other.

    The first step of a side that needs the number of `project` reads it: before, the API can be disabled.
    """
    numbered: set[str] = set()
    for half, group in groupby(made, key=lambda step: step.half):
        yield f"\nif wanted {half}; then"
        for step in group:
            yield f"\n  {call('step', one_line(step.title))}"
            if half not in numbered and any(NUMBER in line for line in step.lines):
                numbered.add(half)
                yield f"  {call('find_project_number', project)}"
            yield from (_indented(line) for line in step.lines)
        yield "fi"


def _indented(text_of_step: str) -> str:
    """Return a command with two spaces before its lines; a here-document keeps its lines."""
    head, mark, rest = text_of_step.partition("<<'WIF_WIZARD'\n")
    return "  " + head.replace("\\\n", "\\\n  ") + mark + rest
