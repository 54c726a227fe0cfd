"""The commands in the help pages of the findings are commands of gcloud and aws, with options that these have."""

import importlib.util
import re
import shlex
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from wizard.doctor import catalogue
from wizard.doctor.rule import Rule

_IN_A_SENTENCE = re.compile(r"(?:: |\brun )((?:gcloud|aws) [a-z][^.;,]*(?:\.[^ ][^.;,]*)*)")
_OF_THE_CLI = {"--query", "--output"}
"""Options of every aws command."""


def commands() -> Iterator[tuple[str, list[str]]]:
    """The commands of gcloud and aws in the help page of each rule, with the rule's code."""
    for rule in catalogue.all_rules().values():
        for command in _commands_of(rule):
            words = shlex.split(command)
            if words[0] in ("gcloud", "aws"):
                yield rule.code, words


def _commands_of(rule: Rule) -> Iterator[str]:
    for paragraph in rule.text.split("\n\n"):
        if paragraph.startswith("    "):
            yield paragraph.replace("\\\n", " ")
        else:
            yield from _IN_A_SENTENCE.findall(" ".join(paragraph.split()))


@cache
def _tree_of_gcloud() -> dict[str, Any]:
    """The commands and options of gcloud, which its completion reads."""
    gcloud = shutil.which("gcloud")
    file = Path(gcloud or "").resolve().parents[1] / "data" / "cli" / "gcloud_completions.py" if gcloud else None
    if file is None or not file.exists():
        pytest.skip("gcloud is not installed, or has no list of its commands")
    spec = importlib.util.spec_from_file_location("gcloud_completions", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    tree: dict[str, Any] = module.STATIC_COMPLETION_CLI_TREE
    return tree


def _wrong_for_gcloud(words: list[str]) -> list[str]:
    node = _tree_of_gcloud()
    options = set(node["flags"])
    rest = words[1:]
    while rest and rest[0] in node.get("commands", {}):
        node = node["commands"][rest.pop(0)]
        options |= set(node.get("flags", {}))
    if node.get("commands"):
        return [f"no such command: {' '.join(words)}"]
    return [word for word in _options(rest) if word not in options]


def _wrong_for_aws(words: list[str]) -> list[str]:
    service, command, *rest = words[1:]
    if service == "configure":
        return []
    model = botocore.session.get_session().get_service_model(service)
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    if command not in operations:
        return [f"no such command: {' '.join(words)}"]
    shape = model.operation_model(operations[command]).input_shape
    options = {f"--{xform_name(name, '-')}" for name in (shape.members if shape else ())} | _OF_THE_CLI
    return [word for word in _options(rest) if word not in options]


def _options(words: list[str]) -> list[str]:
    return [word.partition("=")[0] for word in words if word.startswith("--")]


def test_the_commands_exist_with_their_options() -> None:
    found = list(commands())
    assert len(found) > 80
    check = {"gcloud": _wrong_for_gcloud, "aws": _wrong_for_aws}
    assert [(code, wrong) for code, words in found if (wrong := check[words[0]](words))] == []


@pytest.mark.parametrize(
    "command",
    [
        "gcloud iam pools list",
        "gcloud projects describe acme --colour=red",
        "aws iam get-rolle",
        "aws ecs list-tasks --x",
    ],
)
def test_a_command_that_does_not_exist_is_seen(command: str) -> None:
    words = command.split()
    assert {"gcloud": _wrong_for_gcloud, "aws": _wrong_for_aws}[words[0]](words)
