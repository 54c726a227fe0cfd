"""A one-off job of AWS Batch: a job definition of its own, and one job in the workload's queue.

Source: AWS Batch API reference, RegisterJobDefinition, SubmitJob and DescribeJobs; user guide, "Job states".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wizard.chain.hop import Refusal
from wizard.language import _
from wizard.modes.aws.live.task import removal
from wizard.modes.aws.live.task.wanted import Seen, Wanted
from wizard.resources.trust_quota import AwsCalls

GROUP = "/aws/batch/job"
"""The log group of jobs whose definition names none."""

_STATES = {
    "SUBMITTED": "AWS Batch accepted the job",
    "PENDING": "AWS Batch accepted the job",
    "RUNNABLE": "the job is waiting in the queue for capacity in the compute environment",
    "STARTING": "the container of the job is starting",
    "RUNNING": "the job is running",
    "SUCCEEDED": "the job has ended",
    "FAILED": "the job has ended",
}
_WITH_LOG = ("RUNNING", "SUCCEEDED", "FAILED")
_LEAST_TIMEOUT = 60
"""Seconds: the shortest timeout of a job that AWS Batch accepts."""
_SHARE = "wifwizard"
"""The share identifier of the job, in queues that have a scheduling policy."""


@dataclass(frozen=True)
class BatchPlace:
    """Where the job runs. `fair_share`: whether the queue demands a share identifier.

    `log_configuration` and `public_ip` are those of the workload's own job definition, if there are any.
    """

    queue: str
    found: str
    fair_share: bool = False
    log_configuration: Mapping[str, Any] = field(default_factory=dict)
    public_ip: bool = False


def definition(wanted: Wanted, place: BatchPlace) -> dict[str, Any]:
    """Return the arguments of RegisterJobDefinition."""
    container: dict[str, Any] = {
        "image": wanted.image,
        "command": list(wanted.command),
        "jobRoleArn": wanted.role,
        "resourceRequirements": [{"type": "VCPU", "value": "0.25"}, {"type": "MEMORY", "value": "512"}],
    }
    if wanted.execution_role:
        container["executionRoleArn"] = wanted.execution_role
    if place.log_configuration:
        container["logConfiguration"] = dict(place.log_configuration)
    if wanted.on_fargate:
        container["networkConfiguration"] = {"assignPublicIp": "ENABLED" if place.public_ip else "DISABLED"}
        if wanted.platform:
            container["runtimePlatform"] = dict(wanted.platform)
    else:
        container["resourceRequirements"][0]["value"] = "1"  # a whole one: EC2 has no fractions
    return {
        "jobDefinitionName": wanted.name,
        "type": "container",
        "platformCapabilities": ["FARGATE" if wanted.on_fargate else "EC2"],
        "containerProperties": container,
        "retryStrategy": {"attempts": 1},
        "timeout": {"attemptDurationSeconds": max(wanted.seconds, _LEAST_TIMEOUT)},
    }


@dataclass
class OneOffJob:
    """One job."""

    aws: AwsCalls
    wanted: Wanted
    where: BatchPlace
    kind: str = removal.JOB
    job_id: str = ""

    @property
    def name(self) -> str:
        """The name of the job and of its definition."""
        return self.wanted.name

    def place(self) -> dict[str, Any]:
        """Return what `remove_job` needs."""
        return {
            "account": self.wanted.account,
            "region": self.wanted.region,
            "queue": self.where.queue,
            "group": self._group,
        }

    @property
    def _group(self) -> str:
        options = self.where.log_configuration.get("options", {})
        return str(options.get("awslogs-group", GROUP))

    def start(self) -> None:
        """Register the definition, and submit the job."""
        registered = self.aws.call("batch", "register_job_definition", **definition(self.wanted, self.where))
        share = {"shareIdentifier": _SHARE, "schedulingPriorityOverride": 0} if self.where.fair_share else {}
        submitted = self.aws.call(
            "batch",
            "submit_job",
            jobName=self.name,
            jobQueue=self.where.queue,
            jobDefinition=registered["jobDefinitionArn"],
            **share,
        )
        self.job_id = str(submitted["jobId"])

    def look(self) -> Seen:
        """Return the job's state, and why it never ran or was ended."""
        found = self.aws.call("batch", "describe_jobs", jobs=[self.job_id])["jobs"]
        if not found:
            return Seen(
                _("the job no longer exists"), True, Refusal("Gone", "someone deleted the job while it was running")
            )
        job = found[0]
        status, container = str(job["status"]), job.get("container", {})
        stream = container.get("logStreamName") if status in _WITH_LOG else None
        words = _(_STATES[status]) if status in _STATES else status
        if status == "RUNNABLE" and job.get("statusReason"):
            words = f"{words}: {job['statusReason']}"
        return Seen(
            words,
            status in ("SUCCEEDED", "FAILED"),
            _why_failed(job) if status == "FAILED" else None,
            (self._group, str(stream)) if stream else None,
            container.get("exitCode"),
        )

    def remove(self) -> None:
        """Terminate the job if it runs, and deregister its definition."""
        removal.remove_job(self.aws, self.name, self.place())

    def evidence(self) -> list[str]:
        """Return what runs where."""
        return [
            _("AWS Batch job {name} ({image}) in the queue {queue}").format(
                name=self.name, image=self.wanted.image, queue=self.where.queue
            ),
            self.where.found,
            _("job role {role}; execution role {execution}").format(
                role=self.wanted.role, execution=self.wanted.execution_role or _("none")
            ),
        ]


def _why_failed(job: Mapping[str, Any]) -> Refusal | None:
    """Return why a job failed that its program did not end; None if the program's own exit code says it."""
    container = job.get("container", {})
    reason = str(container.get("reason") or job.get("statusReason") or "")
    if container.get("exitCode") in (0, 1) and not container.get("reason"):
        return None
    return Refusal("Stopped", reason or "AWS Batch reported no reason")
