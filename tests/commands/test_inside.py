"""`wif-wizard sandbox -- COMMAND`: one command inside a sandbox, which ends with it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

WIZARD = [sys.executable, "-m", "wizard", "sandbox"]
SAY = "import json, os; print(json.dumps(dict(os.environ)))"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run([*WIZARD, *arguments], capture_output=True, text=True, timeout=60, check=False)


def test_the_command_is_inside_and_its_exit_code_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/my/own.json")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "my own")
    done = run("--", sys.executable, "-c", f"{SAY}; raise SystemExit(7)")
    assert (done.returncode, done.stderr) == (7, "")
    environ = json.loads(done.stdout)
    assert environ["WIF_WIZARD_SANDBOX"] == "batch-bigquery"
    assert not {"/my/own.json", "my own"} & set(environ.values())
    assert not Path(environ["GOOGLE_APPLICATION_CREDENTIALS"]).exists()  # the sandbox has ended, and its files with it


def test_options_before_the_dashes_are_the_sandboxes_and_those_after_the_commands() -> None:
    done = run("--scenario", "gke-spanner", "--", "sh", "-c", 'echo "$WIF_WIZARD_SANDBOX $0"', "--scenario")
    assert (done.returncode, done.stdout) == (0, "gke-spanner --scenario\n")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--"], 64, "add a command after --"),
        (["--env-file", "x", "--", "true"], 64, "remove --env-file"),
        (["--scenario", "none", "--", "true"], 64, "none"),
        (["--", "no-such-program"], 127, "no-such-program: No such file or directory"),
        (["--", "/dev/null"], 126, "/dev/null: Permission denied"),
    ],
)
def test_a_command_that_cannot_be_run_is_said(arguments: list[str], code: int, words: str) -> None:
    done = run(*arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 130), (signal.SIGINT, 3)])
def test_an_interrupt_ends_the_command_and_leaves_nothing(tmp_path: Path, sent: signal.Signals, code: int) -> None:
    started = tmp_path / "started"
    program = (
        "import pathlib, signal, sys, time; signal.signal(signal.SIGINT, lambda *_: sys.exit(3));"
        f"pathlib.Path({str(started)!r}).write_text(__import__('os').environ['SSL_CERT_FILE']); time.sleep(60)"
    )
    command = [*WIZARD, "--", sys.executable, "-c", program]
    with subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL) as process:
        ends = monotonic() + 30
        while not started.exists() or not started.read_text():
            assert monotonic() < ends
            sleep(0.05)
        if sent == signal.SIGINT:
            os.killpg(process.pid, sent)  # as a terminal does
        else:
            process.send_signal(sent)
        assert process.wait(30) == code
    assert not Path(started.read_text()).exists()
