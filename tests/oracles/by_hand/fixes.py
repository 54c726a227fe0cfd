"""Rules whose fix can be tried: a world that is broken in the way that the rule explains, and what repairs it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from tests.oracles.by_hand.copies import Copy
from tests.oracles.by_hand.worlds import Json
from wizard.chain.rule import Rule
from wizard.clouds.session import Clouds

Kind = Literal["command", "look", "apply"]
"""What a fix is: a command that repairs; a command that only shows something; `wif-wizard apply`, with a setup."""

_COMMAND = re.compile(r": (gcloud|kubectl|aws|eval) |: \{\w*_fix\}$")
_APPLY = re.compile(r"wif-wizard apply|set access\.via")


def is_command(rule: Rule[Any]) -> bool:
    """Return whether the fix of a rule ends with a command."""
    return bool(_COMMAND.search(rule.fix))


def is_plan(rule: Rule[Any]) -> bool:
    """Return whether the fix of a rule is a change of the setup, or only to apply it."""
    return not is_command(rule) and bool(_APPLY.search(rule.fix))


@dataclass(frozen=True)
class Broken:
    """One row: `breaks` a world in which the setup is applied, so that the rule with `cause` explains the hop.

    `cause` is part of the rule's text, before its fields are filled in. `repaired` is the setup that the fix asks for.
    `ends` makes what a command shows come to its end; then `wif-wizard apply` repairs. `place` is where the test runs.
    `faults` are calls that fail in the world of the row. `checks` fails if a command has left something undone.
    A row that leaves a world in which the setups of other rows do not work is `alone` in its own.
    """

    cause: str
    hop: str
    breaks: Callable[[Clouds, Copy], object]
    setup: str
    kind: Kind = "command"
    repaired: str = ""
    fixed: bool = False
    alone: bool = False
    ends: Callable[[Clouds, Copy], object] | None = None
    checks: Callable[[Clouds, Copy], object] | None = None
    place: Literal["here", "task"] = "here"
    faults: tuple[Json, ...] = ()

    def __str__(self) -> str:
        return f"{self.hop}: {self.cause[:60]}"

    def explains(self, rule: Rule[Any], hop: str) -> bool:
        """Return whether a rule, at a hop, is the one of this row."""
        at_hop = not rule.hops or hop in [each.id for each in rule.hops]
        kind = is_plan(rule) if self.kind == "apply" else is_command(rule)
        return hop == self.hop and at_hop and kind and self.cause in rule.cause
