"""AWS Batch, where the gate adds to moto: a job is a task of ECS, runs only if its role lets ECS in, and ends.

Source: AWS Batch user guide, "Job states" and "Job timeouts".
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

from .arns import arn
from .backend import Backend
from .commands import FOREVER, Course, course
from .container_logs import ON_EC2, ON_FARGATE, ContainerLogs, NoGroupError
from .errors import AwsRefusal
from .handlers import Call, Handlers
from .hosts import first_host
from .messages import Reply
from .programs import Programs
from .workloads import EXITED, KILLED, Task, Workloads

UNKNOWN = Course(20.0)
"""How a job goes whose command does not tell: it succeeds after so many seconds."""
LARGEST_DEFINITION = 24 * 1024
"""Bytes. Source: AWS Batch user guide, "Service quotas"."""
TIMED_OUT = "Job attempt duration exceeded timeout"
_STATES = ((0.25, "SUBMITTED"), (0.5, "RUNNABLE"), (1.0, "STARTING"))
"""How much of the way to running is behind a job, at most -> its state."""


class Batch:
    """The actions on jobs."""

    def __init__(self, backend: Backend, workloads: Workloads, programs: Programs, logs: ContainerLogs) -> None:
        self._backend = backend
        self._workloads = workloads
        self._programs = programs
        self._logs = logs
        self.handlers: Handlers = {
            ("batch", "RegisterJobDefinition"): self._register,
            ("batch", "SubmitJob"): self._submit_job,
            ("batch", "TerminateJob"): self._terminate_job,
            ("batch", "CancelJob"): self._cancel_job,
            ("batch", "DescribeJobs"): self._describe_jobs,
            ("batch", "ListJobs"): self._list_jobs,
        }

    def _register(self, call: Call) -> Reply:
        """Refuse a definition that is too large, and one for Fargate without an execution role."""
        document = call.message.document
        if len(json.dumps(document, separators=(",", ":")).encode()) > LARGEST_DEFINITION:
            raise AwsRefusal("ClientException", "The job definition is larger than 24 KiB.", 400)
        properties = document.get("containerProperties")
        on_fargate = "FARGATE" in (document.get("platformCapabilities") or [])
        if on_fargate and isinstance(properties, dict) and not properties.get("executionRoleArn"):
            raise AwsRefusal("ClientException", "executionRoleArn is required for jobs on Fargate.", 400)
        return call.sent_to(self._backend)

    def _submit_job(self, call: Call) -> Reply:
        queue = self._model(call.region).get_job_queue(str(call.message.document.get("jobQueue", "")))
        if queue is not None and queue.state != "ENABLED":
            raise AwsRefusal("ClientException", f"The job queue {queue.name} is {queue.state}", 400)
        reply = call.sent_to(self._backend)
        if reply.ok:
            job = self._job(call.region, json.loads(reply.body)["jobId"])
            if job is not None and job.job_definition.container_properties and not job.array_properties:
                job.job_stopped, job.status, job.sandbox_job = False, "PENDING", True
                self._update(job, call.region)
        return reply

    def _update_all(self, region: str) -> None:
        for job in list(self._jobs(region).values()):
            self._update(job, region)

    def _update(self, job: Any, region: str) -> None:
        """Let moto's job have the state of ours."""
        if job.job_stopped or not getattr(job, "sandbox_job", False):
            return
        task = self._workloads.find(job.job_id)
        if task is None:
            task = self._start_in_turn(job, region)
        if task is None or job.job_stopped:
            return
        job.job_started_at = _as_moto(self._workloads.runs_since(task))
        if task.running:
            job.status = _state(self._workloads.progress(task))
            return
        succeeded = task.exit_code == 0
        reason = TIMED_OUT if task.exit_code == KILLED and task.course.exit_code == KILLED else EXITED
        _end(job, "SUCCEEDED" if succeeded else "FAILED", reason, task)

    def _start_in_turn(self, job: Any, region: str) -> Task | None:
        """Start a job, unless it waits for others; fails it if one of them has failed."""
        names = [each.get("jobId") for each in job.depends_on or []]
        for before in (self._job(region, name) for name in names if name):
            if before is None or before.status == "SUCCEEDED":
                continue
            if before.status == "FAILED":
                job.job_stopped, job.job_stopped_at = True, datetime.now()
                job.status, job.job_stopped_reason = "FAILED", "Dependent Job failed"
            return None
        return self._start(job, region)

    def _start(self, job: Any, region: str) -> Task | None:
        cluster = next((environment.ecs_name for environment in job.job_queue.environments), "default")
        task_id = uuid.uuid4().hex
        task_arn = arn("ecs", region, self._backend.account, f"task/{cluster}/{task_id}")
        properties = job.job_definition.container_properties
        role_arn = properties.get("jobRoleArn")
        task = Task(task_id, task_arn, cluster, region, job.job_definition.name, role_arn, job.job_id)
        task.launch = "FARGATE" if "FARGATE" in (job.job_definition.platform_capabilities or []) else "EC2"
        task.network_mode = "awsvpc" if task.launch == "FARGATE" else "host"  # AWS Batch user guide, "Networking modes"
        if task.launch == "EC2":
            task.host = first_host(self._backend.account, region, cluster)
        task.execution_role_arn = properties.get("executionRoleArn")
        task.program = self._programs.of(_command(job), str(properties.get("image", "")))
        task.variables = _environment(job)
        task.course = _course(job, FOREVER if task.program else None)
        reason = self._workloads.start(task) or self._open_log(task, job)
        if reason is None and task.program:
            self._programs.add(task)
        if reason is not None:
            _end(job, "FAILED", reason, task)
        return task

    def _open_log(self, task: Task, job: Any) -> str | None:
        """Create the log stream of the job's container; returns why the job fails if there is no log group."""
        definition = job.job_definition
        configuration = definition.container_properties.get("logConfiguration")
        try:
            task.log = self._logs.stream_of_job(configuration, definition.name, task.id, task.region)
        except NoGroupError:
            self._workloads.fail(task)
            return ON_FARGATE if task.launch == "FARGATE" else ON_EC2
        return None

    def _terminate_job(self, call: Call) -> Reply:
        self._update_all(call.region)
        reply = call.sent_to(self._backend)
        job = self._job(call.region, str(call.message.document.get("jobId", "")))
        if reply.ok and job is not None and not job.job_stopped:
            self._stop(job, str(call.message.document.get("reason", "")))
        return reply

    def _cancel_job(self, call: Call) -> Reply:
        """Ends a job that has not come to STARTING; one that has goes on."""
        self._update_all(call.region)
        job = self._job(call.region, str(call.message.document.get("jobId", "")))
        waiting = job is not None and job.status in ("SUBMITTED", "PENDING", "RUNNABLE")
        reply = call.sent_to(self._backend)
        if reply.ok and waiting:
            self._stop(job, str(call.message.document.get("reason", "")))
        return reply

    def _stop(self, job: Any, reason: str) -> None:
        self._workloads.stop(job.job_id)
        task = self._workloads.find(job.job_id)
        job.job_stopped, job.job_stopped_at, job.status = True, datetime.now(), "FAILED"
        job.job_stopped_reason = reason
        job.exit_code = None if task is None else task.exit_code

    def _list_jobs(self, call: Call) -> Reply:
        self._update_all(call.region)
        return call.sent_to(self._backend)

    def _describe_jobs(self, call: Call) -> Reply:
        self._update_all(call.region)
        reply = call.sent_to(self._backend)
        if not reply.ok:
            return reply
        answer = json.loads(reply.body)
        for described in answer["jobs"]:
            job, task = self._job(call.region, described["jobId"]), self._workloads.find(described["jobId"])
            if job is None or not getattr(job, "sandbox_job", False):
                continue
            if job.status not in ("RUNNING", "SUCCEEDED", "FAILED"):
                described.pop("startedAt", None)
            described["attempts"] = []
            if task is not None and "container" in described:
                described["container"] |= _details(job, task)
                if described["container"].get("resourceRequirements"):  # they stand in the place of these
                    described["container"] = _without(described["container"], "vcpus", "memory")
                described["attempts"] = [_attempt(described)] if job.job_stopped else []
        return Reply(reply.status, json.dumps(answer).encode(), reply.headers)

    def _model(self, region: str) -> Any:
        from moto.batch.models import batch_backends

        return batch_backends[self._backend.account][region]

    def _jobs(self, region: str) -> dict[str, Any]:
        jobs: dict[str, Any] = self._model(region)._jobs
        return jobs

    def _job(self, region: str, job_id: str) -> Any:
        return self._jobs(region).get(job_id)


