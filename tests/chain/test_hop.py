"""Lines of the probe as outcomes."""

import json

import pytest

from wizard.chain.hop import (
    EXCHANGE,
    PERMISSION,
    Hop,
    Outcome,
    ProbeError,
    Refusal,
    Settling,
    Status,
    Waiting,
    parse_line,
    passed,
)

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
    assert found.text == "A server: not ready yet (timed out), trying again"


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
    ("statuses", "is_passed"),
    [
        (("ok", "ok", "ok"), True),
        (("ok", "unsure", "ok"), True),
        (("ok", "ok", "skipped"), True),  # on request: nothing failed
        (("ok", "failed", "ok"), False),
        (("ok", "failed", "skipped"), False),
        (("ok", "ok", "unsure"), False),
        (("ok", "ok"), False),
        ((), False),
    ],
)
def test_a_test_passes_when_it_reached_its_end_without_a_failure(statuses: tuple[Status, ...], is_passed: bool):
    outcomes = [Outcome(hop, status) for hop, status in zip((EXCHANGE, PERMISSION, LAST), statuses, strict=False)]
    assert passed(outcomes) is is_passed
