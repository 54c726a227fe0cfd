"""Child processes whose output is read line by line while they run."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from wizard.chain.slots import Stopped, slot
from wizard.language import _

_STDERR_SHOWN = 2000  # characters
_STOP_CHECK = 0.05  # seconds between two checks for a stop request


@dataclass(frozen=True)
class ChildExit:
    """How a child process ended: its exit code, and the last 2000 characters that it wrote to stderr."""

    code: int
    stderr: str


def run(
    script: Path,
    request: str,
    environment: Mapping[str, str],
    on_line: Callable[[str], None],
    timeout: float,
    options: tuple[str, ...] = (),
    stop: threading.Event | None = None,
) -> ChildExit:
    """Run a Python script with `request` as its stdin; `on_line` gets each line of stdout while the child runs.

    `options` are Python's, beside those that print each line at once and import nothing from the script's folder.
    The child is killed after `timeout` seconds, and as soon as `stop` is set; then this raises Stopped. The child never
    outlives this call, which waits while too many others run.
    """
    with slot(stop):
        return _run([sys.executable, "-P", "-u", *options, str(script)], request, environment, on_line, timeout, stop)


def _run(
    command: list[str],
    request: str,
    environment: Mapping[str, str],
    on_line: Callable[[str], None],
    timeout: float,
    stop: threading.Event | None,
) -> ChildExit:
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(environment),
        text=True,
        encoding="utf-8",
    )
    over, late = threading.Event(), threading.Event()
    watch = threading.Thread(target=_watch, args=(child, over, late, timeout, stop), daemon=True)
    watch.start()
    with child:
        try:
            ended = _follow(child, request, on_line)
        finally:
            over.set()
            child.kill()
    if stop is not None and stop.is_set():
        raise Stopped
    return (
        ChildExit(ended.code, _("the process did not finish within {timeout:.0f} s").format(timeout=timeout))
        if late.is_set()
        else ended
    )


def _watch(
    child: "subprocess.Popen[str]",
    over: threading.Event,
    late: threading.Event,
    timeout: float,
    stop: threading.Event | None,
) -> None:
    """Kill the child when its time is up or a stop is requested; return when `over` is set."""
    ends = time.monotonic() + timeout
    while (left := ends - time.monotonic()) > 0:
        if over.wait(left if stop is None else min(left, _STOP_CHECK)):
            return
        if stop is not None and stop.is_set():
            child.kill()
            return
    late.set()
    child.kill()


def _follow(child: "subprocess.Popen[str]", request: str, on_line: Callable[[str], None]) -> ChildExit:
    assert child.stdin and child.stdout and child.stderr
    errors: list[str] = []
    reader = threading.Thread(target=lambda stream: errors.append(stream.read()), args=(child.stderr,))
    reader.start()
    try:
        child.stdin.write(request)
        child.stdin.close()
    except BrokenPipeError:
        pass  # it ended before it read; its exit code and stderr tell why
    for line in child.stdout:
        on_line(line)
    code = child.wait()
    reader.join()
    return ChildExit(code, "".join(errors)[-_STDERR_SHOWN:])
