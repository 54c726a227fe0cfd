"""The controller of jobs: pods that run to their end, some number of times.

Source: Kubernetes documentation, "Jobs".
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from .kinds import JOB, Object
from .making import Maker, has_ended, letters
from .state import KubernetesState

_BACKOFF = 6


class Jobs:
    """Brings the pods of one cluster in line with its jobs."""

    def __init__(self, state: KubernetesState, maker: Maker) -> None:
        self._state = state
        self._maker = maker

    def settle(self, job: Object) -> None:
        """Create the pods that are missing, and report how far the job is; a job that has ended gets no pods."""
        if _ended(job):
            return
        if job["spec"].get("suspend"):
            self._stop_running(job)
            return
        if "startTime" not in (job.get("status") or {}):
            job = self._state.store.put(JOB, {**job, "status": {"startTime": self._state.now()}})
            self._at(job["spec"].get("activeDeadlineSeconds"), self._deadline, job)
        pods = self._maker.owned(job)
        failed, completions = _count(pods, "Failed"), _completions(job)
        missing = min(job["spec"].get("parallelism", 1), completions - _count(pods, "Succeeded"))
        missing -= sum(not has_ended(pod) for pod in pods)
        if failed <= job["spec"].get("backoffLimit", _BACKOFF):
            for _ in range(missing):
                name = f"{job['metadata']['name']}-{letters()}"
                if self._maker.make(JOB, job, job["spec"]["template"], name) is None:
                    break  # the next one would be refused too
        self._report(job)

    def _report(self, job: Object) -> None:
        pods = self._maker.owned(job)
        status: Object = {"startTime": job["status"]["startTime"]}
        for key, count in (
            ("active", sum(not has_ended(pod) for pod in pods)),
            ("succeeded", _count(pods, "Succeeded")),
            ("failed", _count(pods, "Failed")),
        ):
            status |= {key: count} if count else {}
        if status.get("succeeded", 0) >= _completions(job):
            status |= {"completionTime": self._state.now(), "conditions": [_condition("Complete")]}
            self._state.say(JOB, job, "Completed", "Job completed")
        elif status.get("failed", 0) > job["spec"].get("backoffLimit", _BACKOFF):
            said = "Job has reached the specified backoff limit"
            status["conditions"] = [_condition("Failed", "BackoffLimitExceeded", said)]
            self._state.say(JOB, job, "BackoffLimitExceeded", said, warning=True)
        if job["status"] != status:
            self._store(job, status)

    def _store(self, job: Object, status: Object) -> None:
        stored = self._state.store.put(JOB, {**job, "status": status})
        if _ended(stored):
            self._at(stored["spec"].get("ttlSecondsAfterFinished"), self._expire, stored)

    def _deadline(self, job: Object) -> None:
        current = self._now(job)
        if current is None or _ended(current):
            return
        self._stop_running(current)
        said = "Job was active longer than specified deadline"
        status = {**current["status"], "conditions": [_condition("Failed", "DeadlineExceeded", said)]}
        status.pop("active", None)
        self._state.say(JOB, job, "DeadlineExceeded", said, warning=True)
        self._store(current, status)

    def _expire(self, job: Object) -> None:
        if self._now(job) is not None:
            self._state.store.remove(JOB, job["metadata"]["namespace"], job["metadata"]["name"])
            for pod in self._maker.owned(job):
                self._maker.stop(pod)

    def _stop_running(self, job: Object) -> None:
        for pod in self._maker.owned(job):
            if not has_ended(pod):
                self._maker.stop(pod)

    def _now(self, job: Object) -> Object | None:
        metadata = job["metadata"]
        current = self._state.store.peek(JOB, metadata["namespace"], metadata["name"])
        return current if current is not None and current["metadata"]["uid"] == metadata["uid"] else None

    @staticmethod
    def _at(seconds: float | None, action: Any, job: Object) -> None:
        """Do that after so many seconds, if a number is given."""
        if seconds is not None:
            asyncio.get_running_loop().call_later(seconds, action, job)


def label(job: Object) -> None:
    """Give a new job its selector, and its pod template the labels that the selector needs."""
    spec, metadata = job["spec"], job["metadata"]
    if spec.get("manualSelector"):
        return
    own = {"batch.kubernetes.io/controller-uid": metadata["uid"], "controller-uid": metadata["uid"]}
    named = {"batch.kubernetes.io/job-name": metadata["name"], "job-name": metadata["name"]}
    inner = spec["template"].setdefault("metadata", {})
    inner["labels"] = {**(inner.get("labels") or {}), **own, **named}
    spec["selector"] = {"matchLabels": {"batch.kubernetes.io/controller-uid": metadata["uid"]}}


def duration(job: Object, now: datetime) -> float | None:
    """How many seconds a job took, or has taken so far; None before it starts."""
    status = job.get("status") or {}
    if "startTime" not in status:
        return None
    end = status.get("completionTime")
    until = datetime.fromisoformat(end) if end else now
    return (until - datetime.fromisoformat(status["startTime"])).total_seconds()


def _completions(job: Object) -> int:
    return int(job["spec"].get("completions") or 1)


def _count(pods: list[Object], phase: str) -> int:
    return sum(pod["status"].get("phase") == phase for pod in pods)


def _ended(job: Object) -> bool:
    return bool((job.get("status") or {}).get("conditions"))


def _condition(kind: str, reason: str = "", message: str = "") -> Object:
    more = {"reason": reason, "message": message} if reason else {}
    return {"type": kind, "status": "True", **more}
