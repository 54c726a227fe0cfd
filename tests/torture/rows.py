"""The commands to torture, their calls, and the rows of the table."""

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from tests.torture.child import Ended
from tests.torture.world import Json, Mode, World
from tests.whole_world import changed

T = TypeVar("T")

APPLY = ("apply", "SETUP", "--yes", "--accept-loss")
REVERT = ("revert", "--yes", "--accept-loss")
RESUME = ("resume", "--yes", "--accept-loss")
TEST = ("test", "SETUP", "--from", "here", "--yes", "--wait", "0")
IN_TASK = ("test", "SETUP", "--from", "task", "--yes", "--wait", "0")
DOCTOR = ("doctor", "SETUP")

NOTHING_TO_RESUME = 64
"""The exit code of `resume` if no run began."""

PREFIX = 14
"""So many characters of a secret are as bad as all of it."""

_DEADLINE = re.compile(r"(?:within|after) (\d+) s\b")
_NAMED_ANEW = re.compile(r"(/operations/)[^/]+$|(/wif-wizard-probe-)[^/]+")
"""The names of operations, jobs and pods: they are other ones each time."""
_SLACK = 20.0
"""Seconds for which a command may run beyond the deadline that it states, on a busy machine."""


@dataclass(frozen=True)
class Command:
    """A command to torture, in its mode, and what ran before it without a fault."""

    name: str
    mode: Mode
    arguments: tuple[str, ...]
    before: tuple[tuple[str, ...], ...] = ()
    again: tuple[str, ...] = RESUME
    """What brings it to its end after a fault."""
    interrupted: tuple[str, ...] = ()
    """What ran last before it, and was killed after its first write."""

    @property
    def goes_back(self) -> bool:
        """Whether it reverts a run, or resumes that."""
        return REVERT in (self.arguments, self.interrupted)


COMMANDS = (
    Command("apply, AWS", "aws", APPLY),
    Command("apply, GKE", "gke", APPLY),
    Command("apply, roles on resources", "resources", APPLY),
    Command("revert, AWS", "aws", REVERT, (APPLY,)),
    Command("revert, GKE", "gke", REVERT, (APPLY,)),
    Command("revert, roles on resources", "resources", REVERT, (APPLY,)),
    Command("live test, AWS", "aws", TEST, (APPLY,), TEST),
    Command("live test, GKE", "gke", TEST, (APPLY,), TEST),
    Command("live test in a job, AWS", "aws", IN_TASK, (APPLY,), IN_TASK),
    Command("live test in a pod, GKE", "gke", IN_TASK, (APPLY,), IN_TASK),
    Command("resume of apply, AWS", "aws", RESUME, (), RESUME, APPLY),
    Command("resume of apply, GKE", "gke", RESUME, (), RESUME, APPLY),
    Command("resume of apply, roles on resources", "resources", RESUME, (), RESUME, APPLY),
    Command("resume of revert, AWS", "aws", RESUME, (APPLY,), RESUME, REVERT),
    Command("resume of revert, GKE", "gke", RESUME, (APPLY,), RESUME, REVERT),
    Command("resume of revert, roles on resources", "resources", RESUME, (APPLY,), RESUME, REVERT),
    Command("doctor, AWS", "aws", DOCTOR, (APPLY,), DOCTOR),
    Command("doctor, GKE", "gke", DOCTOR, (APPLY,), DOCTOR),
)


@dataclass(frozen=True)
class Call:
    """One call of a command: its service, what the schedule knows it by, and which one of the same calls it is."""

    service: str
    call: str
    nth: int
    is_write: bool

    def struck(self, fault: Json) -> Json:
        """Return the rule by which a fault strikes this call."""
        pattern = _NAMED_ANEW.sub(r"\1\2*", _literal(self.call))
        return {"service": self.service, "call": pattern, **fault, "nth": self.nth + fault.get("nth", 1) - 1}


@dataclass
class Row:
    """A row of the table."""

    name: str
    calls: int = 0
    """The calls that the undisturbed command makes, by the request log."""
    struck: int = 0
    """The calls of those that a fault or a kill strikes in at least one trial."""
    tried: int = 0
    done: int = 0
    failed_clean: int = 0
    resumed: int = 0
    worlds: int = 0
    """Trials after which the world differs from the undisturbed one: a duplicate, a lost grant, a leftover."""
    searched: int = 0
    """Secrets that were searched in all that the commands printed and recorded."""
    secrets: int = 0
    tracebacks: int = 0
    hangs: int = 0
    """Trials in which a command was silent for too long, or waited longer than it said."""
    notes: list[str] = field(default_factory=list)

    @property
    def harm(self) -> int:
        """The sum of the columns that must be zero."""
        stuck = self.tried - self.done - self.resumed
        return self.worlds + self.secrets + self.tracebacks + self.hangs + stuck


def sample(trials: Sequence[T], seed: int, share: float) -> list[T]:
    """Return a share of the trials in their order: always the same ones, and at least one."""
    count = min(len(trials), max(1, round(share * len(trials))))
    chosen = random.Random(seed).sample(range(len(trials)), count)
    return [trials[index] for index in sorted(chosen)]


def calls_of(log: Iterable[Json]) -> Iterator[Call]:
    """Yield the calls of a log, each with its number among the same calls; of repeated reads, only the first."""
    counts: Counter[tuple[str, str]] = Counter()
    for line in log:
        is_aws = not line["path"].startswith("/")
        call = line["path"] if is_aws else f"{line['method']} {line['path']}"
        key = (line["service"], _NAMED_ANEW.sub(r"\1\2", call))
        counts[key] += 1
        if line["kind"] == "write" or counts[key] == 1:
            yield Call(line["service"], call, counts[key], line["kind"] == "write")


def judge(
    row: Row, world: World, wanted: Json, ended: list[Ended], code: int, where: str, *, faster: float = 1.0
) -> None:
    """Count a trial in its row. The last command must end with `code`, and leave the world as `wanted`.

    The waiting of the first command went `faster` times as fast as usual.
    """
    row.tried += 1
    if ended[-1].code != code:
        row.notes.append(f"{where}: ended with {[each.code for each in ended]}: {ended[-1].text[-600:]}")
    elif len(ended) == 1:
        row.done += 1
    else:
        row.resumed += 1
    _judge_output(row, world, ended, where)
    if any(each.hung for each in ended):
        row.hangs += 1
        row.notes.append(f"{where}: silent for {max(each.silence for each in ended):.0f} s")
    elif _waited_too_long(ended[0], faster):
        row.hangs += 1
        row.notes.append(f"{where}: took {ended[0].seconds:.0f} s: {ended[0].text[-600:]}")
    if ended[-1].code == code:
        differing = changed(wanted, world.look())
        if differing:
            row.worlds += 1
            row.notes.append(f"{where}: the world differs: {differing[:5]}")


def _judge_output(row: Row, world: World, ended: list[Ended], where: str) -> None:
    printed, secrets = world.printed(), world.secrets()
    if "Traceback" in printed or any("Traceback" in each.text for each in ended):
        row.tracebacks += 1
        row.notes.append(f"{where}: traceback: {[each.text[-1500:] for each in ended if 'Traceback' in each.text][:1]}")
    row.searched += len(secrets)
    found = sum(secret[:PREFIX] in printed for secret in secrets)
    if found:
        row.secrets += found
        row.notes.append(f"{where}: a secret was printed or recorded")


def _waited_too_long(ended: Ended, faster: float) -> bool:
    """Return whether a command waited beyond the deadline that it states when it gives up."""
    stated = [float(seconds) for seconds in _DEADLINE.findall(ended.text)]
    return bool(stated) and ended.seconds > max(stated) / faster + _SLACK


def _literal(text: str) -> str:
    """Return a pattern that matches only this text."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in text)
