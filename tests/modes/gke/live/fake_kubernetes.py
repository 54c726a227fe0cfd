"""A fake Kubernetes API on loopback: one job with one pod, which goes through the states that it is told."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.chain.fakes import Asked, FakeCloud
from wizard.clouds.google import Google
from wizard.clouds.kubernetes import Kubernetes
from wizard.federation.gke import ClusterName

CLUSTER = ClusterName("acme-payments", "asia-northeast1", "payments")
PODS = "/api/v1/namespaces/anti-fraud/pods"
JOBS = "/apis/batch/v1/namespaces/anti-fraud/jobs"
NODE = "gke-payments-default-pool-1"

Answer = tuple[int, Any]


def state(phase: str = "Pending", node: str | None = None, **status: Any) -> dict[str, Any]:
    """What a pod shows: its phase, its node, and more of its status."""
    return {"spec": {"nodeName": node} if node else {}, "status": {"phase": phase, **status}}


def container(kind: str, **details: Any) -> list[dict[str, Any]]:
    """Container statuses of one container."""
    names = {"name": "probe", "image": "python", "imageID": "", "ready": False, "restartCount": 0}
    return [{**names, "state": {kind: details}}]


def status(code: int, reason: str, message: str) -> Answer:
    """A refusal by the API server."""
    return code, {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "code": code,
        "reason": reason,
        "message": message,
    }


@dataclass
class FakePod:
    """One pod of a fake cluster: each look at it gives the next state, the last one again and again."""

    cloud: FakeCloud
    states: list[dict[str, Any]] = field(default_factory=list)
    logs: list[Answer] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    deletions: list[Answer] = field(default_factory=lambda: [(200, {"kind": "Status", "status": "Success"})])
    created: Answer | None = None
    manifest: dict[str, Any] | None = None
    removed: bool = False
    job_status: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Answer for the cluster."""
        self.cloud.answers[PODS] = self.answer
        self.cloud.answers[JOBS] = self.answer_job
        self.cloud.answers["/api/v1/namespaces/anti-fraud/events"] = lambda _: (
            200,
            {"kind": "EventList", "apiVersion": "v1", "metadata": {}, "items": self.events},
        )

    def answer_job(self, asked: Asked) -> Answer:
        """One call about the job."""
        if asked.method == "POST":
            return self.create(json.loads(asked.body))
        if asked.method == "DELETE":
            return self.delete()
        return 200, {**(self.manifest or {}), "status": self.job_status}

    def answer(self, asked: Asked) -> Answer:
        """One call about the pod."""
        name = f"{(self.manifest or {}).get('metadata', {}).get('name')}-x"
        if "labelSelector" in asked.path:
            pods = [self.pod(name)] if self.manifest and self.states and not self.removed else []
            return 200, {"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": pods}
        if self.manifest is None or self.removed or name not in asked.path:
            return status(404, "NotFound", f'pods "{name}" not found')
        if asked.path.split("?")[0].endswith("/log"):
            return _next(self.logs) if self.logs else (200, "")
        return 200, self.pod(name)

    def pod(self, name: str) -> dict[str, Any]:
        """The pod in its next state."""
        assert self.manifest
        template, now = self.manifest["spec"]["template"], _next(self.states)
        head = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "anti-fraud"}}
        return {**head, "spec": {**template["spec"], **now["spec"]}, "status": now["status"]}

    def create(self, manifest: dict[str, Any]) -> Answer:
        if self.created and self.created[0] != 409:
            return self.created
        self.manifest = manifest
        return self.created or (201, manifest)

    def delete(self) -> Answer:
        answer = _next(self.deletions)
        self.removed = answer[0] == 200
        return answer

    def deletes(self) -> int:
        return sum(asked.method == "DELETE" for asked in self.cloud.asked)


def _next(answers: list[Any]) -> Any:
    return answers.pop(0) if len(answers) > 1 else answers[0]


def kubernetes(cloud: FakeCloud, folder: Path) -> Kubernetes:
    """The real session, led to the fake cluster by a kubeconfig."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "fake", "cluster": {"server": cloud.url}}],
        "users": [{"name": "operator", "user": {"token": "fake-token"}}],
        "contexts": [{"name": CLUSTER.context, "context": {"cluster": "fake", "user": "operator"}}],
    }
    file = folder / "kubeconfig"
    file.write_text(yaml.safe_dump(config))
    environ = {"KUBECONFIG": str(file)}
    return Kubernetes(CLUSTER, environ, Google(environ, CLUSTER.project))
