"""serve-credentials as the parent process of a program: signals, exit codes, and what the program gets."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.chain.container import CONFIG, PYTHON, SCRIPT, SECRET, Endpoint, run, served

READS = """
import json, os, sys, urllib.request
config = json.load(open(os.environ["GOOGLE_APPLICATION_CREDENTIALS"]))
source = config["credential_source"]
ask = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
put = urllib.request.Request(source["imdsv2_session_token_url"], method="PUT")
put.add_header("X-aws-ec2-metadata-token-ttl-seconds", "300")
token = {"X-aws-ec2-metadata-token": ask(put).read().decode()}
def get(url):
    return ask(urllib.request.Request(url, headers=token)).read().decode()
role = get(source["url"])
print(json.dumps([config, get(source["region_url"]), role, json.loads(get(source["url"] + "/" + role))]))
"""
SAYS_SIGNALS = """
import os, signal, sys, time
def tell(number, _):
    os.write(1, (signal.Signals(number).name + "\\n").encode())
    if number == signal.SIGTERM:
        sys.exit(7)
for name in sys.argv[1:]:
    signal.signal(getattr(signal, name), tell)
print("ready", os.getpid(), flush=True)
while True:
    time.sleep(1)
"""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with served(Endpoint()) as serving:
        yield serving


@contextmanager
def parent(endpoint: Endpoint, *program: str, **options: Any) -> Iterator["subprocess.Popen[str]"]:
    """A parent process with a program that runs."""
    command = [*PYTHON, str(SCRIPT), "--", *program]
    environ = endpoint.environ()
    streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environ, **streams, **options) as process:
        try:
            yield process
        finally:
            process.kill()


def pid_of(process: "subprocess.Popen[str]") -> int:
    """The program's process id, which it prints when it is ready."""
    assert process.stdout is not None
    ready, pid = process.stdout.readline().split()
    assert ready == "ready"
    return int(pid)


def test_the_program_finds_a_configuration_that_names_the_server(endpoint: Endpoint) -> None:
    ended = run(endpoint.environ(), "--", sys.executable, "-c", READS)
    assert ended.returncode == 0, ended.stderr
    config, zone, role, document = json.loads(ended.stdout)
    assert (zone, role, document["SecretAccessKey"]) == ("ap-northeast-1a", "loader", SECRET)
    base = config["credential_source"]["url"].removesuffix("/latest/meta-data/iam/security-credentials")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", base)
    assert {**config, "credential_source": 0} == {**CONFIG, "credential_source": 0}
    assert SECRET not in ended.stderr


def test_the_configuration_is_for_every_user_and_is_gone_at_the_end(endpoint: Endpoint, tmp_path: Path) -> None:
    script = 'stat -c %a "$GOOGLE_APPLICATION_CREDENTIALS" "$(dirname "$GOOGLE_APPLICATION_CREDENTIALS")"'
    ended = run(endpoint.environ(TMPDIR=str(tmp_path)), "--", "sh", "-c", script)
    assert ended.stdout.split() == ["644", "755"]
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_named_by_the_option_or_the_variable(endpoint: Endpoint, tmp_path: Path) -> None:
    file, other = tmp_path / "config.json", tmp_path / "other.json"
    file.write_text(json.dumps(CONFIG), encoding="utf-8")
    other.write_text(json.dumps({**CONFIG, "universe_domain": "other.example"}), encoding="utf-8")
    environ = endpoint.environ(GOOGLE_APPLICATION_CREDENTIALS=str(file))
    del environ["GOOGLE_CREDENTIAL_CONFIG"]
    shown = ("--", "sh", "-c", 'cat "$GOOGLE_APPLICATION_CREDENTIALS"')
    assert json.loads(run(environ, *shown).stdout)["universe_domain"] == "googleapis.com"
    assert json.loads(run(environ, "--config", str(other), *shown).stdout)["universe_domain"] == "other.example"
    missing = run({**environ, "GOOGLE_APPLICATION_CREDENTIALS": "/nowhere/config.json"}, *shown)
    assert (missing.returncode, missing.stdout) == (64, "")
    assert "/nowhere/config.json: No such file" in missing.stderr


@pytest.mark.parametrize(
    ("program", "code"),
    [
        (("true",), 0),
        (("sh", "-c", "exit 42"), 42),
        (("sh", "-c", "kill -KILL $$"), 137),
        (("sh", "-c", "kill -TERM $$"), 143),
        (("sh", "-c", "kill -SEGV $$"), 139),
        (("a-program-that-does-not-exist",), 127),
        (("/etc/hostname",), 126),
    ],
)
def test_the_exit_code_is_that_of_the_program(endpoint: Endpoint, program: tuple[str, ...], code: int) -> None:
    assert run(endpoint.environ(), "--", *program).returncode == code


def test_options_after_the_dashes_are_the_programs(endpoint: Endpoint) -> None:
    assert run(endpoint.environ(), "--", "echo", "--port", "--", "--help").stdout == "--port -- --help\n"


