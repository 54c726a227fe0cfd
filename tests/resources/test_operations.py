"""Google's long operations: polled until they are done, and their own error is the change's."""

from collections.abc import Iterator

import pytest

from tests.chain.fakes import FakeCloud, fake_cloud, first
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Operation
from wizard.resources import operations

NAME = "projects/acme-analytics/locations/global/workloadIdentityPools/aws-prod/operations/o1"


@pytest.fixture
def api() -> Iterator[FakeCloud]:
    """The IAM API on loopback."""
    with fake_cloud() as served:
        yield served


def operation(api: FakeCloud) -> Operation:
    """The operation that a write there has named."""
    environ = {"CLOUDSDK_AUTH_ACCESS_TOKEN": "ya29.operator", "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM": api.url}
    found = operations.of(Clouds("acme-analytics", environ=environ), "iam", {"name": NAME})
    assert found is not None
    return found


def test_it_is_asked_for_by_its_name_until_it_is_done(api: FakeCloud) -> None:
    api.answers["/"] = first(1, (200, {"name": NAME}), (200, {"name": NAME, "done": True, "response": {}}))
    found = operation(api)
    assert [found.poll(), found.poll()] == [False, True]
    assert api.paths() == [f"/v1/{NAME}"] * 2


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ({"code": 9, "message": "no room", "status": "FAILED_PRECONDITION"}, "FAILED_PRECONDITION"),
        ({"code": 9}, "FAILED_PRECONDITION"),
    ],
)
def test_one_that_failed_is_a_refusal_in_its_own_words(api: FakeCloud, error: dict[str, object], reason: str) -> None:
    api.answers["/"] = (200, {"name": NAME, "done": True, "error": error})
    with pytest.raises(CloudError) as refused:
        operation(api).poll()
    assert (refused.value.reason, refused.value.message) == (reason, error.get("message", "the operation failed"))
    assert NAME in refused.value.operation


@pytest.mark.parametrize("answer", [{"name": NAME, "done": True}, {}])
def test_what_is_done_at_once_is_not_asked_for(answer: dict[str, object]) -> None:
    assert operations.of(Clouds("acme-analytics", environ={}), "iam", answer) is None
