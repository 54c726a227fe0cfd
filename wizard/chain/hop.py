"""Hops and their outcomes: what the live token test reports, one step of a credential at a time."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, get_args

from wizard.chain import own_words
from wizard.federation.endings import Ending
from wizard.language import _, translated
from wizard.phrases import sentences, short_duration

Status = Literal["ok", "failed", "skipped", "not_proven"]


@dataclass(frozen=True)
class Hop:
    """One step that a credential takes from the workload to the target."""

    id: str
    title: str
    ends_test: bool = False
    """Whether a test that took this hop went to its end: so of the last hop of a mode."""
    predicts: bool = False
    """Whether it only predicts the outcome of a later hop, which proves it."""


NETWORK = Hop("network", "Network")
EXCHANGE = Hop("exchange", "Token exchange")
IMPERSONATION = Hop("impersonation", "Impersonation")
PERMISSION = Hop("permission", "Permission on the target")
# The hops that every mode has; the others stand in the modes.


class ProbeError(ValueError):
    """A line that a child process printed is not about a hop, or the process ended early."""


@dataclass(frozen=True)
class Refusal:
    """A cloud's own code and words."""

    code: str
    message: str


@dataclass(frozen=True)
class Outcome:
    """The result of a hop: always with evidence, and with a reason unless it is ok.

    `elapsed` is in seconds; `sent` and `received` are what was exchanged, secrets masked; `refusal` has the words of
    the cloud that refused, `reason` and `fix` are ours: why, and what to do. `unproven` names what the hop could not
    prove, one sentence each; `notes` are what is worth knowing although nothing is wrong.
    """

    hop: Hop
    status: Status
    evidence: tuple[str, ...] = ()
    reason: str | None = None
    fix: str | None = None
    elapsed: float = 0.0
    sent: Mapping[str, Any] = field(default_factory=dict)
    received: Mapping[str, Any] = field(default_factory=dict)
    refusal: Refusal | None = None
    unproven: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    code: str = ""
    """The code of the doctor's rule about the reason, which has a help page; empty if it has none."""
    granted: datetime | None = None
    """When the grant was made that explains the refusal, since it is not effective yet; None if none explains it."""
    endings: tuple[Ending, ...] = ()
    failed_hop: Hop | None = None
    """The hop that failed, if this one was skipped because of it."""

    @classmethod
    def of(
        cls,
        hop: Hop,
        evidence: Iterable[str],
        refusal: Refusal | None = None,
        sent: Mapping[str, Any] | None = None,
        received: Mapping[str, Any] | None = None,
    ) -> "Outcome":
        """The outcome of a hop that was taken here: failed where there is a refusal, else ok."""
        reason = f"{refusal.code}: {refusal.message}" if refusal else None
        status: Status = "failed" if refusal else "ok"
        return cls(hop, status, tuple(evidence), reason, None, 0.0, sent or {}, received or {}, refusal)

    def because(self, reason: str, fix: str | None, code: str = "") -> "Outcome":
        """The same outcome with another reason, what to do about it, and the code of the reason."""
        return replace(self, reason=reason, fix=fix, code=code)

    def as_not_proven(
        self, reason: str, fix: str | None = None, unproven: tuple[str, ...] = (), code: str = ""
    ) -> "Outcome":
        """The same outcome as not proven."""
        return replace(self, status="not_proven", reason=reason, fix=fix, unproven=unproven, code=code)

    @property
    def why(self) -> str:
        """The reason for people, which has the title of a hop where `reason` has its ID; empty if there is none."""
        if self.failed_hop is None:
            return self.reason or ""
        return _("{hop} failed").format(hop=translated(self.failed_hop.title))

    def as_json(self) -> dict[str, Any]:
        """The outcome as a JSON object."""
        refusal = {"code": self.refusal.code, "message": self.refusal.message} if self.refusal else None
        return {
            "hop": self.hop.id,
            "title": self.hop.title,
            "status": self.status,
            "reason": self.reason,
            "fix": self.fix,
            "code": self.code,
            "elapsed": round(self.elapsed, 3),
            "evidence": list(self.evidence),
            "sent": dict(self.sent),
            "received": dict(self.received),
            "error": refusal,
        }


