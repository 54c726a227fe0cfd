"""`make judges`: runs every judge in a sandbox of its own, without a way out of this machine; prints the table.

A judge that is not installed is named, and judges nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.judges.judges import Call, Judge, judges
from wizard.sandbox import scenario as scenarios
from wizard.sandbox.process import Sandbox

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".venv-judges"
CUT_OFF = "WIF_WIZARD_CUT_OFF"
SECONDS = 120
"""How long one call may take."""

LACKING = 501


@dataclass(frozen=True)
class Sentence:
    """What a judge has found: calls tried and passed, and the requests that came of them, by the sandbox's own log."""

    judge: str
    tried: int
    passed: int
    requests: int
    lacking: int

    def row(self) -> str:
        """The row of the table."""
        return f"| {self.judge} | {self.tried} | {self.passed} | {self.requests} | {self.lacking} |"


def main() -> int:
    """Run the judges that are named in the arguments, or all; the exit code is 0 if every call passed."""
    if CUT_OFF not in os.environ:
        return _cut_off()
    print("| judge | calls | passed | requests | not implemented |\n|---|---|---|---|---|")
    sentences, absent = [], []
    for judge in judges(HOME / "bin" / "python", HOME / "node_modules"):
        if sys.argv[1:] and not any(word in judge.name for word in sys.argv[1:]):
            continue
        if not judge.is_here:
            absent.append(judge.name)
            continue
        sentences.append(_judged(judge))
        print(sentences[-1].row(), flush=True)
    if absent:
        print(f"\nNot installed here: {', '.join(absent)}.")
    return 0 if all(sentence.tried == sentence.passed for sentence in sentences) else 1


def _cut_off() -> int:
    """Start again in a network of its own, which has loopback and nothing else, if this machine can make one."""
    own = ["unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    if subprocess.run([*own, "true"], capture_output=True, check=False).returncode != 0:
        print("This machine makes no network without a way out: a call that leaves it would not be seen.")
        own = []
    command = [*own, sys.executable, "-m", "tests.judges", *sys.argv[1:]]
    return subprocess.run(command, env={**os.environ, CUT_OFF: "1"}, check=False).returncode


def _judged(judge: Judge) -> Sentence:
    with tempfile.TemporaryDirectory() as folder, Sandbox(judge.scenario, ["--steady"]) as sandbox:
        Path(folder, "setup.yaml").write_text(scenarios.load(judge.scenario).setup, encoding="utf-8")
        environ = {**sandbox.environ(), "HOME": folder, "XDG_STATE_HOME": folder}
        environ["PATH"] = f"{Path(sys.executable).parent}:{environ['PATH']}"
        passed = sum(_passes(judge, call, folder, environ) for call in judge.calls)
        statuses = list(_statuses(sandbox.request_log))
    return Sentence(judge.name, len(judge.calls), passed, len(statuses), statuses.count(LACKING))


def _passes(judge: Judge, call: Call, folder: str, environ: dict[str, str]) -> bool:
    try:
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", call.line],
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except subprocess.TimeoutExpired:
        print(f"{judge.name}: {call.line}: no end within {SECONDS} s", file=sys.stderr)
        return False
    said = done.stdout + done.stderr
    if (done.returncode != 0) == call.refused and call.says in said:
        return True
    print(f"{judge.name}: {call.line}: exit code {done.returncode}\n{said[-2000:]}", file=sys.stderr)
    return False


def _statuses(log: Path) -> Iterator[int]:
    for line in log.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)["status"]


if __name__ == "__main__":
    sys.exit(main())
