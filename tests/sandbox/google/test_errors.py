"""Google's APIs answer every refusal of the model with an error of their own."""

import pytest

from wizard.sandbox.google.errors import answer_to
from wizard.sandbox.model import refusals


@pytest.mark.parametrize(
    ("refused", "status", "reason"),
    [
        (refusals.InvalidError("why"), 400, "INVALID_ARGUMENT"),
        (refusals.AlreadyExistsError("aws-prod"), 409, "ALREADY_EXISTS"),
        (refusals.StaleEtagError("why"), 409, "ABORTED"),
    ],
)
def test_a_refusal_of_the_model_has_a_status_and_a_reason(
    refused: refusals.RefusedError, status: int, reason: str
) -> None:
    error = answer_to(refused)
    assert (error.status, error.reason) == (status, reason)
