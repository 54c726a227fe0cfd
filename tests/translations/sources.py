"""What the catalogue of translations has to have: the sentences of the code, of its tables, and of the prose."""

from __future__ import annotations

import argparse
import ast
import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import wizard
from wizard import prose
from wizard.chain import rule as chain_rule
from wizard.chain.hop import Hop
from wizard.commands.examples import EXAMPLES
from wizard.commands.parser import LATE, parser
from wizard.doctor import catalogue, pages
from wizard.doctor.rule import Severity, Side
from wizard.engine.resource import Resource
from wizard.modes.mode import Mode
from wizard.sandbox import scenario
from wizard.setup import products, role_sets, usual_roles
from wizard.setup.question import Choice, Question
from wizard.work import faults

ROOT = Path(__file__).parents[2]
ENGLISH = ROOT / "README.md"
LANGUAGES = "English | [日本語](README.ja.md)"
"""The line of the README that leads to its languages."""
ROOMS = ("wizard", "screens")
_SHOWN_ATTRIBUTES = ("title", "next_label")
"""The attributes of pages that are shown."""
MARKS = ("_", "N_")
"""`_` translates, `N_` only marks what is translated where it is shown."""
_NOT_FOR_PEOPLE = ("wizard.sandbox", "wizard.__main__", "wizard.chain.probe", "wizard.chain.serve_credentials")

Found = Iterator[tuple[str, str]]
"""The place of a sentence, which is a file, and the sentence."""


@cache
def messages() -> dict[str, list[str]]:
    """Return every msgid, with the files that it is in, in the order of the files."""
    found: dict[str, list[str]] = {}
    for source in (of_tables, of_code, of_options, of_demos, of_help, of_findings, of_readme):
        for place, msgid in source():
            places = found.setdefault(msgid, [])
            if place not in places:
                places.append(place)
    return found


# Prose


def of_help() -> Found:
    """Yield the help pages. Those of the findings are made from the rules."""
    folder = ROOT / "assets" / "help"
    for file in sorted(folder.rglob("*.md")):
        if file.parent.name != "findings":
            yield from _of_prose(file)


def of_readme() -> Found:
    """Yield the README, without the links to its languages."""
    yield from (found for found in _of_prose(ENGLISH) if found[1] != LANGUAGES)


def _of_prose(file: Path) -> Found:
    for msgid in _msgids(file.read_text(encoding="utf-8")):
        yield _place(file), msgid


def of_findings() -> Found:
    """Yield what the rules of the doctor say, and the titles of their layers."""
    for layer in catalogue.LAYERS:
        for rule in catalogue.all_rules().values():
            if rule.layer == layer:
                place = f"wizard/doctor/rules/{layer}/{rule.code.lower()}_{rule.name}.py"
                for msgid in (rule.title, *_msgids(rule.text), rule.unseen, rule.look_at, rule.ask):
                    if msgid:
                        yield place, msgid
    for text in (*pages.TITLES.values(), "Fix:"):
        yield "wizard/doctor/pages.py", text
    for text in (*catalogue.LAYERS, *get_args(Severity), *get_args(Side)):
        yield "wizard/doctor/rule.py", text


# Tables


def of_tables() -> Found:
    """Yield the texts of the questions and of the rules of the live test, wherever a module has a table of them."""
    for name in modules():
        module = import_module(name)
        place = name.replace(".", "/") + ".py"
        for value in vars(module).values():
            for text in _texts(value):
                yield place, text


def modules() -> list[str]:
    """Return the names of the modules of the wizard that hold tables."""
    found = [module.name for module in pkgutil.walk_packages(wizard.__path__, "wizard.") if not module.ispkg]
    return sorted(name for name in found if not name.startswith(_NOT_FOR_PEOPLE))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Question):
        yield value.title
        yield value.help
        for choice in value.choices:
            yield from _texts(choice)
    elif isinstance(value, Choice):
        yield from (text for text in (value.title, value.note) if text)
    elif isinstance(value, products.Limit):
        yield value.reason
    elif isinstance(value, usual_roles.Product):
        yield from (role.lets for role in value.roles)
    elif isinstance(value, role_sets.Gap):
        yield value.text
    elif isinstance(value, Mode):
        yield from (page.removeprefix(f"{value.name}-").capitalize() for page in value.pages)
        yield from (value.invitation, value.stopping.label, value.stopping.meaning)
        yield from (label for _path, label in value.facts)
        yield from (operator.label for operator in value.operators())
    elif isinstance(value, Hop):
        yield value.title
    elif isinstance(value, chain_rule.Rule):
        yield from (text for text in (value.cause, value.fix) if prose.is_translatable(text))
    elif isinstance(value, type) and issubclass(value, Resource):
        kind = vars(value).get("kind")
        if isinstance(kind, str):
            yield kind
        labels = vars(value).get("key_labels")
        if isinstance(labels, dict):
            yield from labels.values()
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _texts(each)


