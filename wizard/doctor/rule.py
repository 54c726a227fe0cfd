"""What a rule of the doctor says. One file is one rule: its name has the code, its docstring is its help page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from wizard.language import translated

Layer = Literal[
    "network",
    "configuration",
    "credentials",
    "cluster",
    "account",
    "exchange",
    "impersonation",
    "target",
    "pod",
    "risk",
]
"""Where along the chain a fault is, in the order in which a credential passes it. The folders have these names.

network: the way to the hosts; configuration: the file that the program reads; credentials: the AWS identity, its role
and its runtime; cluster: the cluster and its node pools; account: the Kubernetes service account; exchange: pool,
provider and token service; impersonation: the service account; target: the project and its policy; pod: the pod; risk:
what works, and is too wide.
"""

Severity = Literal["broken", "risk", "note"]
"""broken: the workload gets no access, or not all of it; risk: others could get access; note: worth knowing."""

Side = Literal[
    "the program's auth library", "AWS", "Google Cloud", "the cluster", "the network", "the operator's tools"
]
"""Who wrote an error text."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """An error text that a rule recognises, alone or in the middle of a stack trace.

    `pattern` is a regular expression, searched in the text with each run of whitespace as one space. Its named groups
    are what the text tells: the name of a file, a role, a project. More specific messages say more: where several
    rules recognise a text, the one with the highest `weight` is the cause.
    """

    pattern: str
    side: Side
    hop: str
    """The ID of the step of the live test at which the text appears, such as "exchange"."""
    weight: int = 1

    def found_in(self, text: str) -> re.Match[str] | None:
        """Return the place of the message in a text whose whitespace is normal; None if it is not there."""
        return re.search(self.pattern, text, re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Drift:
    """A difference between a setup and the clouds that a rule explains.

    `kind` is the kind of a resource. `key` is a key of its state that differs, empty for any; `action` is what the plan
    would do, empty for any; "refused" if no plan leads there. Of the rules that fit, the most specific one is taken.
    """

    kind: str
    key: str = ""
    action: Literal["create", "update", "undelete", "refused", ""] = ""
    how: Literal["added", "removed", "changed", ""] = ""
    """What the plan would do with the value at `key`: add it, remove it, or change it; empty for any."""
    reason: str = ""
    """For the action "refused": the reason that the refusal has, such as "WINDOWS_NODES"; empty for any."""

    @property
    def weight(self) -> int:
        """How specific it is."""
        return bool(self.key) + bool(self.action) + bool(self.how) + bool(self.reason)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One thing that can be wrong."""

    code: str
    """WIF and four digits. A code is never used for anything else, also when its rule is gone."""
    name: str
    """A short name in snake case, from the file's name."""
    layer: Layer
    title: str
    """The cause, in one sentence: the first line of the docstring."""
    text: str
    """The help page: the rest of the docstring. Its last paragraph begins with "Fix:"."""
    severity: Severity
    look_at: str
    """Where to look, given only an error text: a sentence."""
    ask: str
    """The next step, given only an error text: what to pass to the doctor, so that it can see the cause."""
    messages: tuple[Message, ...]
    drifts: tuple[Drift, ...]
    about_operator: bool = False
    """Whether it is about what the operator can see from here. Then a refused step does not say that the workload is
    broken: what the step would have shown is unknown."""
    unseen: str = ""
    """Why the doctor cannot see this by itself, in one sentence; empty if it can. `--explain` shows it."""

    @property
    def fix(self) -> str:
        """What to do, in one line, in the language that is spoken."""
        return translated(" ".join(self.text.rpartition("Fix:")[2].split()))
