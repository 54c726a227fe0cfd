"""A full disk, a limit of file sizes, and folders that cannot be written: nothing is half done, and resume works."""

import os
import shlex
import subprocess

import pytest

from tests.surroundings.conftest import Ended, Machine
from wizard.engine.journal import Journal


def _on_disk(machine: Machine, mount: str, *arguments: str, change: dict[str, str | None] | None = None) -> Ended:
    """Run the program where `mount` has prepared a disk. Skips where nobody may mount one."""
    tried = subprocess.run(["unshare", "-rm", "true"], check=False, capture_output=True)
    if tried.returncode:
        pytest.skip("this machine lets nobody mount a disk")
    before = ("unshare", "-rm", "bash", "-c", f'{mount}; exec "$@"', "bash")
    return machine.run(*arguments, before=before, change=change)


def _full(folder: str) -> str:
    """A command that puts a full disk at a folder."""
    there = shlex.quote(folder)
    return f"mount -t tmpfs -o size=16k tmpfs {there}; head -c 64k /dev/zero >{there}/fill 2>/dev/null"


def test_with_a_full_disk_for_the_journal_nothing_is_changed(machine: Machine) -> None:
    (machine.folder / "state").mkdir()
    ended = _on_disk(machine, _full(str(machine.folder / "state")), "apply", machine.setup, "--yes", "--accept-loss")
    ended.complaint("database or disk is full. Free some disk space, then try again.")
    assert machine.writes() == 0


def test_a_limit_of_file_sizes_is_told_and_nothing_is_changed(machine: Machine) -> None:
    limited = ("bash", "-c", 'ulimit -f 20; exec "$@"', "bash")
    ended = machine.run("apply", machine.setup, "--yes", "--accept-loss", before=limited)
    ended.complaint("Check the disk and `ulimit -f`, or set WIF_WIZARD_JOURNAL to another file.")
    assert machine.writes() == 0


def test_a_read_only_home_is_told_and_nothing_is_changed(machine: Machine) -> None:
    (machine.folder / "home").mkdir()
    home = str(machine.folder / "home")
    mount = f"mount -t tmpfs -o ro tmpfs {shlex.quote(home)}"
    change: dict[str, str | None] = {"HOME": home, "XDG_STATE_HOME": None}
    assert _on_disk(machine, mount, "plan", machine.setup, change=change).code == 2, "a plan needs no journal"
    ended = _on_disk(machine, mount, "apply", machine.setup, "--yes", "--accept-loss", change=change)
    ended.complaint("Read-only file system", "set WIF_WIZARD_JOURNAL to another file")
    assert machine.writes() == 0


def test_a_full_disk_for_the_configuration_fails_alone_and_is_resumed(aws_machine: Machine) -> None:
    full = aws_machine.folder / "full"
    full.mkdir()
    copied = f"mount -t tmpfs -o size=8k tmpfs {full}; cp {aws_machine.setup} {full}/setup.yaml"
    mount = f"{copied}; head -c 64k /dev/zero >{full}/fill 2>/dev/null"
    ended = _on_disk(aws_machine, mount, "apply", str(full / "setup.yaml"), "--yes")
    assert ended.code == 1
    assert "No space left on device" in ended.out
    assert "Fix the cause, then resume the run" in ended.out
    assert "Traceback" not in ended.out + ended.err
    (full / "setup.yaml").write_text((aws_machine.folder / "setup.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    assert aws_machine.run("resume", "--yes").code == 0
    assert (full / "clientLibraryConfig-aws-provider.json").is_file()


def test_a_killed_run_on_a_read_only_disk_is_listed_and_resumed_later(aws_machine: Machine) -> None:
    state = aws_machine.folder / "state" / "wif-wizard"
    journal = Journal(state / "journal.db")
    killed = journal.begin("a killed run", (aws_machine.folder / "setup.yaml").read_text(encoding="utf-8"))
    os.close(journal._locks.pop(killed))  # as the end of its process does
    there = shlex.quote(str(state))
    mount = f"mount --bind {there} {there}; mount -o remount,ro,bind {there}"
    listed = _on_disk(aws_machine, mount, "runs")
    assert listed.code == 0, listed.err
    assert f"{killed}  interrupted" in listed.out
    _on_disk(aws_machine, mount, "resume", "--yes").complaint("set WIF_WIZARD_JOURNAL to another file")
    assert aws_machine.writes() == 0
    assert aws_machine.run("resume", "--yes").code == 0
    assert aws_machine.run("plan", aws_machine.setup).code == 0
