"""The operator's calls to AWS: what is asked again, and what a refusal becomes."""

import os
from collections.abc import Iterator

import pytest

from tests.chain.fakes import ACCOUNT, AWS_ERROR, IDENTITY, FakeCloud, environment, fake_clouds, first
from wizard.clouds.aws import NORMAL, Aws
from wizard.clouds.errors import CloudError, Unreachable

ARN = f"arn:aws:iam::{ACCOUNT}:user/operator"
FOUND = (200, IDENTITY.format(arn=ARN, account=ACCOUNT))


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCloud]:
    """AWS on loopback; botocore does not pause between its attempts."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    with fake_clouds() as served:
        served.answers["/aws"] = FOUND
        for name, value in environment(served).items():
            monkeypatch.setenv(name, value)
        yield served


@pytest.fixture
def aws(api: FakeCloud) -> Aws:
    """The operator's session with it."""
    del api
    return Aws(os.environ, "ap-northeast-1")


@pytest.mark.parametrize(("status", "code"), [(503, "ServiceUnavailable"), (500, "Failure"), (400, "Throttling")])
def test_a_busy_service_is_asked_again(api: FakeCloud, aws: Aws, status: int, code: str) -> None:
    api.answers["/aws"] = first(3, (status, AWS_ERROR.format(code=code, message="slow down")), FOUND)
    assert aws.caller()["Arn"] == ARN
    assert len(api.asked) == 4


def test_a_list_gives_up_sooner(api: FakeCloud, aws: Aws) -> None:
    api.answers["/aws"] = (503, AWS_ERROR.format(code="ServiceUnavailable", message="slow down"))
    with pytest.raises(CloudError):
        aws.quick_call("sts", "get_caller_identity")
    assert len(api.asked) == 2


def test_no_answer_may_pass(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(Unreachable) as refused:
        aws.quick_call("sts", "get_caller_identity")
    assert refused.value.transient
    assert (refused.value.service, refused.value.operation) == ("sts", "get_caller_identity")


def test_a_silent_service_is_given_up_after_about_a_minute() -> None:
    assert NORMAL.attempts * NORMAL.read <= 60
    assert NORMAL.attempts * NORMAL.connect <= 60


def test_the_retries_are_those_that_the_environment_sets(
    api: FakeCloud, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    monkeypatch.setenv("AWS_RETRY_MODE", "adaptive")
    api.answers["/aws"] = (400, AWS_ERROR.format(code="Throttling", message="slow down"))
    with pytest.raises(CloudError):
        aws.caller()
    assert len(api.asked) == 2
    assert aws.client("sts").meta.config.retries["mode"] == "adaptive"


def test_without_a_region_it_is_said_where_to_write_one(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    del aws
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(CloudError) as refused:
        Aws(os.environ).call("batch", "describe_job_queues")
    assert refused.value.reason == "NoRegion"
    assert "aws.region" in refused.value.hint
