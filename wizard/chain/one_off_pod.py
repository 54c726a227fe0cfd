"""Run a one-off pod: start the job that has it, read its output, and remove it in any case."""

import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from wizard.chain import pod_state, tidy
from wizard.chain.hop import Refusal
from wizard.chain.pod_manifest import CONTAINER, LABEL, RUNNER, this_machine
from wizard.chain.slots import Stopped, slot
from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import Kubernetes
from wizard.engine.journal import Journal
from wizard.engine.patience import Patience, Time
from wizard.language import N_, _, translated

KIND = N_("one-off job")
"""What the journal calls the job of a live test."""

TITLE = N_("{name} in the namespace {namespace}")
"""The name of a job in the journal, in English, and for people, in their language."""

_FORGOTTEN = timedelta(hours=1)
_GRACE = 60.0  # seconds to wait after the job's own deadline


@dataclass(frozen=True)
class WaitLimits:
    """How many seconds to wait for a node, for a node while none fits the pod, and for the metadata server.

    A cluster with autoscaling needs minutes to add a node, but the scheduler reports sooner that no node fits. Other
    clusters are read for a few seconds only, since they are not needed as proof.
    """

    node: float = 300.0
    fitting_node: float = 30.0
    metadata_server: float = 30.0
    other_clusters: float = 3.0


class PodLeft(tidy.LeftBehind):
    """The job with the pod could not be removed. Its deadline still ends it."""

    def __init__(self, name: str, namespace: str, error: CloudError) -> None:
        """Take the job's name and namespace, and the error of the last attempt to remove it."""
        super().__init__(
            _(
                "the wizard could not remove the job {name} ({reason}: {message}). The job stops at its "
                "deadline. To remove the job: kubectl delete job {name} --namespace {namespace}"
            ).format(name=name, reason=error.reason, message=error.message, namespace=namespace)
        )


@dataclass(frozen=True)
class PodEnd:
    """How a pod ended: its node, if it had one, and why it did not finish its work, if it did not."""

    node: str | None
    refusal: Refusal | None = None


@dataclass
class OneOff:
    """One job with one pod. `on_line` gets each line that it prints, `on_waiting` gets what it is waiting for.

    The `journal`, if there is one, has the job before the job is created, with the name of its `cluster`.
    """

    kubernetes: Kubernetes
    manifest: Mapping[str, Any]
    limits: WaitLimits
    on_line: Callable[[str], None]
    on_waiting: Callable[[str], None]
    time: Time = field(default_factory=Time)
    stop: threading.Event | None = None
    journal: Journal | None = None
    cluster: str = ""
    _read: int = 0
    _is_left: bool = False
    _reported: str = ""
    _pod: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The job's name."""
        return str(self.manifest["metadata"]["name"])

    @property
    def namespace(self) -> str:
        """The job's namespace."""
        return str(self.manifest["metadata"]["namespace"])

    def run(self) -> PodEnd:
        """Start the job, follow its pod to the end, and remove both.

        Raises CloudError if it cannot be started or followed, Stopped once `stop` is set, PodLeft if it cannot be
        removed, and JournalError. Waits while too many others run.
        """
        with slot(self.stop):
            return self._recorded()

    def _recorded(self) -> PodEnd:
        """Run it, and have it in the journal meanwhile."""
        if self.journal is None:
            return self._run()
        title = TITLE.format(name=self.name, namespace=self.namespace)
        place = {"cluster": self.cluster, "namespace": self.namespace, "job": self.name}
        record = self.journal.remember(KIND, title, place)
        try:
            return self._run()
        finally:
            if self._is_left:
                self.journal.release(record)
            else:
                self.journal.forget(record)

    def _run(self) -> PodEnd:
        can_exist = True
        try:
            try:
                self._create()
            except CloudError as error:
                can_exist = error.status is None or error.status >= 500  # otherwise the job was not created
                raise
            return self._follow()
        finally:
            if can_exist:
                self._remove()

    def _create(self) -> None:
        from lightkube.resources.batch_v1 import Job

        try:
            self.kubernetes.create(Job.from_dict(dict(self.manifest)), self.namespace)
        except CloudError as error:
            if error.status != 409:  # 409: the answer to a first attempt was lost; the name shows that the job is ours
                raise

    def _follow(self) -> PodEnd:
        started, patience = self.time.clock(), Patience(self.time, self._longest)
        while True:
            if self.stop is not None and self.stop.is_set():
                raise Stopped
            if not self._read_pod():
                return PodEnd(pod_state.node(self._pod), self._why_gone())
            has_ended = pod_state.phase(self._pod) in ("Succeeded", "Failed")
            self._read_log(has_ended)
            refusal = pod_state.cannot_start(self._pod) or pod_state.ended_badly(self._pod)
            if not self._pod:
                refusal = self._not_created(self.time.clock() - started)
            elif not has_ended and not refusal:
                refusal = self._no_node(self.time.clock() - started)
            if has_ended or refusal:
                return PodEnd(pod_state.node(self._pod), refusal)
            if not patience.wait():
                late = Refusal("Late", f"the pod did not finish within {self._longest:.0f} s")
                return PodEnd(pod_state.node(self._pod), late)

    @property
    def _longest(self) -> float:
        """After how many seconds to stop waiting for a job that its own deadline did not end."""
        return float(self.manifest["spec"]["activeDeadlineSeconds"]) + _GRACE

    def _read_pod(self) -> bool:
        """Read the pod, once the job has one. Return False if it no longer exists."""
        from lightkube.resources.core_v1 import Pod

        try:
            if self._pod:
                self._pod = self.kubernetes.get(Pod, self._pod_name, self.namespace).to_dict()
            else:
                pods = self.kubernetes.list_objects(Pod, self.namespace, labels={"job-name": self.name})
                self._pod = pods[0].to_dict() if pods else {}
        except CloudError as error:
            if error.status == 404:
                return False
            if not error.transient:
                raise
        return True

    @property
    def _pod_name(self) -> str:
        return str(self._pod["metadata"]["name"])

    def _not_created(self, elapsed: float) -> Refusal | None:
        """Return why the cluster creates no pod for the job, from its events; None while it still can."""
        refused = [event for event in self._events(self.name) if event.get("reason") == "FailedCreate"]
        if refused:
            return Refusal("NotAdmitted", str(refused[-1].get("message")))
        self._report(_("waiting for the cluster to create the pod"))
        if elapsed > self.limits.node:
            return Refusal("NotAdmitted", f"the cluster created no pod for the job within {elapsed:.0f} s")
        return None

    def _why_gone(self) -> Refusal:
        """Return why the pod no longer exists: the job's deadline, or somebody removed it."""
        from lightkube.resources.batch_v1 import Job

        try:
            job = self.kubernetes.get(Job, self.name, self.namespace).to_dict()
        except CloudError:
            job = {}
        for condition in (job.get("status") or {}).get("conditions") or ():
            if condition.get("type") == "Failed" and condition.get("reason"):
                return Refusal("Ended", f"{condition['reason']}: {condition.get('message') or 'no message'}")
        return Refusal("Gone", "the pod was removed while it was running")

    def _read_log(self, has_ended: bool) -> None:
        """Pass new lines to `on_line`; the last one only if it is complete."""
        if not self._pod or pod_state.phase(self._pod) == "Pending":
            return
        try:
            lines = self.kubernetes.log(self._pod_name, self.namespace, CONTAINER)
        except CloudError as error:
            if error.status in (400, 404) or error.transient:  # its container is not started yet, or its node is busy
                return
            raise
        if lines and not has_ended and not _is_complete(lines[-1]):
            lines.pop()
        for line in lines[self._read :]:
            self.on_line(line)
        self._read = max(self._read, len(lines))

    def _no_node(self, elapsed: float) -> Refusal | None:
        """Report what the pod is waiting for. Return why it gets no node, once the wait was long enough; else None."""
        if pod_state.node(self._pod):
            self._report(pod_state.doing(self._pod))
            return None
        events = self._events(self._pod_name)
        words, growing = pod_state.without_node(self._pod, events), pod_state.is_adding_node(events)
        if growing:
            self._report(_("waiting for the cluster to add a node"))
        elif words:
            self._report(_("waiting for a node: {words}").format(words=words))
        else:
            self._report(pod_state.doing(self._pod))
        if elapsed > (self.limits.fitting_node if words and not growing else self.limits.node):
            return Refusal("Unschedulable", words or f"the cluster found no node for the pod within {elapsed:.0f} s")
        return None

    def _events(self, name: str) -> list[dict[str, Any]]:
        """Return the cluster's events about the job or its pod, by name; empty if they cannot be read."""
        from lightkube.resources.core_v1 import Event

        try:
            events = self.kubernetes.list_objects(Event, self.namespace, fields={"involvedObject.name": name})
        except CloudError:
            return []
        return [event.to_dict() for event in events]

    def _report(self, text: str) -> None:
        if text != self._reported:
            self._reported = text
            self.on_waiting(text)

    def _remove(self) -> None:
        try:
            tidy.insist(
                lambda: remove(self.kubernetes, self.name, self.namespace),
                self.time.pause,
                f"{translated(KIND)} {self.name}",
            )
        except CloudError as error:
            self._is_left = True
            raise PodLeft(self.name, self.namespace, error) from error