def _command(job: Any) -> list[str]:
    """The command of a job's container, its parameters filled in."""
    properties = job.job_definition.container_properties
    command = job.container_overrides.get("command") or properties.get("command") or []
    parameters = {**job.job_definition.parameters, **job.parameters}
    return [_with_parameters(str(word), parameters) for word in command]


def _environment(job: Any) -> dict[str, str]:
    """The variables of a job's container, as its definition and its overrides say."""
    given = [
        *(job.job_definition.container_properties.get("environment") or []),
        *(job.container_overrides.get("environment") or []),
    ]
    return {str(each["name"]): str(each.get("value", "")) for each in given}


def _course(job: Any, known: Course | None = None) -> Course:
    """How the container of a job goes, within its timeout; `known` is how it goes without one."""
    known = known or course(_command(job)) or UNKNOWN
    limit = (job.timeout or job.job_definition.timeout or {}).get("attemptDurationSeconds")
    if limit is not None and (known.seconds is None or known.seconds > limit):
        return Course(float(limit), KILLED)
    return known


def _with_parameters(word: str, parameters: dict[str, str]) -> str:
    for name, value in parameters.items():
        word = word.replace(f"Ref::{name}", str(value))
    return word


def _state(progress: float) -> str:
    return next((state for limit, state in _STATES if progress < limit), "RUNNING")


def _end(job: Any, status: str, reason: str, task: Task) -> None:
    job.status, job.job_stopped_reason, job.job_stopped = status, reason, True
    job.exit_code = task.exit_code
    if task.ended is not None:
        job.job_stopped_at = _as_moto(task.ended)


def _as_moto(moment: datetime) -> datetime:
    """A moment as moto's jobs have it: without a time zone, in that of this machine."""
    return moment.astimezone().replace(tzinfo=None)


def _details(job: Any, task: Task) -> dict[str, Any]:
    """What moto leaves out of a job's container."""
    properties = job.job_definition.container_properties
    kept = _only(properties, "image", "jobRoleArn", "executionRoleArn", "resourceRequirements")
    if job.exit_code is not None:
        kept["exitCode"] = job.exit_code
    if task.log is not None and job.status in ("RUNNING", "SUCCEEDED", "FAILED"):
        kept["logStreamName"] = task.log.name
    return {**kept, "taskArn": task.arn}


def _attempt(described: dict[str, Any]) -> dict[str, Any]:
    """The one attempt of a job that has ended."""
    own = _only(described["container"], "taskArn", "exitCode", "logStreamName")
    return {"container": {**own, "networkInterfaces": []}, **_only(described, "startedAt", "stoppedAt", "statusReason")}


def _only(found: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: found[name] for name in names if name in found}


def _without(found: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in names}
