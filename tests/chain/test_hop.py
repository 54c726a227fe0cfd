"""Lines of the probe as outcomes."""

import json
from dataclasses import replace

import pytest

from screens.widgets.hop_details import head_of
from wizard.chain.hop import (
    EXCHANGE,
    PERMISSION,
    Hop,
    Outcome,
    ProbeError,
    Refusal,
    Settling,
    Status,
    Verdict,
    Waiting,
    parse_line,
    verdict,
)
from wizard.chain.report import skipped
from wizard.commands.hop_text import hop_lines

SERVER = Hop("server", "A server")
LAST = Hop("last", "The last step", ends_test=True)
HOPS = (SERVER, EXCHANGE)

LINE = {"hop": "exchange", "status": "ok", "elapsed": 0.25, "sent": {"a": 1}, "received": {}, "evidence": ["e"]}


def test_an_ok_line_has_evidence_and_no_reason():
    found = parse_line(json.dumps({**LINE, "error": None, "attempts": 1}), HOPS)
    assert found == Outcome(EXCHANGE, "ok", ("e",), None, None, 0.25, {"a": 1}, {}, None)


def test_a_failed_line_has_the_clouds_words():
    found = parse_line(json.dumps({**LINE, "status": "failed", "error": {"code": "C", "message": "m"}}), HOPS)
    assert isinstance(found, Outcome)
    assert (found.refusal, found.reason) == (Refusal("C", "m"), "C: m")
    assert found.as_json()["error"] == {"code": "C", "message": "m"}


def test_a_skipped_line_tells_people_the_title_of_the_step_that_failed():
    line = {**LINE, "hop": "server", "status": "skipped", "evidence": ["exchange failed"], "error": None}
    found = parse_line(json.dumps(line), HOPS)
    assert isinstance(found, Outcome) and found == replace(skipped(SERVER, EXCHANGE), elapsed=0.25, sent={"a": 1})
    assert hop_lines(found) == ["·            A server: skipped, Token exchange failed"]
    assert head_of(found).plain.endswith("skipped: Token exchange failed")
    assert found.as_json()["reason"] == "exchange failed"
    other = parse_line(json.dumps({**line, "evidence": ["access is direct"]}), HOPS)
    assert isinstance(other, Outcome) and other.why == "access is direct"


def test_a_settling_line_tells_the_age():
    line = {**LINE, "status": "settling", "error": {"code": "C", "message": "m"}, "age": 65.0, "attempts": 3}
    found = parse_line(json.dumps(line), HOPS)
    failed = parse_line(json.dumps({**line, "status": "failed"}), HOPS)
    assert found == Settling(EXCHANGE, 65.0, Refusal("C", "m"), failed)
    assert isinstance(found, Settling) and "1 min 5 s old" in found.text


def test_a_waiting_line_tells_what_is_not_ready():
    line = {**LINE, "hop": "server", "status": "waiting", "error": {"code": "C", "message": "timed out"}}
    found = parse_line(json.dumps(line), HOPS)
    assert isinstance(found, Waiting)
    assert found.text == "A server is not ready yet (timed out); the test tries again"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "[]",
        json.dumps({**LINE, "hop": "permission", "error": None}),
        json.dumps({**LINE, "status": "maybe", "error": None}),
    ],
)
def test_anything_else_is_refused(line: str):
    with pytest.raises(ProbeError):
        parse_line(line, HOPS)


@pytest.mark.parametrize(
    ("statuses", "passed", "not_proven"),
    [
        (("ok", "ok", "ok"), True, []),
        (("ok", "skipped", "ok"), True, []),  # such as an impersonation that is not needed
        (("ok", "not_proven", "ok"), True, ["Permission on the target"]),
        (("ok", "ok", "not_proven"), True, ["The last step"]),
        (("ok", "ok", "skipped"), True, ["The last step"]),  # on request: nothing failed
        (("ok", "failed", "ok"), False, []),
        (("ok", "failed", "skipped"), False, []),
        (("not_proven", "failed", "skipped"), False, ["Token exchange"]),
        (("ok", "ok", "failed"), False, []),
        (("ok", "ok"), False, []),
        ((), False, []),
    ],
)
def test_a_test_passes_when_it_reached_its_end_without_a_failure_and_names_what_it_did_not_prove(
    statuses: tuple[Status, ...], passed: bool, not_proven: list[str]
):
    outcomes = [
        Outcome(hop, status, reason="why") for hop, status in zip((EXCHANGE, PERMISSION, LAST), statuses, strict=False)
    ]
    found = verdict(outcomes)
    assert (found.passed, found.not_proven) == (passed, tuple(f"{title}: why" for title in not_proven))
    assert found.is_proven is (passed and not not_proven)


def test_a_verdict_names_each_role_that_is_not_proven_once():
    names = ("roles/a on acme: why", "roles/b on acme: why")
    unproven = [Outcome(hop, "not_proven", unproven=names, notes=("a note",)) for hop in (PERMISSION, LAST)]
    outcomes = [Outcome(EXCHANGE, "ok"), *unproven]
    assert verdict(outcomes) == Verdict(True, names, ("a note",))


def test_a_test_in_which_nobody_got_a_token_did_not_pass():
    outcomes = [Outcome(hop, "not_proven", reason="why") for hop in (EXCHANGE, PERMISSION, LAST)]
    ended = verdict(outcomes)
    assert (ended.passed, ended.nothing_proven) == (False, True)
    assert not verdict([Outcome(EXCHANGE, "ok"), *outcomes[1:]]).nothing_proven
    assert not verdict([*outcomes, Outcome(PERMISSION, "failed")]).nothing_proven
