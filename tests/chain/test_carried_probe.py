"""The probe that travels in a command: the same program, small, and fit for Python 3.8 with nothing installed."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wizard.chain import carried_probe
from wizard.chain.probing import PROBE

REQUEST = {"config": {"type": "external_account"}, "link_local": False}


def bare(source: str) -> str:
    """The syntax tree of a program without what makes no difference to it."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node, clean=False):
            node.body = node.body[1:] or [ast.Expr(ast.Constant(0))]
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.FunctionDef):
            node.returns = None
    return ast.dump(_Assigned().visit(tree))


class _Assigned(ast.NodeTransformer):
    """Drops the annotations of variables, and keeps those of fields, which are what a class consists of."""

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        node.body = [each if isinstance(each, ast.AnnAssign) else self.visit(each) for each in node.body]
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        return ast.Assign([node.target], node.value) if node.value else node


def test_it_is_the_same_program_without_what_makes_no_difference() -> None:
    assert bare(carried_probe.short_source()) == bare(PROBE.read_text(encoding="utf-8"))
    assert PROBE.read_text(encoding="utf-8").isascii()
    assert "#" not in {line.strip()[:1] for line in carried_probe.short_source().splitlines()}


def pythons() -> list[str]:
    """This Python, and the oldest that it supports, if this machine has it."""
    versions = Path.home() / ".pyenv" / "versions"
    oldest = ["/usr/bin/python3.8", *map(str, versions.glob("3.8.*/bin/python3.8"))]
    return [sys.executable, *[python for python in oldest if Path(python).is_file()][:1]]


def test_it_has_the_syntax_of_python_3_8() -> None:
    ast.parse(carried_probe.short_source(), feature_version=(3, 8))


@pytest.mark.parametrize("python", pythons())
def test_it_runs_isolated_and_without_site_packages(python: str) -> None:
    command = carried_probe.command(REQUEST, 60)
    assert command[:4] == ["python3", "-I", "-S", "-u"]
    done = subprocess.run(
        [python, *command[1:]], capture_output=True, text=True, timeout=60, check=False, env={"PATH": os.defpath}
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["hop"], line["status"]) for line in lines[:2]] == [
        ("config", "failed"),
        ("aws-credentials", "skipped"),
    ]
    assert (done.returncode, done.stderr) == (1, "")


def test_it_ends_by_itself() -> None:
    command = carried_probe.command({**REQUEST, "settle": {}}, 1)
    waiting = command[-1].replace("exec(probe)", "import time;time.sleep(30)")
    done = subprocess.run([sys.executable, *command[1:-1], waiting], capture_output=True, timeout=20, check=False)
    assert done.returncode == -14  # SIGALRM
