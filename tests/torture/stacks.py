"""The rarer faults, each once for each client stack: REST and gRPC of Google, botocore, and Kubernetes."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tests.torture.rows import APPLY, TEST, Call, Command, Row, judge, sample
from tests.torture.trials import Undisturbed, attempt
from tests.torture.world import Json, Mode, opened

FAULTS: dict[str, Json] = {
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
    "time-out": {"status": 504, "delay": 12.0, "times": 1},
    "503 three times": {"status": 503, "times": 3},
}
"""What strikes one call of each stack."""

_REFUSED: Json = {"status": 403, "times": 1}
"""What comes and goes: it strikes a call, and once more when the next command makes this call."""

STACKS: dict[str, Callable[[Call], bool]] = {
    "REST": lambda call: _is_google(call) and "/serviceAccounts" not in call.call,
    "gRPC": lambda call: _is_google(call) and "/serviceAccounts" in call.call,
    "botocore": lambda call: not _is_google(call) and call.service != "kubernetes",
    "Kubernetes": lambda call: call.service == "kubernetes",
}

FASTER = 200.0
"""How many times as fast as usual a command waits for what never comes: an hour takes 18 seconds."""

_OPERATIONS = ("serviceusage.googleapis.com", "iam.googleapis.com", "container.googleapis.com")
"""The services whose writes are operations."""

_NEVER = 30.0
"""Seconds that an operation takes, which is longer than a fast command waits."""

_INVISIBLE: dict[Mode, tuple[Json, ...]] = {
    "aws": (
        {"service": "iam.googleapis.com", "call": "GET */workloadIdentityPools/aws-prod"},
        {"service": "iam.googleapis.com", "call": "GET */serviceAccounts/bq-loader@*"},
        {"service": "iam", "call": "GetRole", "code": "NoSuchEntity"},
    ),
    "gke": ({"service": "kubernetes", "call": "GET */serviceaccounts/scorer", "code": "NotFound"},),
}
"""The reads of what `apply` creates, by mode: while they answer 404, it never becomes visible."""

_CLOCKS = {"a clock 20 minutes slow": 1200.0, "a clock 20 minutes fast": -1200.0}
"""How far the clock of the clouds is ahead of ours."""


@dataclass(frozen=True)
class Trial:
    """One fault: its name, the schedule, and how many times as fast as usual the command waits.

    `again` is the schedule for the next command.
    """

    name: str
    schedule: list[Json]
    faster: float = 1.0
    again: tuple[Json, ...] = ()


def once_each(command: Command, there: Undisturbed, seed: int, share: float) -> Row:
    """Strike one call of each stack with each of the faults, or with a share of them."""
    trials = sample(list(_trials(command, there.calls)), seed, share)
    row = Row(f"{command.name}, other faults", there.logged)
    for trial in trials:
        where = f"{command.name}: {trial.name}"
        row.struck += attempt(command, there, trial.schedule, row, where, faster=trial.faster, again=trial.again)
    # On AWS the test waits for its own trust statement first, and the grants are effective before that is.
    if command.name == "live test, GKE" and share >= 0.5:
        _try_late_grants(command, there, row)
    return row


def _trials(command: Command, calls: list[Call]) -> Iterator[Trial]:
    if command.arguments == APPLY:
        yield from _of_stacks(calls)
        yield from _of_operations(calls)
        for read in _INVISIBLE.get(command.mode, ()):
            rule = {"status": 404, **read}
            yield Trial(f"nothing is visible at {read['service']} {read['call']}", [rule], FASTER)
    for name, ahead in _CLOCKS.items():
        yield Trial(name, [{"ahead": ahead}])


def _of_stacks(calls: list[Call]) -> Iterator[Trial]:
    for stack, belongs in STACKS.items():
        ours = [call for call in calls if belongs(call)]
        for call in [call for call in ours if call.is_write][:1]:
            for name, fault in FAULTS.items():
                yield Trial(f"{name}, {stack} ({call.service} {call.call})", [call.struck(fault)])
            name = f"403 that comes and goes, {stack} ({call.service} {call.call})"
            yield Trial(name, [call.struck(_REFUSED)], again=(call.struck(_REFUSED),))


def _of_operations(calls: list[Call]) -> Iterator[Trial]:
    for service in _OPERATIONS:
        if any(call.service == service and call.is_write for call in calls):
            rule: Json = {"service": service, "call": "operation *", "times": 1}
            yield Trial(f"an operation of {service} that ends in an error", [rule | {"status": 500}])
            yield Trial(f"an operation of {service} that never ends", [rule | {"delay": _NEVER}], FASTER)


def _try_late_grants(command: Command, there: Undisturbed, row: Row) -> None:
    """Test while a grant is not effective yet, with less patience than it needs; then with more."""
    before = (*command.before,)
    impatient = replace(command, arguments=(*TEST[:-1], "2"))
    with opened(command.mode, dict(os.environ), before, ("--propagation", "20s")) as world:
        ended = [world.run(*impatient.arguments)]
        row.failed_clean += ended[0].code != there.code
        if ended[0].code == there.code:
            row.notes.append(f"{command.name}: the late grant was effective at once")
        ended.append(world.run(*TEST[:-1], "120"))
        judge(row, world, there.after, ended, there.code, f"{command.name}: a grant that is effective late")


def _is_google(call: Call) -> bool:
    return call.service.endswith(".googleapis.com")
