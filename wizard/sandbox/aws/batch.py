"""AWS Batch, where the gate adds to moto: a job is a task of ECS, and runs only if its role lets ECS in."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

from .arns import arn
from .backend import Backend
from .handlers import Call, Handlers
from .messages import Reply
from .workloads import Task, Workloads


class Batch:
    """SubmitJob, TerminateJob and DescribeJobs."""

    def __init__(self, backend: Backend, workloads: Workloads) -> None:
        self._backend = backend
        self._workloads = workloads
        self.handlers: Handlers = {
            ("batch", "SubmitJob"): self._submit_job,
            ("batch", "TerminateJob"): self._terminate_job,
            ("batch", "DescribeJobs"): self._describe_jobs,
        }

    def _submit_job(self, call: Call) -> Reply:
        reply = call.sent_to(self._backend)
        if reply.ok:
            job = self._job(call.region, json.loads(reply.body)["jobId"])
            if job is not None and job.job_definition.container_properties and not job.array_properties:
                self._start(job, call.region)
        return reply

    def _start(self, job: Any, region: str) -> None:
        cluster = next((environment.ecs_name for environment in job.job_queue.environments), "default")
        task_id = uuid.uuid4().hex
        task_arn = arn("ecs", region, self._backend.account, f"task/{cluster}/{task_id}")
        role_arn = job.job_definition.container_properties.get("jobRoleArn")
        task = Task(task_id, task_arn, cluster, region, job.job_definition.name, role_arn, job.job_id)
        reason = self._workloads.start(task)
        if reason is None:
            job.job_stopped = False
            job.status = "RUNNING"
        else:
            job.status, job.job_stopped_reason = "FAILED", reason

    def _terminate_job(self, call: Call) -> Reply:
        reply = call.sent_to(self._backend)
        job = self._job(call.region, str(call.message.document.get("jobId", "")))
        if reply.ok and job is not None and not job.job_stopped:
            self._workloads.stop(job.job_id)
            job.job_stopped, job.job_stopped_at, job.status = True, datetime.now(), "FAILED"
        return reply

    def _describe_jobs(self, call: Call) -> Reply:
        reply = call.sent_to(self._backend)
        if not reply.ok:
            return reply
        answer = json.loads(reply.body)
        for described in answer["jobs"]:
            job, task = self._job(call.region, described["jobId"]), self._workloads.find(described["jobId"])
            if job is not None and task is not None and "container" in described:
                described["container"] |= _details(job.job_definition.container_properties or {}, task)
        return Reply(reply.status, json.dumps(answer).encode(), reply.headers)

    def _job(self, region: str, job_id: str) -> Any:
        from moto.batch.models import batch_backends

        return batch_backends[self._backend.account][region].get_job_by_id(job_id)


def _details(properties: dict[str, Any], task: Task) -> dict[str, str]:
    """What moto leaves out of a job's container."""
    kept: dict[str, str] = {
        name: properties[name] for name in ("image", "jobRoleArn", "executionRoleArn") if name in properties
    }
    return {**kept, "taskArn": task.arn}
