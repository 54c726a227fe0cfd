"""The one-off pod: what it may do, how it is followed, and that it is gone at the end, whatever happens."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.chain.fakes import fake_cloud
from tests.modes.gke.live.fake_kubernetes import JOBS, NODE, FakePod, container, kubernetes, state, status
from wizard.chain import one_off_pod as pod
from wizard.chain.one_off_pod import WaitLimits
from wizard.chain.pod_manifest import IMAGE, LABEL, PodOptions, Wanted, manifest, new_name, this_runner
from wizard.chain.probing import PROBE
from wizard.chain.slots import Stopped
from wizard.clouds.errors import CloudError
from wizard.engine.patience import Time

WANTED = Wanted("anti-fraud", "scorer", IMAGE, {"form": "gke"}, 300, 60)
RUNNING = state("Running", NODE)
DONE = state("Succeeded", NODE)
LINE = json.dumps({"hop": "permission", "status": "ok"})


@dataclass
class Bench:
    """A pod to be run, and what was heard of it."""

    made: FakePod
    folder: Path
    lines: list[str] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)
    time: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self, pause: Callable[[float], None] | None = None, **patience: float) -> pod.PodEnd:
        """Run the pod with a clock that only pauses move."""
        wanted = manifest(WANTED, new_name())
        session = kubernetes(self.made.cloud, self.folder)
        told = (self.lines.append, self.waits.append)
        return pod.OneOff(
            session, wanted, WaitLimits(**patience), *told, Time(lambda: self.time, pause or self.pause), self.stop
        ).run()

    def pause(self, seconds: float) -> None:
        self.time += seconds


@pytest.fixture
def bench(tmp_path: Path):
    with fake_cloud() as cloud:
        yield Bench(FakePod(cloud), tmp_path)


def test_the_pod_is_as_restricted_as_pods_can_be():
    job = manifest(WANTED, "name")
    template = job["spec"]["template"]
    spec, box = template["spec"], template["spec"]["containers"][0]
    assert spec["serviceAccountName"] == "scorer" and spec["automountServiceAccountToken"] is False
    assert (spec["restartPolicy"], spec["activeDeadlineSeconds"]) == ("Never", 300)
    assert spec["securityContext"]["runAsNonRoot"] and spec["securityContext"]["seccompProfile"] == {
        "type": "RuntimeDefault"
    }
    assert box["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert box["resources"]["requests"] == box["resources"]["limits"]
    assert box["command"] == ["python3", "-I", "-u", "-c", PROBE.read_text()]
    assert box["env"] == [{"name": "WIF_PROBE", "value": '{"form": "gke"}'}]


def test_the_job_ends_by_itself_and_its_pod_is_never_ready():
    job = manifest(WANTED, "name")
    assert (job["spec"]["backoffLimit"], job["spec"]["activeDeadlineSeconds"]) == (0, 360)
    assert job["spec"]["ttlSecondsAfterFinished"] > 0
    assert job["spec"]["template"]["spec"]["readinessGates"]
    assert job["spec"]["template"]["metadata"]["labels"] == {LABEL: "true"}
    assert job["metadata"]["labels"][LABEL] == "true"


def test_a_pod_has_the_nodes_and_the_labels_of_its_placement():
    selection = {"nodeSelector": {"pool": "batch"}, "tolerations": [{"key": "batch", "operator": "Exists"}]}
    job = manifest(replace(WANTED, selection=selection, labels={"app": "ledger"}), "name")
    assert selection.items() <= job["spec"]["template"]["spec"].items()
    assert job["spec"]["template"]["metadata"]["labels"] == {LABEL: "true", "app": "ledger"}


def test_the_setup_can_change_what_policies_look_at():
    options = PodOptions({"team": "pay"}, {"cpu": "250m"}, {"memory": "1Gi"}, {"runAsUser": 1000}, "batch")
    job = manifest(replace(WANTED, options=options), "name")
    spec = job["spec"]["template"]["spec"]
    box = spec["containers"][0]
    assert job["metadata"]["labels"]["team"] == job["spec"]["template"]["metadata"]["labels"]["team"] == "pay"
    assert box["resources"]["requests"] == {"cpu": "250m", "memory": "1Gi", "ephemeral-storage": "64Mi"}
    assert box["resources"]["limits"] == box["resources"]["requests"]
    assert box["securityContext"]["runAsUser"] == 1000 and box["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert spec["priorityClassName"] == "batch"


def test_the_probe_fits_into_one_argument_of_a_command():
    assert len(PROBE.read_bytes()) < 128 * 1024  # Linux's limit


def test_no_two_pods_have_the_same_name():
    assert len({new_name() for _ in range(50)}) == 50


def test_lines_are_read_while_the_pod_runs_and_it_is_removed(bench: Bench):
    first = json.dumps({"hop": "metadata-server", "status": "ok"})
    bench.made.states = [state(), RUNNING, RUNNING, DONE]
    bench.made.logs = [(200, f"{first}\n{LINE[:10]}"), (200, f"{first}\n{LINE}\n"), (200, f"{first}\n{LINE}\nend\n")]
    assert bench.run() == pod.PodEnd(NODE)
    assert bench.lines == [first, LINE, "end"]
    assert bench.waits == ["waiting for a node", "running"]
    assert bench.made.removed


def test_a_log_that_is_not_there_yet_is_read_later(bench: Bench):
    bench.made.states = [RUNNING, RUNNING, DONE]
    bench.made.logs = [status(400, "BadRequest", "container is waiting to start"), (200, LINE)]
    bench.run()
    assert bench.lines == [LINE]


def test_a_lost_answer_to_its_creation_changes_nothing(bench: Bench):
    bench.made.states, bench.made.created = [DONE], status(409, "AlreadyExists", "already exists")
    assert bench.run().refusal is None
    assert bench.made.removed


def test_a_job_that_is_refused_leaves_nothing_to_remove(bench: Bench):
    bench.made.created = status(403, "Forbidden", 'jobs.batch "x" is forbidden: exceeded quota: jobs')
    with pytest.raises(CloudError, match="exceeded quota"):
        bench.run()
    assert bench.made.deletes() == 0


def test_a_pod_that_the_cluster_refuses_is_told_from_the_jobs_events(bench: Bench):
    why = 'Error creating: pods "x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true'
    bench.made.events = [event("FailedCreate", why)]
    refusal = bench.run().refusal
    assert refusal and (refusal.code, refusal.message) == ("NotAdmitted", why)
    assert bench.made.removed


def test_a_job_that_gets_no_pod_is_given_up(bench: Bench):
    refusal = bench.run(node=10).refusal
    assert refusal and refusal.code == "NotAdmitted" and "created no pod" in refusal.message
    assert bench.made.removed


def test_a_job_that_was_ended_says_so(bench: Bench):
    bench.made.states = [RUNNING]
    said = {"type": "Failed", "status": "True", "reason": "DeadlineExceeded", "message": "Job was active longer"}
    bench.made.job_status = {"conditions": [said]}

    def pause(_: float) -> None:
        bench.made.removed = True

    refusal = bench.run(pause).refusal
    assert refusal and (refusal.code, refusal.message) == ("Ended", "DeadlineExceeded: Job was active longer")


@pytest.mark.parametrize(
    ("shown", "code", "words"),
    [
        (container("waiting", reason="ImagePullBackOff", message="Back-off pulling image"), "ImagePull", "Back-off"),
        (container("waiting", reason="InvalidImageName", message="couldn't parse image"), "ImagePull", "parse"),
        (container("waiting", reason="CreateContainerConfigError", message="no user"), "NotStarted", "no user"),
        (
            container("terminated", exitCode=128, reason="StartError", message='exec: "python3": not found in $PATH'),
            "NotStarted",
            "python3",
        ),
    ],
)
def test_a_container_that_cannot_start_ends_the_waiting(bench: Bench, shown: Any, code: str, words: str):
    pulling = container("waiting", reason="ErrImagePull", message="may be a passing trouble")
    bench.made.states = [state(node=NODE, containerStatuses=pulling), state(node=NODE, containerStatuses=shown)]
    refusal = bench.run().refusal
    assert refusal and refusal.code == code and words in refusal.message
    assert "waiting for the pod's container to start (ErrImagePull)" in bench.waits
    assert bench.made.removed


def test_a_pod_without_a_fitting_node_is_given_up_soon(bench: Bench):
    why = "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector."
    bench.made.states = [
        state(conditions=[{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": why}])
    ]
    refusal = bench.run(node=300, fitting_node=30).refusal
    assert refusal and (refusal.code, refusal.message) == ("Unschedulable", why)
    assert 30 < bench.time < 40
    assert bench.waits == [f"waiting for a node: {why}"]


def test_a_cluster_that_makes_a_node_is_waited_for(bench: Bench):
    bench.made.states = [state()]
    bench.made.events = [event("FailedScheduling", "0/3 nodes are available"), event("TriggeredScaleUp", "pool 1->2")]
    refusal = bench.run(node=300, fitting_node=30).refusal
    assert refusal and refusal.code == "Unschedulable"
    assert bench.time > 300
    assert bench.waits == ["waiting for the cluster to add a node"]


def event(reason: str, message: str) -> dict[str, Any]:
    about = {"kind": "Pod", "name": "x", "namespace": "anti-fraud"}
    return {"metadata": {"name": reason.lower()}, "involvedObject": about, "reason": reason, "message": message}


def test_a_pod_that_never_ends_is_given_up(bench: Bench):
    bench.made.states = [RUNNING]
    refusal = bench.run(node=10).refusal
    assert refusal and refusal.code == "Late" and bench.time > 300


@pytest.mark.parametrize("reason", ["DeadlineExceeded", "Evicted"])
def test_a_pod_that_was_ended_says_so(bench: Bench, reason: str):
    bench.made.states = [RUNNING, state("Failed", NODE, reason=reason, message="words")]
    refusal = bench.run().refusal
    assert refusal and (refusal.code, refusal.message) == ("Ended", f"{reason}: words")


def test_a_pod_that_others_removed_says_so(bench: Bench):
    bench.made.states = [RUNNING]

    def pause(_: float) -> None:
        bench.made.removed = True

    refusal = bench.run(pause).refusal
    assert refusal and refusal.code == "Gone"


def test_a_stop_removes_the_pod(bench: Bench):
    bench.made.states = [RUNNING]
    with pytest.raises(Stopped):
        bench.run(lambda _: bench.stop.set())
    assert bench.made.removed


def test_an_interrupt_removes_the_pod(bench: Bench):
    bench.made.states = [RUNNING]

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bench.run(interrupt)
    assert bench.made.removed


def test_a_refused_removal_is_tried_again(bench: Bench):
    bench.made.states = [DONE]
    no = status(409, "Conflict", "try again")
    bench.made.deletions = [no, no, (200, {"kind": "Status", "status": "Success"})]
    bench.run()
    assert bench.made.removed and bench.made.deletes() == 3


def test_a_removal_that_is_refused_to_the_end_is_told(bench: Bench):
    bench.made.states = [DONE]
    bench.made.deletions = [status(403, "Forbidden", "pods is forbidden")]
    with pytest.raises(pod.PodLeft, match=r"kubectl delete job wif-wizard-probe-\w+ --namespace anti-fraud"):
        bench.run()


def test_the_jobs_of_killed_tests_are_removed(bench: Bench, tmp_path: Path):
    now, old = datetime(2026, 1, 2, 12, tzinfo=UTC), "2026-01-02T10:00:00Z"
    young = (now - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    machine = this_runner().partition(".")[0]
    found = [
        ("old", old, "other.1"),
        ("young", young, "other.1"),
        ("ours", young, this_runner()),
        ("killed", young, f"{machine}.{ended_process()}"),
        ("nobody", young, ""),
    ]
    items = [
        {
            "metadata": {
                "name": name,
                "creationTimestamp": made,
                "labels": {LABEL: "true"},
                "annotations": {"wif-wizard/runner": runner},
            },
            "spec": {"template": {"spec": {"containers": [{"name": "probe"}]}}},
        }
        for name, made, runner in found
    ]
    cloud = bench.made.cloud
    cloud.answers = {
        f"{JOBS}?": (200, {"kind": "JobList", "apiVersion": "batch/v1", "metadata": {}, "items": items}),
        f"{JOBS}/": (200, {"kind": "Status", "status": "Success"}),
    }
    pod.remove_forgotten(kubernetes(cloud, tmp_path), "anti-fraud", now)
    assert "labelSelector" in cloud.asked[0].path
    assert [asked.path.rsplit("/", 1)[1].split("?")[0] for asked in cloud.asked[1:]] == ["old", "killed"]
    assert {asked.method for asked in cloud.asked[1:]} == {"DELETE"}


def ended_process() -> int:
    """The number of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid
