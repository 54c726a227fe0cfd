"""The trials: every call of a command is struck by each fault, and every write is killed before and after."""

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.torture.child import Ended
from tests.torture.world import Json, Mode, World, opened
from tests.whole_world import changed

APPLY = ("apply", "SETUP", "--yes", "--accept-loss")
REVERT = ("revert", "--yes", "--accept-loss")
RESUME = ("resume", "--yes", "--accept-loss")
TEST = ("test", "SETUP", "--from", "here", "--yes", "--wait", "0")

NOTHING_TO_RESUME = 64
"""The exit code of `resume` if no run began."""

FAULTS: dict[str, Json] = {
    "503": {"status": 503, "times": 1},
    "reset after": {"effect": "reset after", "times": 1},
    "cut body": {"effect": "cut", "times": 1},
    "403": {"status": 403, "times": 1},
}
"""What strikes every call."""

MORE_FAULTS: dict[str, Json] = {
    "408": {"status": 408, "times": 1},
    "409": {"status": 409, "times": 1},
    "429": {"status": 429, "times": 1},
    "429 with Retry-After": {"status": 429, "times": 1, "retry_after": 1},
    "500": {"status": 500, "times": 1},
    "502": {"status": 502, "times": 1},
    "504": {"status": 504, "times": 1},
    "401": {"status": 401, "times": 1},
    "reset before": {"effect": "reset before", "times": 1},
    "html": {"effect": "html", "times": 1},
    "slow body": {"effect": "slow", "times": 1},
    "503 three times": {"status": 503, "times": 3},
    "403 that comes and goes": {"status": 403, "times": 2, "nth": 2},
}
"""What strikes one call of each client."""


@dataclass(frozen=True)
class Command:
    """A command to torture, in its mode, and what ran before it without a fault."""

    name: str
    mode: Mode
    arguments: tuple[str, ...]
    before: tuple[tuple[str, ...], ...] = ()
    again: tuple[str, ...] = RESUME
    """What brings it to its end after a fault."""


