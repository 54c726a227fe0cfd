"""Where Google Cloud has stored the grants and does not enforce them yet: how old they are, and what follows."""

from pathlib import Path

import pytest

from tests.doctor_matrix.matrix import AUDIT_LOG
from tests.doctor_matrix.sandboxes import Json, Place, place_for, run
from wizard.work import faults

HEALTHY = Path(__file__).parents[1] / "doctor_matrix" / "healthy"
LOGGING = "/v1/projects/acme-payments/services/logging.googleapis.com"


def diagnosed(place: Place, code: str = "WIF0531") -> tuple[Json, Json, int]:
    """The cause that the doctor names, its whole answer, and how often it read the audit log."""
    before = len(place.requests())
    answer = run("doctor", place.setup, "--json").json
    reads = [call for call in place.requests()[before:] if call.get("path") == AUDIT_LOG]
    (cause,) = [finding for finding in answer["findings"] if finding["severity"] == "broken"]
    assert cause["code"] == code
    return cause, answer, len(reads)


def test_the_age_of_a_grant_is_in_the_journal_or_in_the_audit_log_or_unknown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (
        place_for(faults.load(str(HEALTHY / "pods-directly.yaml")), "--propagation", "900s") as place,
        monkeypatch.context() as patched,
    ):
        assert run("apply", place.setup, "--yes", "--accept-loss").code == 0
        cause, _answer, reads = diagnosed(place)
        assert reads == 0
        assert any("the journal shows that wif-wizard wrote the grant" in each for each in cause["evidence"])

        patched.setenv("XDG_STATE_HOME", str(tmp_path))
        cause, answer, reads = diagnosed(place)
        assert (reads, answer["unknown"]) == (1, [])
        assert "and is not effective yet" in cause["cause"]
        assert any("the audit log of acme-payments shows" in each for each in cause["evidence"])
        assert not any("denypolicies" in str(call.get("path")) for call in place.requests())

        place.world.clouds.google.call("serviceusage", "POST", f"{LOGGING}:disable", {})
        cause, answer, reads = diagnosed(place)
        assert (reads, "yet" in cause["cause"]) == (1, False)
        assert any("Cloud Logging API has not been used" in each for each in answer["unknown"])


@pytest.mark.parametrize("world", ["pods-through-a-service-account", "pods-on-eks"])
def test_the_live_test_waits_for_grants_that_only_the_audit_log_has(
    world: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with place_for(faults.load(str(HEALTHY / f"{world}.yaml")), "--propagation", "9s") as place:
        assert run("apply", place.setup, "--yes", "--accept-loss").code == 0
        with monkeypatch.context() as patched:
            patched.setenv("XDG_STATE_HOME", str(tmp_path))
            answer = run("test", place.setup, "--yes", "--from", "here")
        assert answer.code == 0, answer.out
        assert "the test tries again" in answer.out
        assert [call["path"] for call in place.requests() if call.get("path") == AUDIT_LOG] == [AUDIT_LOG]
