"""`wif-wizard demo --broken`: the doctor names a fault in front of the audience, and fixes it."""

import subprocess
import sys
from collections.abc import Callable

from tests.commands.conftest import Answer
from wizard.commands import demo_broken
from wizard.language import speaking
from wizard.sandbox import scenario
from wizard.work import faults


def test_the_list_has_each_fault_with_its_mode_and_its_title(wif: Callable[..., Answer]) -> None:
    answer = wif("demo", "--list")
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert [line.split()[0] for line in lines] == faults.names()
    for line in lines:
        fault = faults.load(line.split()[0])
        assert line.split()[1] == fault.mode
        assert line.endswith(fault.title)


def test_in_japanese_the_list_has_every_title_in_japanese(wif: Callable[..., Answer]) -> None:
    with speaking("ja"):
        lines = wif("demo", "--list").out.splitlines()
    titles = {line.split()[0]: " ".join(line.split()[2:]) for line in lines}
    assert titles["provider-deleted"] == "provider が削除された"
    assert not [name for name, title in titles.items() if title == faults.load(name).title]


def test_in_japanese_a_scenario_introduces_itself_in_japanese() -> None:
    loaded = scenario.load("batch-bigquery")
    with speaking("ja"):
        title, _empty, description, _last = demo_broken.introduced(loaded)
    assert title == "SANDBOX  Fargate 上の Batch が BigQuery にデータを読み込む"
    assert "毎晩" in description


def test_a_fault_that_does_not_exist_is_refused_before_a_sandbox_starts(wif: Callable[..., Answer]) -> None:
    answer = wif("demo", "--broken", "everything")
    assert answer.code == 64
    assert 'the fault "everything" does not exist: run `wif-wizard demo --list`' in answer.err


def test_a_fault_is_shown_named_and_fixed_without_a_terminal() -> None:
    lines = walked("grants-removed")
    commands = [line for line in lines if line.startswith("$ ")]
    assert commands == [
        "$ wif-wizard test setup.yaml --yes --wait 0",
        "$ wif-wizard doctor setup.yaml",
        "$ wif-wizard doctor setup.yaml --fix --yes --accept-loss",
        "$ wif-wizard test setup.yaml --yes",
    ]
    failed, passed = lines.index("The live test failed."), lines.index("The live test passed.")
    named = next(place for place, line in enumerate(lines) if line.startswith("Cause: WIF"))
    assert failed < named < passed
    assert lines[-1] == "The live test passed."


def test_a_test_that_cannot_begin_does_not_end_the_demo() -> None:
    lines = walked("audience-of-the-pool")
    assert any(line.startswith("Cause: WIF0107") for line in lines)
    assert lines[-1] == "The live test passed."


def test_a_fault_that_the_wizard_cannot_fix_is_named() -> None:
    lines = walked("pods-in-the-hosts-network")
    assert any(line.startswith("Cause: WIF") for line in lines)
    assert lines[-1].startswith("The wizard cannot apply this fix.")


def walked(fault: str) -> list[str]:
    """Return the lines that the demo of a fault prints. It must end well."""
    command = [sys.executable, "-P", "-m", "wizard", "demo", "--broken", fault]
    ended = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout.splitlines()
