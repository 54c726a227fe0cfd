"""Lines of the probe as outcomes."""

import json

import pytest

from wizard.chain.hop import (
    AWS_HOPS,
    GKE_HOPS,
    Outcome,
    ProbeError,
    Refusal,
    Settling,
    Waiting,
    hop,
    parse_line,
    passed,
)

LINE = {"hop": "exchange", "status": "ok", "elapsed": 0.25, "sent": {"a": 1}, "received": {}, "evidence": ["e"]}


def test_an_ok_line_has_evidence_and_no_reason():
    found = parse_line(json.dumps({**LINE, "error": None, "attempts": 1}))
    assert found == Outcome(hop("exchange"), "ok", ("e",), None, None, 0.25, {"a": 1}, {}, None)


def test_a_failed_line_has_the_clouds_words():
    found = parse_line(json.dumps({**LINE, "status": "failed", "error": {"code": "C", "message": "m"}}))
    assert isinstance(found, Outcome)
    assert (found.refusal, found.reason) == (Refusal("C", "m"), "C: m")
    assert found.as_json()["error"] == {"code": "C", "message": "m"}


def test_a_settling_line_tells_the_age():
    line = {**LINE, "status": "settling", "error": {"code": "C", "message": "m"}, "age": 65.0, "attempts": 3}
    found = parse_line(json.dumps(line))
    assert found == Settling(hop("exchange"), 65.0, Refusal("C", "m"), 3)
    assert isinstance(found, Settling) and "1 min 5 s old" in found.text


def test_a_waiting_line_tells_what_is_not_ready():
    line = {**LINE, "hop": "metadata-server", "status": "waiting", "error": {"code": "C", "message": "timed out"}}
    found = parse_line(json.dumps(line))
    assert isinstance(found, Waiting)
    assert found.text == "GKE metadata server: not ready yet (timed out), trying again"


@pytest.mark.parametrize(
    "line", ["", "{", "[]", '{"hop": "nowhere"}', json.dumps({**LINE, "status": "maybe", "error": None})]
)
def test_anything_else_is_refused(line: str):
    with pytest.raises(ProbeError):
        parse_line(line)


def test_a_test_passes_when_it_reached_its_end_without_a_failure():
    good = [Outcome(each, "ok") for each in AWS_HOPS]
    assert passed(good)
    assert passed([each if each.hop.id != "principal" else Outcome(each.hop, "unsure") for each in good])
    assert not passed([each if each.hop.id != "principal" else Outcome(each.hop, "failed") for each in good])
    assert not passed(good[:-1])
    assert not passed([])


def test_a_test_on_gke_passes_with_its_pod_or_without_one_on_request():
    good = [Outcome(each, "ok") for each in GKE_HOPS]
    asked_not_to = [*good[:-1], Outcome(GKE_HOPS[-1], "skipped")]
    assert passed(good) and passed(asked_not_to)
    assert not passed(good[:-1])
    assert not passed([Outcome(GKE_HOPS[0], "failed"), *asked_not_to[1:]])
