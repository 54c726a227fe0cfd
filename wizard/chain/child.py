"""Child processes whose lines are read as they come."""

import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

_STDERR_SHOWN = 2000  # characters


@dataclass(frozen=True)
class Ended:
    """How a child ended: its exit code, and the end of what it wrote to stderr."""

    code: int
    stderr: str


def run(
    script: Path,
    request: str,
    environment: Mapping[str, str],
    on_line: Callable[[str], None],
    timeout: float,
    options: tuple[str, ...] = ("-u",),
) -> Ended:
    """Run a Python script with `request` as its stdin; `on_line` gets each line of stdout while the child runs.

    After `timeout` seconds the child is killed. It never outlives this call, whatever is raised here.
    """
    child = subprocess.Popen(
        [sys.executable, *options, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(environment),
        text=True,
        encoding="utf-8",
    )
    late = threading.Event()

    def end() -> None:
        late.set()
        child.kill()

    clock = threading.Timer(timeout, end)
    clock.start()
    with child:
        try:
            ended = _follow(child, request, on_line)
        finally:
            clock.cancel()
            child.kill()
    return Ended(ended.code, f"it did not end within {timeout:.0f} s") if late.is_set() else ended


def _follow(child: "subprocess.Popen[str]", request: str, on_line: Callable[[str], None]) -> Ended:
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
    return Ended(code, "".join(errors)[-_STDERR_SHOWN:])
