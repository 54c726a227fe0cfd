"""The trials: every call of a command is struck by each fault, and every write is killed before and after."""

import os
from dataclasses import dataclass
from functools import cache

from tests.torture.child import Ended
from tests.torture.rows import NOTHING_TO_RESUME, RESUME, REVERT, Call, Command, Row, calls_of, judge, sample
from tests.torture.world import Json, World, opened

FAULTS: dict[str, Json] = {
    "503": {"status": 503, "times": 1},
    "reset after": {"effect": "reset after", "times": 1},
    "cut body": {"effect": "cut", "times": 1},
    "403": {"status": 403, "times": 1},
}
"""What strikes every call."""


@dataclass(frozen=True)
class Undisturbed:
    """A command without a fault: its calls, how many lines they have in the log, its exit code, and the worlds."""

    calls: list[Call]
    logged: int
    code: int
    before: Json
    after: Json


def undisturbed(command: Command) -> Undisturbed:
    """Run a command without a fault."""
    with opened(command.mode, dict(os.environ), command.before) as world:
        before = world.look()
        interrupt(world, command)
        seen = len(world.log())
        ended = world.run(*command.arguments)
        # A call that was held is of the command that was killed: it can come late to the log.
        log = [line for line in world.log()[seen:] if "fault" not in line]
        return Undisturbed(list(calls_of(log)), len(log), ended.code, before, world.look())


def with_faults(command: Command, there: Undisturbed, seed: int, share: float) -> Row:
    """Strike the calls of a command, or a share of them, with each of the faults."""
    trials = sample([(call, name) for call in there.calls for name in FAULTS], seed, share)
    row, struck = Row(command.name, there.logged), set()
    for call, name in trials:
        where = f"{command.name}: {name} at {call.service} {call.call} #{call.nth}"
        if attempt(command, there, [call.struck(FAULTS[name])], row, where):
            struck.add(call)
    row.struck = len(struck)
    return row


def attempt(
    command: Command,
    there: Undisturbed,
    schedule: list[Json],
    row: Row,
    where: str,
    *,
    faster: float = 1.0,
    again: tuple[Json, ...] = (),
) -> bool:
    """Run a command under a schedule of faults, then, if it failed, what brings it to its end without faults.

    Returns whether a fault struck.

    The waiting of the command goes `faster` times as fast as usual. `again` is a schedule for one more command before
    the one without faults.
    """
    with opened(command.mode, dict(os.environ), command.before) as world:
        # Reads of what ran before count too, so the schedule starts to count with the file that is written now.
        world.schedule(*schedule)
        seen = len(world.log())
        first = world.run(*command.arguments, faster=faster)
        struck = was_struck(world.log()[seen:], schedule)
        if not struck:
            row.notes.append(f"{where}: no call was struck")
        world.schedule(*again)
        ended = [first]
        if first.code != there.code:
            row.failed_clean += 1
            seen = len(world.log())
            ended.append(_run_again(world, command))
            if again and not was_struck(world.log()[seen:], list(again)):
                row.notes.append(f"{where}: no call was struck again")
        world.schedule()
        if again and ended[-1].code != there.code:
            ended.append(_run_again(world, command))
        judge(row, world, there.after, ended, there.code, where, faster=faster)
        return struck


def _run_again(world: World, command: Command) -> Ended:
    """Run what brings a command to its end, or the command itself if it failed before it wrote anything."""
    ended = world.run(*command.again)
    if command.again is RESUME and ended.code == NOTHING_TO_RESUME:
        return world.run(*command.arguments)
    return ended


def was_struck(log: list[Json], schedule: list[Json]) -> bool:
    """Return whether a fault of the schedule struck a call. A clock that is off strikes no single call."""
    return any("ahead" in rule for rule in schedule) or any("fault" in line for line in log)


def with_kills(command: Command, there: Undisturbed, seed: int, share: float, *, then: tuple[str, ...]) -> Row:
    """Kill a command before and after each of its writes, or a share of them, and run `then`.

    After `resume`, the world must be the undisturbed one; after `revert`, the world before the run that was reverted.
    """
    writes = [call for call in there.calls if call.is_write]
    trials = sample([(call, effect) for call in writes for effect in ("hold before", "hold after")], seed, share)
    row, struck = Row(f"kill -9 in {command.name}, then {then[0]}", len(writes)), set()
    wanted = there.before if then is REVERT and not command.goes_back else there.after
    for call, effect in trials:
        where = f"{row.name}: {effect} {call.service} {call.call} #{call.nth}"
        with opened(command.mode, dict(os.environ), command.before) as world:
            interrupt(world, command)
            if _kill(world, command, call, effect, row, where):
                struck.add(call)
            ended = [Ended(-9, "", 0.0), world.run(*then)]
            if ended[-1].code == NOTHING_TO_RESUME and not command.interrupted:
                ended.append(world.run(*command.arguments))
            judge(row, world, wanted, ended, 0, where)
    row.struck = len(struck)
    return row


def interrupt(world: World, command: Command) -> None:
    """Run what the command resumes, and kill it as soon as it has made its first write and waits for the others."""
    if not command.interrupted:
        return
    first, *others = _writes_of(Command("", command.mode, command.interrupted, command.before))
    world.schedule(*(call.struck({"effect": "hold before"}) for call in others))
    seen = len(world.log())
    child = world.start(*command.interrupted)
    assert world.held(seen, child), child.text
    world.settle()
    child.kill()
    world.settle(0.3)
    world.schedule()
    made = [line["path"] for line in world.log()[seen:] if line.get("kind") == "write" and "fault" not in line]
    assert len(made) == 1, f"only {first.call} was to be made: {made}"


@cache
def _writes_of(command: Command) -> list[Call]:
    return [call for call in undisturbed(command).calls if call.is_write]


def _kill(world: World, command: Command, call: Call, effect: str, row: Row, where: str) -> bool:
    """Start a command, and kill it while the call is held. Returns whether the call was made."""
    world.schedule(call.struck({"effect": effect, "times": 1}))
    seen = len(world.log())
    child = world.start(*command.arguments)
    held = world.held(seen, child)
    if held:
        child.kill()
    else:
        row.notes.append(f"{where}: the call was not made: {child.text[-300:]}")
    world.schedule()
    return held