COMMANDS = (
    Command("apply, AWS", "aws", APPLY),
    Command("apply, GKE", "gke", APPLY),
    Command("revert, AWS", "aws", REVERT, (APPLY,)),
    Command("revert, GKE", "gke", REVERT, (APPLY,)),
    Command("live test, AWS", "aws", TEST, (APPLY,), TEST),
    Command("live test, GKE", "gke", TEST, (APPLY,), TEST),
    Command("doctor, AWS", "aws", ("doctor", "SETUP"), (APPLY,), ("doctor", "SETUP")),
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
        return {
            "service": self.service,
            "call": _literal(self.call),
            **fault,
            "nth": self.nth + fault.get("nth", 1) - 1,
        }


@dataclass
class Row:
    """A row of the table."""

    name: str
    calls: int = 0
    tried: int = 0
    struck: int = 0
    done: int = 0
    failed_clean: int = 0
    resumed: int = 0
    worlds: int = 0
    """Trials after which the world differs from the undisturbed one: a duplicate, a lost grant, a leftover."""
    secrets: int = 0
    tracebacks: int = 0
    hangs: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def harm(self) -> int:
        """The sum of the columns that must be zero."""
        stuck = self.tried - self.done - self.resumed
        return self.worlds + self.secrets + self.tracebacks + self.hangs + stuck


@dataclass(frozen=True)
class Undisturbed:
    """A command without a fault: its calls, its exit code, and the world before and after it."""

    calls: list[Call]
    code: int
    before: Json
    after: Json


def undisturbed(command: Command) -> Undisturbed:
    """Run a command without a fault."""
    with opened(command.mode, dict(os.environ), command.before) as world:
        before, seen = world.look(), len(world.log())
        ended = _run(world, command.arguments)
        calls = list(_calls(world.log()[seen:]))
        return Undisturbed(calls, ended.code, before, world.look())


def _calls(log: list[Json]) -> Iterator[Call]:
    """Yield the calls of a log, each with its number among the same calls; of repeated reads, only the first."""
    counts: Counter[tuple[str, str]] = Counter()
    for line in log:
        is_aws = not line["path"].startswith("/")
        call = line["path"] if is_aws else f"{line['method']} {line['path']}"
        key = (line["service"], call)
        counts[key] += 1
        if line["kind"] == "write" or counts[key] == 1:
            yield Call(line["service"], call, counts[key], line["kind"] == "write")


def with_faults(command: Command, seed: int, share: float, faults: dict[str, Json]) -> Row:
    """Strike the calls of a command, or a share of them, with each of the faults."""
    there = undisturbed(command)
    chosen = random.Random(seed)
    trials = [(call, name) for call in there.calls for name in faults if share >= 1 or chosen.random() < share]
    row = Row(command.name, calls=len(there.calls))
    for call, name in trials:
        _try_fault(command, there, call, name, faults[name], row)
    return row


def _try_fault(command: Command, there: Undisturbed, call: Call, name: str, fault: Json, row: Row) -> None:
    where = f"{command.name}: {name} at {call.service} {call.call} #{call.nth}"
    with opened(command.mode, dict(os.environ), command.before) as world:
        # Reads of what ran before count too, so the schedule starts to count with the file that is written now.
        world.schedule(call.struck(fault))
        first = _run(world, command.arguments)
        world.schedule()
        ended = [first]
        if first.code != there.code:
            row.failed_clean += 1
            ended.append(_run(world, command.again))
            if command.again is RESUME and ended[-1].code == NOTHING_TO_RESUME:
                ended.append(_run(world, command.arguments))  # it failed before it wrote anything
        _judge(row, world, there.after, ended, there.code, where)


def _judge(row: Row, world: World, wanted: Json, ended: list[Ended], code: int, where: str) -> None:
    row.tried += 1
    if ended[-1].code != code:
        row.notes.append(f"{where}: ended with {[each.code for each in ended]}: {ended[-1].text[-600:]}")
    elif len(ended) == 1:
        row.done += 1
    else:
        row.resumed += 1
    printed = world.printed()
    if "Traceback" in printed or any("Traceback" in each.text for each in ended):
        row.tracebacks += 1
        row.notes.append(f"{where}: traceback: {[each.text[-1500:] for each in ended if 'Traceback' in each.text][:1]}")
    if any(secret[:14] in printed for secret in world.secrets()):
        row.secrets += 1
        row.notes.append(f"{where}: a secret was printed or recorded")
    if any(each.hung for each in ended):
        row.hangs += 1
        row.notes.append(f"{where}: silent for {max(each.silence for each in ended):.0f} s")
    if ended[-1].code == code:
        differing = changed(wanted, world.look())
        if differing:
            row.worlds += 1
            row.notes.append(f"{where}: the world differs: {differing[:5]}")


def with_kills(command: Command, seed: int, share: float, *, then: tuple[str, ...]) -> Row:
    """Kill a command before and after each of its writes, or a share of them, and run `then`.

    After `resume`, the world must be the undisturbed one; after `revert`, the world before.
    """
    there = undisturbed(command)
    chosen = random.Random(seed)
    writes = [call for call in there.calls if call.is_write]
    trials = [
        (call, effect)
        for call in writes
        for effect in ("hold before", "hold after")
        if share >= 1 or chosen.random() < share
    ]
    row = Row(f"kill -9 in {command.name}, then {then[0]}", calls=len(writes))
    wanted = there.before if then is REVERT else there.after
    for call, effect in trials:
        where = f"{row.name}: {effect} {call.service} {call.call} #{call.nth}"
        with opened(command.mode, dict(os.environ), command.before) as world:
            world.schedule(call.struck({"effect": effect, "times": 1}))
            seen = len(world.log())
            child = world.start(*_filled(world, command.arguments))
            if not world.held(seen, child):
                row.tried += 1
                row.notes.append(f"{where}: the call was not made: {child.text[-300:]}")
                continue
            child.kill()
            world.schedule()
            row.struck += 1
            ended = [Ended(-9, child.text, 0.0), _run(world, then)]
            if ended[-1].code == NOTHING_TO_RESUME:
                ended.append(_run(world, command.arguments))
            _judge(row, world, wanted, ended, 0, where)
    return row


def _run(world: World, arguments: tuple[str, ...]) -> Ended:
    return world.run(*_filled(world, arguments))


def _filled(world: World, arguments: tuple[str, ...]) -> list[str]:
    return [world.setup if each == "SETUP" else each for each in arguments]


def _literal(text: str) -> str:
    """Return a pattern that matches only this text."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in text)
