"""Every rule with a fix that can be made, and every kind with commands, is in the tables of this folder."""

import re
from collections.abc import Iterator
from inspect import isabstract
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.oracles.by_hand import aws_fixes, aws_worlds, gke_fixes, gke_worlds
from tests.oracles.by_hand.fixes import Broken, is_command, is_plan
from tests.oracles.by_hand.sentences import NOT_HERE, SENTENCES
from wizard.chain.rule import Rule
from wizard.engine.resource import Resource
from wizard.modes.aws.blueprint import Blueprint
from wizard.modes.aws.eks.blueprint import EksBlueprint
from wizard.modes.aws.live.reasons import RULES as AWS
from wizard.modes.aws.model import AwsSetup
from wizard.modes.gke.blueprint import GkeBlueprint
from wizard.modes.gke.live.reasons import RULES as GKE
from wizard.modes.gke.model import GkeSetup
from wizard.resources.kind import Kind

TABLES = ((AWS, aws_fixes.FIXES), (GKE, gke_fixes.FIXES))


def is_tried(rule: Rule[Any], rows: tuple[Broken, ...]) -> bool:
    """Return whether a row is about a rule."""
    return any(row.explains(rule, row.hop) for row in rows)


@pytest.mark.parametrize(("rules", "rows"), TABLES, ids=("aws", "gke"))
def test_every_fix_that_can_be_made_is_tried(rules: tuple[Rule[Any], ...], rows: tuple[Broken, ...]) -> None:
    fixable = [rule for rule in rules if is_command(rule) or is_plan(rule)]
    tried = {(rule.cause, rule.fix) for rule in fixable if is_tried(rule, rows)}
    untried = [rule.cause for rule in fixable if (rule.cause, rule.fix) not in tried]
    assert [cause for cause in untried if not any(words in cause for words in NOT_HERE)] == []


@pytest.mark.parametrize("rules", (AWS, GKE), ids=("aws", "gke"))
def test_every_other_fix_has_a_reason_to_be_a_sentence(rules: tuple[Rule[Any], ...]) -> None:
    with_command = {rule.cause for rule in rules if is_command(rule)}
    others = [rule.fix for rule in rules if not (is_command(rule) or is_plan(rule) or rule.cause in with_command)]
    assert [fix for fix in others if not any(fix.startswith(words) for words in SENTENCES)] == []


@pytest.mark.parametrize("rules", (AWS, GKE), ids=("aws", "gke"))
def test_a_command_stands_alone_at_the_end_of_a_fix(rules: tuple[Rule[Any], ...]) -> None:
    inside = re.compile(r"\b(gcloud|kubectl|aws) [a-z-]+ [a-z-]+")
    hidden = [rule.fix for rule in rules if inside.search(rule.fix) and not is_command(rule)]
    assert hidden == []
    assert [rule.fix for rule in rules if is_command(rule) and ";" in rule.fix.rpartition(": ")[2]] == []


def test_every_kind_with_commands_is_in_a_world() -> None:
    setups = [AwsSetup.model_validate(yaml.safe_load(world.setup)) for world in aws_worlds.WORLDS]
    clusters = [GkeSetup.model_validate(yaml.safe_load(world.setup)) for world in gke_worlds.WORLDS]
    resources = [each for setup in setups for each in _blueprint(setup).resources()]
    resources += [each for setup in clusters for each in GkeBlueprint(setup, "1").resources()]
    ours = [kind for kind in _kinds(Kind) if kind.__module__.startswith("wizard.resources.")]
    with_commands = {kind for kind in ours if kind.commands is not Resource.commands and not isabstract(kind)}
    assert with_commands - {type(resource) for resource in resources} == set()


def _blueprint(setup: AwsSetup) -> Blueprint:
    if setup.role_name:
        return Blueprint(setup, "1", {}, Path())
    return EksBlueprint(setup, "1", {}, Path(), None, "https://oidc.acme.example")


def _kinds(kind: type[Kind]) -> Iterator[type[Kind]]:
    for below in kind.__subclasses__():
        yield below
        yield from _kinds(below)


@pytest.mark.parametrize(("rules", "rows"), TABLES, ids=("aws", "gke"))
def test_every_row_is_about_a_rule(rules: tuple[Rule[Any], ...], rows: tuple[Broken, ...]) -> None:
    assert [str(row) for row in rows if not any(row.explains(rule, row.hop) for rule in rules)] == []
