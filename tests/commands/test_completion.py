"""The completion scripts: every shell accepts its own, and it completes commands, options, values and files."""

import shutil
import subprocess
from pathlib import Path

import pytest

from wizard.commands.completion import script
from wizard.commands.parser import SHELLS
from wizard.sandbox.scenario import names

COMPLETED = [
    ("pl", ["plan"]),
    ("plan --on", ["--only"]),
    ("plan --only ", ["aws", "google", "kubernetes"]),
    ("test --from ta", ["task"]),
    ("plan set", ["setup.yaml"]),
    ("apply setup.yaml --log set", ["setup.yaml"]),
    ("plan other.yaml se", ["setup.yaml"]),
    ("completion z", ["zsh"]),
    ("schema ru", ["runs"]),
    ("demo --scenario ", names()),
    ("demo --broken provider-d", ["provider-deleted", "provider-disabled"]),
    ("sandbox --stea", ["--steady"]),
]
"""What stands on the line after `wif-wizard`, and what it is completed to."""


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every script, and a setup file."""
    folder = tmp_path_factory.mktemp("scripts")
    for shell in SHELLS:
        (folder / f"wif-wizard.{shell}").write_text(script(shell), encoding="utf-8")
    (folder / "setup.yaml").touch()
    return folder


def need(shell: str) -> None:
    """Skip a test whose shell is not installed."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")


def run(folder: Path, *command: str) -> str:
    """What a command prints, which must succeed and print no error."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_accepts_its_script(scripts: Path, shell: str) -> None:
    need(shell)
    run(scripts, shell, "-n", f"wif-wizard.{shell}")


@pytest.mark.parametrize(("line", "expected"), COMPLETED)
def test_bash_completes(scripts: Path, line: str, expected: list[str]) -> None:
    need("bash")
    complete = """
        . ./wif-wizard.bash
        function=$(complete -p wif-wizard | sed 's/.* -F \\([^ ]*\\) .*/\\1/')
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        "$function" 2>/dev/null  # compopt complains outside of a completion
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    words = " ".join(f"'{word}'" for word in ["wif-wizard", *line.split(" ")])
    printed = run(scripts, "bash", "-c", f"COMP_WORDS=({words}){complete}")
    assert sorted(printed.split()) == sorted(expected)


@pytest.mark.parametrize(("line", "expected"), COMPLETED)
def test_fish_completes(scripts: Path, line: str, expected: list[str]) -> None:
    need("fish")
    printed = run(scripts, "fish", "-N", "-c", f"source wif-wizard.fish; complete -C 'wif-wizard {line}'")
    assert sorted(each.split("\t")[0] for each in printed.splitlines()) == sorted(expected)


def test_zsh_registers_its_completion(scripts: Path) -> None:
    need("zsh")
    register = 'autoload -U compinit; compinit -D -u; eval "$(cat wif-wizard.zsh)"; print $_comps[wif-wizard]'
    assert run(scripts, "zsh", "-f", "-c", register).strip() == "_shtab_wif_wizard"
