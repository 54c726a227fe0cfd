"""Each command's help has examples that can be typed, and an installation without the sandbox says how to get it."""

import shlex
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.commands.conftest import Answer
from wizard.commands.examples import EXAMPLES
from wizard.commands.parser import LATE, parser

TYPED = [command for examples in EXAMPLES.values() for command, _ in examples]

WITHOUT_THE_EXTRA = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"aiohttp", "cryptography", "flask", "flask_cors", "moto", "werkzeug"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Blocker())
from wizard.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("command", TYPED)
def test_every_example_can_be_typed(command: str) -> None:
    program, *arguments = shlex.split(command)
    assert program == "wif-wizard"
    ours = arguments[: arguments.index("--")] if "--" in arguments else arguments
    options = parser(*LATE).parse_args(ours)
    assert options.command == (arguments[0] if arguments else None)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_help_of_a_command_shows_its_examples(wif: Callable[..., Answer], name: str) -> None:
    answer = wif(name, "--help")
    assert answer.code == 0
    assert len(EXAMPLES[name]) in (2, 3)
    for command, why in EXAMPLES[name]:
        assert f"  {command} " in answer.out
        assert f"# {why}\n" in answer.out


def test_every_command_has_examples(wif: Callable[..., Answer]) -> None:
    printed = wif("--help").out
    assert all(f"\n    {name}" in printed for name in EXAMPLES)
    commands = [line.split()[0] for line in printed.splitlines() if line[:4] == "    " and line[4:5].strip()]
    assert set(commands) == set(EXAMPLES)


@pytest.mark.parametrize("command", ["demo", "sandbox"])
def test_without_the_extra_a_command_says_how_to_install_it(command: str) -> None:
    done = _without_the_extra(command)
    assert (done.returncode, done.stdout) == (64, "")
    assert "aiohttp" in done.stderr
    assert "pip install 'wif-wizard[demo]'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [("demo", "--help"), ("sandbox", "--help"), ("completion", "bash"), ("schema",)])
def test_help_completion_and_schema_do_without_the_extra(arguments: tuple[str, ...]) -> None:
    done = _without_the_extra(*arguments)
    assert (done.returncode, done.stderr) == (0, "")


def _without_the_extra(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT_THE_EXTRA, *arguments]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60)