# Code


def of_code() -> Found:
    """Yield what is marked in the code: `_("...")`, or `_(NAME)` with a text of the same module."""
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            if not file.is_relative_to(ROOT / "wizard" / "sandbox"):
                for text in marked(ast.parse(file.read_text(encoding="utf-8")), _place(file)):
                    yield _place(file), text


def of_options() -> Found:
    """Yield the help of the commands and of their options, and what the examples do."""
    place = "wizard/commands/parser.py"
    for text in _helps(parser(*LATE)):
        yield place, text
    for examples in EXAMPLES.values():
        yield from (("wizard/commands/examples.py", why) for _command, why in examples if prose.is_translatable(why))


def of_demos() -> Found:
    """Yield what the scenarios of the sandbox are, and what their faults break."""
    for name in scenario.names():
        loaded = scenario.load(name)
        for text in (loaded.title, *loaded.description.split("\n")):
            yield f"assets/scenarios/{name}.yaml", text
    for name in faults.names():
        yield f"assets/scenarios/faults/{name}.yaml", faults.load(name).title


def _helps(command: argparse.ArgumentParser) -> Iterator[str]:
    yield command.description or ""
    for action in command._actions:
        if action.help:
            yield action.help
        if isinstance(action, argparse._SubParsersAction):
            yield from (listed.help for listed in action._choices_actions if listed.help)
            for each in action.choices.values():
                yield from _helps(each)


def marked(tree: ast.Module, place: str) -> Iterator[str]:
    """Yield the marked texts of a module. Raises ValueError for a mark whose text cannot be read here."""
    constants = _constants(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            texts = list(_text(node.args[0], constants))
            if not texts:
                raise ValueError(f"{place}:{node.lineno}: a mark needs a text, or a constant of the same module")
            yield from texts
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Binding":
            tooltips = [keyword.value for keyword in node.keywords if keyword.arg == "tooltip"]
            for value in (*node.args[2:3], *tooltips):
                yield from _text(value, constants)
        elif isinstance(node, ast.ClassDef) and place.startswith("screens/"):
            for name, value in _constants(node).items():
                if name in _SHOWN_ATTRIBUTES and not (isinstance(value, ast.Constant) and value.value == ""):
                    yield from _text(value, constants)


def _constants(tree: ast.Module | ast.ClassDef) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found[target.id] = node.value
                elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    names = [name.id for name in target.elts if isinstance(name, ast.Name)]
                    found |= dict(zip(names, node.value.elts, strict=True))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            found[node.target.id] = node.value
    return found


def _text(node: ast.expr, constants: dict[str, ast.expr]) -> Iterator[str]:
    """Yield what an argument of a mark can be: a text, a constant, one of two, or one of a table."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Name) and node.id in constants:
        yield from _text(constants[node.id], constants)
    elif isinstance(node, ast.IfExp):
        yield from _text(node.body, constants)
        yield from _text(node.orelse, constants)
    elif isinstance(node, ast.Subscript):
        yield from _text(node.value, constants)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _text(value, constants)
    elif isinstance(node, ast.Tuple):
        for element in node.elts:
            yield from _text(element, constants)


def _place(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def _msgids(text: str) -> Iterator[str]:
    """Yield each sentence, paragraph or cell of a text that can be translated."""
    for piece in prose.pieces(text):
        if piece.cells:
            yield from (cell.strip() for cell in piece.cells if prose.is_translatable(cell))
        elif prose.is_translatable(piece.msgid):
            yield piece.msgid