def remove(kubernetes: Kubernetes, name: str, namespace: str) -> None:
    """Remove a job and its pod. A job that does not exist is not an error. Raises CloudError."""
    from lightkube.resources.batch_v1 import Job

    try:
        kubernetes.delete(Job, name, namespace, cascade=True)
    except CloudError as error:
        if error.status != 404:
            raise


@dataclass(frozen=True)
class ProbeJob:
    """The job of a live test in a cluster. `is_over`: no test uses it any more."""

    name: str
    namespace: str
    is_over: bool


def probe_jobs(kubernetes: Kubernetes, namespace: str, now: datetime) -> list[ProbeJob]:
    """Return the jobs of live tests in a namespace, or in all of them (`ALL`). Raises CloudError.

    Those of processes of this machine that no longer exist are over; so are those that are older than an hour, since no
    test takes so long.
    """
    from wizard.clouds.kubernetes_briefs import Job  # as the plan lists the jobs of the whole cluster

    found = []
    for job in kubernetes.list_objects(Job, namespace, labels={LABEL: "true"}):
        metadata = job.metadata
        if metadata.creationTimestamp and metadata.name:
            is_old = now - metadata.creationTimestamp > _FORGOTTEN
            is_over = is_old or _is_gone((metadata.annotations or {}).get(RUNNER, ""))
            found.append(ProbeJob(metadata.name, metadata.namespace or namespace, is_over))
    return found


def remove_forgotten(kubernetes: Kubernetes, namespace: str, now: datetime) -> None:
    """Remove the jobs of tests that were killed. Raises CloudError."""
    for job in probe_jobs(kubernetes, namespace, now):
        if job.is_over:
            remove(kubernetes, job.name, namespace)


def _is_gone(runner: str) -> bool:
    """Return whether a runner was a process of this machine that no longer exists."""
    machine, _, process = runner.partition(".")
    if machine != this_machine() or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except OSError:  # a process of somebody else
        return False
    return False


def _is_complete(line: str) -> bool:
    """Return whether a line of the probe is complete: a whole JSON object, or no JSON object at all."""
    if not line.startswith("{"):
        return True
    try:
        json.loads(line)
    except ValueError:
        return False
    return True