def test_signals_reach_the_program(endpoint: Endpoint) -> None:
    names = ("SIGHUP", "SIGUSR1", "SIGUSR2", "SIGQUIT", "SIGINT", "SIGTERM")
    with parent(endpoint, sys.executable, "-c", SAYS_SIGNALS, *names) as process:
        pid_of(process)
        assert process.stdout is not None
        for name in names:
            process.send_signal(getattr(signal, name))
            assert process.stdout.readline() == f"{name}\n"
        assert process.wait(timeout=10) == 7


def test_a_program_that_a_signal_killed_ends_the_server(endpoint: Endpoint) -> None:
    with parent(endpoint, sys.executable, "-c", SAYS_SIGNALS) as process:
        os.kill(pid_of(process), signal.SIGKILL)
        assert process.wait(timeout=10) == 137


def test_the_program_starts_with_the_signals_of_a_shell(endpoint: Endpoint) -> None:
    """Neither the signals that wait here nor those that Python ignores are so for the program."""
    ended = run(endpoint.environ(), "--", "grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status")
    blocked, ignored = (int(line.split()[1], 16) for line in ended.stdout.splitlines())
    ours = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD, signal.SIGPIPE, signal.SIGXFSZ)
    assert blocked == 0
    assert [number for number in ours if ignored & 1 << (number - 1)] == []


def test_orphans_are_collected(endpoint: Endpoint) -> None:
    """As the first process of a container it inherits them: a zombie stays for each that nobody waits for."""
    script = "import ctypes, os, sys; ctypes.CDLL(None).prctl(36, 1); os.execv(sys.argv[1], sys.argv[1:])"
    program = "(sleep 0.1 &); sleep 0.5; grep -l zombie /proc/[0-9]*/status | xargs -r grep -h PPid; echo $PPID"
    command = [sys.executable, "-c", script, *PYTHON, str(SCRIPT), "--", "sh", "-c", program]
    ended = subprocess.run(command, env=endpoint.environ(), capture_output=True, text=True, timeout=30, check=False)
    *zombies, own = ended.stdout.split()
    assert own.isdigit(), ended.stderr
    assert own not in zombies


def test_standard_streams_are_the_programs_own(endpoint: Endpoint) -> None:
    command = [*PYTHON, str(SCRIPT), "--", "sh", "-c", "cat; echo problem >&2"]
    ended = subprocess.run(
        command, env=endpoint.environ(), input="hello", capture_output=True, text=True, timeout=30, check=False
    )
    assert ended.stdout == "hello"
    assert "problem\n" in ended.stderr


def test_sidecars_stop_at_once_when_they_are_asked(endpoint: Endpoint) -> None:
    command = [*PYTHON, str(SCRIPT), "--port", "0"]
    for number in (signal.SIGTERM, signal.SIGINT):
        with subprocess.Popen(command, env=endpoint.environ(), stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            assert "listening" in process.stderr.readline()
            process.send_signal(number)
            assert process.wait(timeout=10) == 0


def in_terminal(command: list[str], environ: dict[str, str], typed: bytes) -> tuple[int, str]:
    """Run a program in a terminal, type when it says that it is ready: its exit code, and what it printed."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(command[0], command, environ)
    printed = b""
    with os.fdopen(terminal, "rb+", buffering=0) as file:
        while b"ready" not in printed:
            printed += file.read(1000)
        file.write(typed)
        while b"end" not in printed:
            printed += file.read(1000)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return code, printed.decode()


def test_ctrl_c_in_a_terminal_reaches_the_program(endpoint: Endpoint) -> None:
    program = "import time\ntry: print('ready', flush=True); time.sleep(20)\nexcept KeyboardInterrupt: print('end')"
    command = [*PYTHON, str(SCRIPT), "--", sys.executable, "-c", program]
    code, printed = in_terminal(command, endpoint.environ(), b"\x03")
    assert (code, printed.count("end")) == (0, 1)


def test_a_signal_of_the_terminal_is_told_from_one_that_was_sent() -> None:
    """The terminal sends its signals to the program too, which must not get them twice."""
    program = (
        f"import os, sys; sys.path.insert(0, {str(SCRIPT.parent)!r}); import serve_credentials as s; "
        "taken, _ = s.take_signals(); os.kill(os.getpid(), 2); print(s.next_signal(taken), 'ready', flush=True); "
        "print(s.next_signal(taken), 'end')"
    )
    code, printed = in_terminal([*PYTHON, "-c", program], {}, b"\x03")
    assert code == 0
    assert re.findall(r"\((\d+), (\w+)\)", printed) == [("2", "False"), ("2", "True")]


def test_as_the_first_process_of_a_container_it_passes_signals_on(endpoint: Endpoint) -> None:
    """Such a process gets no signal that it has no handler for."""
    unshare = ["unshare", "--map-root-user", "--pid", "--fork", "--kill-child"]
    if subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no process namespaces here")
    script = "import os, subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))"
    inner = "import os, signal, time; signal.signal(signal.SIGTERM, lambda *_: os._exit(9)); os.kill(os.getppid(), 15)"
    program = [sys.executable, "-c", f"{inner}; time.sleep(20)"]
    command = [sys.executable, "-c", script, *unshare, *PYTHON, str(SCRIPT), "--", *program]
    ended = subprocess.run(command, env=endpoint.environ(), capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 9, ended.stderr
