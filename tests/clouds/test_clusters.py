"""A cluster that cannot be read: the hint says what would help, and only that."""

from typing import Any

import pytest

from tests.clouds.test_kubernetes_access import PAYMENTS, FakeGoogle
from wizard.clouds import clusters
from wizard.clouds.errors import CloudError

OFF = {"reason": "SERVICE_DISABLED", "metadata": {"service": "container.googleapis.com"}}


class Refusing(FakeGoogle):
    """The Container API refuses."""

    def __init__(self, status: int, *details: dict[str, Any]) -> None:
        super().__init__()
        self.error = CloudError("container.googleapis.com", "GET", status, "NO", "no", details=details)

    def call(self, *_arguments: Any, **_more: Any) -> dict[str, Any]:
        raise self.error


@pytest.mark.parametrize(
    ("google", "hint"),
    [
        (Refusing(403), "container.clusters.get on acme-payments"),
        (Refusing(404), "check gke.cluster and gke.location"),
    ],
)
def test_a_refusal_has_a_hint(google: Refusing, hint: str) -> None:
    with pytest.raises(CloudError) as refused:
        clusters.read(google, PAYMENTS)
    assert hint in refused.value.hint


def test_an_api_that_is_off_is_no_lack_of_permission() -> None:
    with pytest.raises(CloudError) as refused:
        clusters.read(Refusing(403, OFF), PAYMENTS)
    assert refused.value.service_disabled == "container.googleapis.com"
    assert refused.value.hint == ""


def test_the_api_that_is_off_need_not_be_the_one_that_was_called() -> None:
    details = ({"reason": "SERVICE_DISABLED", "metadata": {"service": "compute.googleapis.com"}},)
    error = CloudError("container.googleapis.com", "GET", 403, "PERMISSION_DENIED", "off", details=details)
    assert error.service_disabled == "compute.googleapis.com"
