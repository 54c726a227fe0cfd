"""What a one-off workload wrote to a log is removed with it, unless the operator may not."""

from typing import Any

import pytest

from wizard.clouds.errors import CloudError
from wizard.modes.aws.live.task import removal

PLACE = {"queue": "loads", "group": "/aws/batch/job"}


class Aws:
    """An account with one ended job, its log stream, and one refusal."""

    def __init__(self, refused: str, reason: str) -> None:
        self.refused, self.reason = refused, reason
        self.streams = ["wif-1/default/0"]

    def call(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        if operation == self.refused:
            self.refused = ""
            raise CloudError(service, operation, 400, self.reason, "no")
        if operation == "delete_log_stream":
            self.streams.remove(arguments["logStreamName"])
        job = {"jobId": "0", "status": "SUCCEEDED", "container": {"logStreamName": "wif-1/default/0"}}
        return {
            "jobSummaryList": [job],
            "jobs": [job],
            "jobDefinitions": [],
            "logStreams": [{"logStreamName": name} for name in self.streams],
        }


@pytest.mark.parametrize("refused", ["describe_log_streams", "delete_log_stream"])
@pytest.mark.parametrize("reason", ["AccessDeniedException", "UnreadableAnswer"])
def test_a_log_stream_that_was_not_removed_is_an_error_so_that_it_is_tried_again(refused: str, reason: str) -> None:
    aws = Aws(refused, reason)
    with pytest.raises(CloudError):
        removal.remove_job(aws, "wif-1", PLACE)
    removal.remove_job(aws, "wif-1", PLACE)
    assert aws.streams == []


def test_a_log_that_the_operator_may_not_delete_is_no_error_in_the_end() -> None:
    aws = Aws("delete_log_stream", "AccessDeniedException")
    removal.but_for_logs(lambda: removal.remove_job(aws, "wif-1", PLACE))
    assert aws.streams


@pytest.mark.parametrize(
    ("refused", "reason"), [("delete_log_stream", "UnreadableAnswer"), ("list_jobs", "AccessDeniedException")]
)
def test_any_other_refusal_is_an_error(refused: str, reason: str) -> None:
    aws = Aws(refused, reason)
    with pytest.raises(CloudError):
        removal.but_for_logs(lambda: removal.remove_job(aws, "wif-1", PLACE))


def test_a_log_that_does_not_exist_is_no_error() -> None:
    removal.remove_job(Aws("describe_log_streams", "ResourceNotFoundException"), "wif-1", PLACE)
