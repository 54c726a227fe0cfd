"""What a clean refusal is: an answer, in the form of the cloud that was asked, that no failure of the server caused."""

import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from xml.etree import ElementTree

from wizard.sandbox.process import Sandbox

from .sending import Answer

MORE_MEMORY = 24 * 2**20
"""Bytes that a sandbox may grow by while it refuses: measured are 19 MiB at most, for code that is loaded."""

MORE_PER_REQUEST = 12 * 2**10
"""Bytes that a request may leave, such as what it creates: measured are 8 KiB for random calls to AWS, that create."""

Judge = Callable[[Answer], str]
"""Says what is wrong with an answer; empty if nothing is."""


def status_problem(answer: Answer) -> str:
    """What the status says: success, a refusal, and 501 for what the sandbox does not have are fine."""
    if answer.status == -1:
        return "no answer in time"
    if answer.status == 0:
        return "closed without an answer"
    if 200 <= answer.status < 300 or 400 <= answer.status < 500 or answer.status == 501:
        return ""
    return f"status {answer.status}: {answer.body[:200]!r}"


def of_google(answer: Answer) -> str:
    """A refusal is Google's envelope, or OAuth's."""
    return status_problem(answer) or _in_form(answer, _is_googles)


def of_kubernetes(answer: Answer) -> str:
    """A refusal is a Status object."""
    return status_problem(answer) or _in_form(answer, _is_status)


def of_aws(answer: Answer) -> str:
    """A refusal has a code, in XML or JSON."""
    return status_problem(answer) or _in_form(answer, _has_code)


def _in_form(answer: Answer, fits: Callable[[Answer], bool]) -> str:
    if answer.status < 400:
        return ""
    try:
        fine = fits(answer)
    except (ValueError, KeyError, TypeError, ElementTree.ParseError):
        fine = False
    return "" if fine else f"not in form, {answer.status}: {answer.body[:200]!r}"


def _is_googles(answer: Answer) -> bool:
    error = json.loads(answer.body)
    error = error[0] if isinstance(error, list) else error
    if isinstance(error["error"], str):
        return True
    return bool(error["error"]["code"] == answer.status and error["error"]["message"])


def _is_status(answer: Answer) -> bool:
    status = json.loads(answer.body)
    return bool(status["kind"] == "Status" and status["code"] == answer.status and status["message"])


def _has_code(answer: Answer) -> bool:
    if answer.media.endswith("xml"):
        found = [each for each in ElementTree.fromstring(answer.body).iter() if each.tag.endswith("Code")]
        return bool(found and found[0].text)
    document = json.loads(answer.body)
    return bool(answer.code or document.get("__type"))


class Watch:
    """Watches a sandbox while it is fuzzed: what it prints, how its memory grows, and whether it is still there."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._memory = 0
        self._printed = b""
        self.problems: list[str] = []
        self.count = 0
        self.statuses: Counter[int] = Counter()
        """How many answers had each status."""

    def judge(self, sent: bytes, answer: Answer, judge: Judge) -> None:
        """Note what is wrong with an answer."""
        self.statuses[answer.status] += 1
        self.note(sent, judge(answer))

    def note(self, sent: bytes, problem: str) -> None:
        """Note what is wrong with what came of a request; empty if nothing is."""
        self.count += 1
        if problem:
            self.problems.append(f"{_shown(sent)}: {problem}")

    def __enter__(self) -> "Watch":
        self._memory, self._printed = memory(self._sandbox.pid), self._sandbox.output.read_bytes()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            return
        assert not self.problems, f"{len(self.problems)} of {self.count}:\n" + "\n".join(self.problems[:20])
        assert self._sandbox.output.read_bytes() == self._printed
        grown = memory(self._sandbox.pid) - self._memory
        print(dict(sorted(self.statuses.items())), f"{grown / 2**20:.1f} MiB")
        assert grown < MORE_MEMORY + MORE_PER_REQUEST * self.count, (
            f"{grown / 2**20:.1f} MiB more after {self.count} requests"
        )


def _shown(sent: bytes) -> str:
    """The first line of a request and what its body begins with."""
    head, _, body = sent.partition(b"\r\n\r\n")
    return f"{head.splitlines()[0][:200] if head else b''!r} {body[:300]!r}"


def memory(pid: int) -> int:
    """Bytes of memory that a process holds now."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))


def processor_seconds(pid: int) -> float:
    """Seconds that a process has worked."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
