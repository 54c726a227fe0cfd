"""What AWS says of a task that it stopped becomes one cause and one fix."""

import pytest

from tests.modes.aws.live.test_reasons import reason

ASSUME = (
    "ECS was unable to assume the role 'arn:aws:iam::111122223333:role/rds-to-bigquery' that was provided for this "
    "task. Please verify that the role being passed has the proper trust relationship and permissions and that your "
    "IAM user has permissions to pass this role."
)
NO_GROUP = (
    "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to "
    "create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1"
)
NO_GROUP_ON_EC2 = (
    "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create "
    "Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist"
)


@pytest.mark.parametrize(
    ("code", "words", "expected"),
    [
        ("Stopped", ASSUME, "ECS cannot assume the role arn:aws:iam::111122223333:role/rds-to-bigquery"),
        ("Stopped", NO_GROUP, "the log group of the container does not exist"),
        ("Stopped", NO_GROUP_ON_EC2, "the log group of the container does not exist"),
        ("Stopped", "ResourceInitializationError: failed to validate logger args: signal: killed", "CloudWatch Logs"),
        ("Stopped", "CannotPullContainerError: pull image manifest has been retried 5 time(s)", "probe: {image: "),
        ("Stopped", "CannotPullContainerError: pull access denied for acme/x", "correct probe.image"),
        ("Ended", "the program ended: ModuleNotFoundError: No module named '_bz2'", "has no module _bz2"),
        ("NotStarted", "the one-off job did not start within 900 s", "no capacity"),
    ],
)
def test_a_task_that_did_not_run_is_explained(code: str, words: str, expected: str) -> None:
    assert expected in reason("task", code, words)