@dataclass(frozen=True)
class Settling:
    """A hop that is refused because a grant is recent: stored, not yet effective. `age` is the grant's, in seconds.

    `failed` is the outcome of the hop if it is not tried again; None if that is not known.
    """

    hop: Hop
    age: float
    refusal: Refusal
    failed: Outcome | None = None

    @property
    def text(self) -> str:
        """One line for people."""
        return _(
            "{title}: the cloud still denies the request ({code}), but the newest grant is only {age} old; the test "
            "tries again"
        ).format(title=translated(self.hop.title), code=self.refusal.code, age=short_duration(self.age))


@dataclass(frozen=True)
class Waiting:
    """Something that a hop waits for, other than a recent grant, such as a server that is starting."""

    hop: Hop
    text: str


Progress = Settling | Waiting
"""What a hop reports before it has an outcome; each has one line for people, `text`."""


def parse_line(line: str, hops: Iterable[Hop]) -> Outcome | Progress:
    """One line of the probe, which takes `hops`. Raises ProbeError if it is not a line about one of them."""
    by_id = {hop.id: hop for hop in hops}
    try:
        record = json.loads(line)
        hop = by_id[record["hop"]]
        refusal = Refusal(**record["error"]) if record["error"] else None
        if record["status"] == "settling" and refusal:
            return Settling(hop, record["age"], refusal, _outcome(hop, {**record, "status": "failed"}, refusal))
        if record["status"] == "waiting" and refusal:
            return Waiting(
                hop,
                _("{title} is not ready yet ({message}); the test tries again").format(
                    title=translated(hop.title), message=own_words.in_language(refusal.message)
                ),
            )
        outcome = _outcome(hop, record, refusal)
        words = " ".join(record["evidence"]) if outcome.status == "skipped" else ""
        return replace(outcome, failed_hop=by_id.get(words.removesuffix(" failed")))
    except (ValueError, KeyError, TypeError) as error:
        raise ProbeError("the text is not a line of the probe's output") from error


def _outcome(hop: Hop, record: Mapping[str, Any], refusal: Refusal | None) -> Outcome:
    status = record["status"]
    if status not in get_args(Status):
        raise ProbeError(f"unknown status {status!r}")
    evidence = own_words.all_in_language(record["evidence"])
    if refusal:
        reason: str | None = f"{refusal.code}: {refusal.message}"
    else:
        reason = None if status == "ok" else sentences(evidence)
    sent, received = record["sent"], record["received"]
    return Outcome(hop, status, evidence, reason, None, record["elapsed"], sent, received, refusal)


@dataclass(frozen=True)
class Verdict:
    """How a live test ended: passed or failed, and what it did not prove, by name.

    `not_proven` are sentences; a test that has any did not fail, but its result must not be shown as plainly passed.
    `notes` are what is worth knowing about the roles, whatever the result.
    """

    passed: bool
    not_proven: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    nothing_proven: bool = False
    """Whether no step failed, and yet the test did not pass: no step showed that the identity gets a token."""
    holds_until: datetime | None = None
    """When the first of the roles ends that the workload has only for a time; None if no end is known."""

    @property
    def is_proven(self) -> bool:
        """Whether the test passed, and proved everything that it was to prove."""
        return self.passed and not self.not_proven


def verdict(outcomes: Iterable[Outcome]) -> Verdict:
    """The verdict of one test. It passed if it went to its end, no hop failed, and the identity got a token.

    A hop that was not proven does not fail the test, and neither does a last hop that was skipped on request: both are
    named in the verdict.
    """
    taken = list(outcomes)
    reached_end = any(each.hop.ends_test and each.status != "failed" for each in taken)
    unfailed = reached_end and all(each.status != "failed" for each in taken)
    has_token = any(each.status == "ok" and (each.hop == EXCHANGE or each.hop.ends_test) for each in taken)
    passed = unfailed and has_token
    names = dict.fromkeys(name for each in taken for name in _not_proven(each, passed))
    endings = [ending for each in taken for ending in each.endings]
    notes = dict.fromkeys([note for each in taken for note in each.notes] + [ending.text for ending in endings])
    until = min((ending.at for ending in endings if ending.at), default=None)
    return Verdict(passed, tuple(names), tuple(notes), unfailed and not has_token, until)


def _not_proven(outcome: Outcome, passed: bool) -> tuple[str, ...]:
    """What one hop did not prove. A hop that was skipped because another failed is not named, nor is a prediction."""
    if outcome.hop.predicts:
        return ()
    on_request = passed and outcome.status == "skipped" and outcome.hop.ends_test
    if outcome.unproven or (outcome.status != "not_proven" and not on_request):
        return outcome.unproven
    return (f"{translated(outcome.hop.title)}: {outcome.reason}",)
