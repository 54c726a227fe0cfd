"""Removes what a test creates in the workload's own runtime, also after the test was killed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.language import N_
from wizard.modes.aws.live.task.wanted import CONTAINER, STREAM, own_group
from wizard.resources.trust_quota import AwsCalls

JOB, TASK, FUNCTION = N_("one-off job"), N_("one-off task"), N_("one-off function")
"""The kinds, as the journal has them."""

_GONE = "ResourceNotFoundException"
_DENIED = ("AccessDenied", "AccessDeniedException")


def but_for_logs(remove: Callable[[], object]) -> None:
    """Call one of the functions below. A log that the operator may not delete stays. Raises CloudError.

    All of them remove the log last, and in the end its group's own retention deletes those few lines.
    """
    try:
        remove()
    except CloudError as error:
        if error.service != "logs" or error.reason not in _DENIED:
            raise


def remove_job_definitions(aws: AwsCalls, name: str) -> None:
    """Deregister the job definitions of that name. Raises CloudError."""
    found = aws.call("batch", "describe_job_definitions", jobDefinitionName=name, status="ACTIVE")
    for registered in found["jobDefinitions"]:
        aws.call("batch", "deregister_job_definition", jobDefinition=registered["jobDefinitionArn"])


def remove_job(aws: AwsCalls, name: str, place: Mapping[str, Any]) -> None:
    """Stop and remove the job of that name, its definition and its log stream. Raises CloudError."""
    listed = _jobs(aws, str(place["queue"]), name)
    for job in listed:
        if job["status"] not in ("SUCCEEDED", "FAILED"):
            aws.call("batch", "terminate_job", jobId=job["jobId"], reason="the live test has ended")
    remove_job_definitions(aws, name)
    streams = aws.call("batch", "describe_jobs", jobs=[job["jobId"] for job in listed])["jobs"] if listed else []
    for job in streams:
        stream = job.get("container", {}).get("logStreamName")
        if stream:
            _remove_stream(aws, str(place["group"]), str(stream))


def _jobs(aws: AwsCalls, queue: str, name: str) -> list[dict[str, Any]]:
    """Return the jobs of that name in a queue; none if the queue no longer exists."""
    try:
        answer = aws.call("batch", "list_jobs", jobQueue=queue, filters=[{"name": "JOB_NAME", "values": [name]}])
    except CloudError as error:
        if error.reason == "ClientException" and "does not exist" in error.message:
            return []
        raise
    return list(answer["jobSummaryList"])


def remove_family(aws: AwsCalls, name: str) -> None:
    """Remove the task definitions of that name, and the log group that the test created for them. Raises CloudError."""
    _remove_task_definitions(aws, name)
    _remove_group(aws, own_group(name))


def _remove_task_definitions(aws: AwsCalls, name: str) -> None:
    found = aws.call("ecs", "list_task_definitions", familyPrefix=name, status="ACTIVE")["taskDefinitionArns"]
    for registered in found:
        aws.call("ecs", "deregister_task_definition", taskDefinition=registered)
    if found:
        _delete_definitions(aws, found)


def remove_task(aws: AwsCalls, name: str, place: Mapping[str, Any]) -> None:
    """Stop and remove the task of that name, its definition and its log. Raises CloudError."""
    cluster = str(place["cluster"])
    running = _tasks(aws, cluster, name, "RUNNING")
    ended = _tasks(aws, cluster, name, "STOPPED")
    for task in running:
        aws.call("ecs", "stop_task", cluster=cluster, task=task, reason="the live test has ended")
    _remove_task_definitions(aws, name)
    if place.get("own_group"):
        _remove_group(aws, str(place["group"]))
        return
    for task in (*running, *ended):
        _remove_stream(aws, str(place["group"]), f"{STREAM}/{CONTAINER}/{task.rpartition('/')[2]}")


def _tasks(aws: AwsCalls, cluster: str, family: str, status: str) -> list[str]:
    """Return the tasks of a family by their desired status; none if the cluster no longer exists."""
    try:
        return list(aws.call("ecs", "list_tasks", cluster=cluster, family=family, desiredStatus=status)["taskArns"])
    except CloudError as error:
        if error.reason == "ClusterNotFoundException":
            return []
        raise


def _delete_definitions(aws: AwsCalls, arns: Sequence[str]) -> None:
    """Delete definitions that are deregistered. If the operator may not, they stay, as INACTIVE."""
    try:
        aws.call("ecs", "delete_task_definitions", taskDefinitions=list(arns))
    except CloudError:
        return


def remove_function(aws: AwsCalls, name: str, _place: Mapping[str, Any]) -> None:
    """Delete the function and its log group. What does not exist is no error. Raises CloudError."""
    try:
        aws.call("lambda", "delete_function", FunctionName=name)
    except CloudError as error:
        if error.reason != _GONE:
            raise
    _remove_group(aws, f"/aws/lambda/{name}")


def _remove_stream(aws: AwsCalls, group: str, prefix: str) -> None:
    """Delete the log streams of a group that start with a prefix, if there are any. Raises CloudError."""
    try:
        found = aws.call("logs", "describe_log_streams", logGroupName=group, logStreamNamePrefix=prefix)
        for stream in found["logStreams"]:
            aws.call("logs", "delete_log_stream", logGroupName=group, logStreamName=stream["logStreamName"])
    except CloudError as error:
        if error.reason != _GONE:
            raise


def _remove_group(aws: AwsCalls, group: str) -> None:
    """Delete a log group. A group that does not exist is not an error. Raises CloudError."""
    try:
        aws.call("logs", "delete_log_group", logGroupName=group)
    except CloudError as error:
        if error.reason != _GONE:
            raise
