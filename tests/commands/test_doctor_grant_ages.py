"""The doctor, where Google Cloud has stored the grants and does not enforce them yet: how old they are, from where."""

from pathlib import Path

import pytest

from tests.doctor_matrix.matrix import AUDIT_LOG
from tests.doctor_matrix.sandboxes import Json, Place, place_for, run
from wizard.work import faults

PODS = Path(__file__).parents[1] / "doctor_matrix" / "healthy" / "pods-directly.yaml"
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
    with place_for(faults.load(str(PODS)), "--propagation", "900s") as place, monkeypatch.context() as patched:
        assert run("apply", place.setup, "--yes", "--accept-loss").code == 0
        cause, _answer, reads = diagnosed(place)
        assert reads == 0
        assert any("the journal shows that wif-wizard wrote the grant" in each for each in cause["evidence"])

        patched.setenv("XDG_STATE_HOME", str(tmp_path))
        cause, answer, reads = diagnosed(place)
        assert (reads, answer["unknown"]) == (1, [])
        assert "and is not effective yet" in cause["cause"]
        assert any("the audit log of acme-payments shows" in each for each in cause["evidence"])

        place.world.clouds.google.call("serviceusage", "POST", f"{LOGGING}:disable", {})
        cause, answer, reads = diagnosed(place)
        assert (reads, "yet" in cause["cause"]) == (1, False)
        assert any("Cloud Logging API has not been used" in each for each in answer["unknown"])
