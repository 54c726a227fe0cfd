"""Two programs at once on one setup, on one machine or on two: nothing is there twice, and nothing is lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.surroundings.conftest import Ended, Machine
from wizard.engine.journal import Journal

Command = tuple[str, ...]

_BESIDE = (" at the moment. Wait until run ", "after you reviewed the plan", " is still running. Wait until it ends")
"""What the other program says if one does what both were asked to do."""


def _at_once(machine: Machine, *commands: Command, state: str = "state") -> list[Ended]:
    """Run commands side by side. The second one has its journal in the folder `state`."""
    changes = [{"XDG_STATE_HOME": str(machine.folder / name)} for name in ("state", state)]
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda each: machine.run(*each[0], change=each[1]), zip(commands, changes, strict=True)))


def _colleague(machine: Machine) -> str:
    """Copy the journal to another machine. Returns the name of its folder."""
    copy = machine.folder / "other" / "wif-wizard" / "journal.db"
    copy.parent.mkdir(parents=True)
    assert machine.run("export", "--journal", str(copy)).code == 0
    return "other"


def _check(both: list[Ended]) -> None:
    """Check that one did it, and that the other did it too or says why not."""
    assert 0 in [ended.code for ended in both], both
    for ended in both:
        assert "Traceback" not in ended.out + ended.err
        assert ended.code == 0 or any(text in ended.err for text in _BESIDE), ended.out + ended.err
        assert ended.seconds < 100, "nothing waits for what the other has deleted"


def test_two_applies_two_tests_and_two_reverts_at_once(aws_machine: Machine) -> None:
    machine = aws_machine
    apply = ("apply", machine.setup, "--yes")
    assert [ended.code for ended in _at_once(machine, apply, apply)] == [0, 0]
    assert machine.run("plan", machine.setup).code == 0
    test = ("test", machine.setup, "--from", "here", "--yes")
    assert [ended.code for ended in _at_once(machine, test, test)] == [0, 0]
    assert "An interrupted live test left" not in machine.run("runs").out
    revert = ("revert", "--all", machine.setup, "--yes")
    _check(_at_once(machine, revert, revert))
    assert "1 in place" in machine.run("plan", machine.setup).out, "only the services stay"
    assert machine.run("resume", "--yes").code == 64, "nothing is left to resume"


@pytest.mark.parametrize("state", ["state", "other"])
def test_two_reverts_of_one_run_at_once(aws_machine: Machine, state: str) -> None:
    assert aws_machine.run("apply", aws_machine.setup, "--yes").code == 0
    if state == "other":
        _colleague(aws_machine)
    _check(_at_once(aws_machine, ("revert", "--yes"), ("revert", "--yes"), state=state))
    assert "1 in place" in aws_machine.run("plan", aws_machine.setup).out, "only the services stay"


@pytest.mark.parametrize("state", ["state", "other"])
def test_two_resumes_of_one_run_at_once(aws_machine: Machine, state: str) -> None:
    machine = aws_machine
    assert machine.run("apply", machine.setup, "--only", "aws", "--yes").code == 0
    journal = Journal(machine.folder / "state" / "wif-wizard" / "journal.db")
    killed = journal.begin("a killed run", (machine.folder / "setup.yaml").read_text(encoding="utf-8"))
    journal.end(killed, "interrupted")
    if state == "other":
        _colleague(machine)
    _check(_at_once(machine, ("resume", killed, "--yes"), ("resume", killed, "--yes"), state=state))
    assert machine.run("plan", machine.setup).code == 0
    assert "completed by run" in machine.run("runs").out


@pytest.mark.parametrize("state", ["state", "other"])
def test_an_apply_beside_a_revert_is_refused_or_the_next_one_completes_it(aws_machine: Machine, state: str) -> None:
    machine = aws_machine
    assert machine.run("apply", machine.setup, "--yes").code == 0
    if state == "other":
        _colleague(machine)
    (machine.folder / "clientLibraryConfig-aws-provider.json").unlink()
    both = _at_once(machine, ("apply", machine.setup, "--yes"), ("revert", "--yes"), state=state)
    if state == "state":
        _check(both)
    assert "Traceback" not in "".join(ended.out + ended.err for ended in both)
    for ended in both:
        assert ended.code == 0 or "wif-wizard resume" in ended.out or any(text in ended.err for text in _BESIDE)
    assert machine.run("apply", machine.setup, "--yes").code == 0
    assert machine.run("plan", machine.setup).code == 0
