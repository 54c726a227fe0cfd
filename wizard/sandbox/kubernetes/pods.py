"""The life of pods: each waits for a node, runs the probe if it carries it and nothing otherwise, and ends."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial

from wizard.sandbox.network import Place, Service

from . import carried_probe, metadata_server, projected_tokens
from .identities import Ask, Identity, NodeIdentity, PodIdentity
from .kinds import POD, Object
from .logs import Log
from .metadata_server import MetadataServer
from .network_policies import reaches_metadata_server
from .nodes import Node
from .quantities import quality
from .scheduling import fitting, unschedulable
from .state import KubernetesState

PAUSE = 0.1
"""Seconds between two looks for a node that fits."""

DEADLINE = "Pod was active on the node longer than the specified deadline"
NOTHING_ELSE = "The sandbox runs no program but the wizard's probe; this container does nothing."


class Pods:
    """The pods of one cluster that were started, each with a task of its own."""

    def __init__(self, state: KubernetesState, ask: Ask) -> None:
        self._state = state
        self._ask = ask
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._logs: dict[str, Log] = {}

    def start(self, pod: Object) -> Object:
        """Store a new pod and start it; returns the pod as stored."""
        uid, pod = pod["metadata"]["uid"], {**pod, "status": {"phase": "Pending", "qosClass": quality(pod["spec"])}}
        self._logs[uid] = Log()
        if carried_probe.arguments(pod["spec"]["containers"][0]) is None:
            fits = fitting(self._state, pod["spec"])
            if fits:
                return self._settled(pod, fits)
        stored = self._state.store.put(POD, pod)
        task = self._tasks[uid] = asyncio.get_running_loop().create_task(self._live(stored))
        task.add_done_callback(lambda _: self._tasks.pop(uid, None))
        return stored

    def stop(self, pod: Object) -> None:
        """Delete a pod and end what it runs."""
        metadata = pod["metadata"]
        self._state.store.remove(POD, metadata["namespace"], metadata["name"])
        if pod["status"].get("phase") == "Running":
            for container in pod["spec"]["containers"]:
                name = container["name"]
                part = f"spec.containers{{{name}}}"
                self._state.say(POD, pod, "Killing", f"Stopping container {name}", part=part)
        if task := self._tasks.get(metadata["uid"]):
            task.cancel()
        if log := self._logs.pop(metadata["uid"], None):
            log.end()

    def log(self, pod: Object) -> Log:
        """What a pod has printed."""
        return self._logs[pod["metadata"]["uid"]]

    async def close(self) -> None:
        """End every pod, and wait until nothing runs any more."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _settled(self, pod: Object, fits: list[Node]) -> Object:
        """Store a pod that runs nothing as if it had been on its node for long; returns the pod as stored."""
        node = self._emptiest(fits)
        phase, state = self._doing_nothing(pod)
        status = {**self._status(pod, phase, state), "qosClass": pod["status"]["qosClass"]}
        stored = self._state.store.put(POD, {**pod, "spec": {**pod["spec"], "nodeName": node.name}, "status": status})
        self._say_scheduled(pod, node)
        return stored

    async def _live(self, pod: Object) -> None:
        log = self._logs[pod["metadata"]["uid"]]
        try:
            async with asyncio.timeout(pod["spec"].get("activeDeadlineSeconds")):
                node = await self._scheduled(pod)
                command = carried_probe.arguments(pod["spec"]["containers"][0])
                if command is None:
                    self._do_nothing(pod)
                    return
                code = await self._run(pod, node, command)
            self._report(pod, "Succeeded" if code == 0 else "Failed", _terminated(self._state, code))
        except TimeoutError:
            gone = {"reason": "DeadlineExceeded", "message": DEADLINE}
            self._report(pod, "Failed", _terminated(self._state, 137), gone)
        finally:
            log.end()

    async def _scheduled(self, pod: Object) -> Node:
        """The node that the pod was put on, as soon as there is one that fits."""
        said = False
        while not (fits := fitting(self._state, pod["spec"])):
            if not said:
                said = True
                why = unschedulable(self._state, pod["spec"])
                self._state.say(POD, pod, "FailedScheduling", why, warning=True)
                waiting = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": why}
                self._change(pod, {"phase": "Pending", "conditions": [waiting]})
            await asyncio.sleep(PAUSE)
        return self._bind(pod, fits)

    def _bind(self, pod: Object, fits: list[Node]) -> Node:
        """Put the pod on the node with the fewest pods."""
        node, current = self._emptiest(fits), self._now(pod)
        if current is not None:
            current["spec"]["nodeName"] = node.name
            current["status"]["conditions"] = [{"type": "PodScheduled", "status": "True"}]
            self._state.store.put(POD, current)
            self._say_scheduled(pod, node)
        return node

    def _emptiest(self, fits: list[Node]) -> Node:
        return min(fits, key=lambda node: self._state.store.on_node(node.name))

    def _say_scheduled(self, pod: Object, node: Node) -> None:
        """Tell that a pod was put on a node and its containers began."""
        where = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
        self._state.say(POD, pod, "Scheduled", f"Successfully assigned {where} to {node.name}")
        for container in pod["spec"]["containers"]:
            name, image = container["name"], container.get("image", "")
            for reason, message in (
                ("Pulled", f'Container image "{image}" already present on machine'),
                ("Created", f"Created container: {name}"),
                ("Started", f"Started container {name}"),
            ):
                self._state.say(POD, pod, reason, message, part=f"spec.containers{{{name}}}")

    async def _run(self, pod: Object, node: Node, command: list[str]) -> int:
        """Run the probe with the pod's metadata server; its exit code."""
        log, container = self._logs[pod["metadata"]["uid"]], pod["spec"]["containers"][0]
        host_network = pod["spec"].get("hostNetwork", False)
        gke = node.gke_metadata and not host_network
        identity: Identity = NodeIdentity(self._state, node.account)
        if gke:
            identity = PodIdentity(self._state, pod, self._ask)
        zone = node.labels["topology.kubernetes.io/zone"]
        server = MetadataServer(self._state.cluster, node.name, zone, identity, gke)
        elsewhere = bool(self._state.cluster.own_issuer)  # there is no metadata server of Google on EKS
        reachable = not elsewhere and (host_network or reaches_metadata_server(self._state, pod))
        after = self._state.metadata_after if gke else 0.0
        serve = partial(metadata_server.serving, server=server, reachable=reachable, after=after)
        service = Service(metadata_server.ADDRESS, serve, (metadata_server.NAME,))
        async with self._state.world.network.place(service) as place:
            self._report(pod, "Running", {"running": {"startedAt": self._state.now()}})
            environment = {**_variables(pod, place), **carried_probe.environment(container)}
            with projected_tokens.mounted(self._state, pod, container, environment) as variables:
                return await place.run(command, variables, log.write)

    def _do_nothing(self, pod: Object) -> None:
        self._report(pod, *self._doing_nothing(pod))

    def _doing_nothing(self, pod: Object) -> tuple[str, Object]:
        """The phase of a pod that runs nothing, and the state of its container."""
        if pod["spec"].get("restartPolicy", "Always") == "Always":
            return "Running", {"running": {"startedAt": self._state.now()}}
        log = self._logs[pod["metadata"]["uid"]]
        log.write(NOTHING_ELSE.encode() + b"\n")
        log.end()
        return "Succeeded", _terminated(self._state, 0)

    def _report(self, pod: Object, phase: str, state: Object, more: Mapping[str, str] | None = None) -> None:
        status = self._status(self._now(pod) or pod, phase, state)
        self._change(pod, {**status, **(more or {})})

    def _status(self, pod: Object, phase: str, state: Object) -> Object:
        """The status of a pod whose containers are in a state."""
        running = phase == "Running"
        more = {"imageID": "", "restartCount": 0, "ready": running, "started": running}
        containers = pod["spec"]["containers"]
        names = [{"name": each["name"], "image": each.get("image", "")} for each in containers]
        statuses = [{**named, **more, "state": state} for named in names]
        # Nobody here sets the conditions that a readiness gate waits for.
        is_ready = running and not pod["spec"].get("readinessGates")
        ready = {"type": "Ready", "status": "True" if is_ready else "False"}
        started = pod.get("status", {}).get("startTime", self._state.now())
        if "terminated" in state:
            state["terminated"]["startedAt"] = started
        done = [{"type": each, "status": "True"} for each in ("PodScheduled", "Initialized")]
        conditions = [*done, ready, {**ready, "type": "ContainersReady"}]
        return {"phase": phase, "conditions": conditions, "containerStatuses": statuses, "startTime": started}

    def _change(self, pod: Object, status: Object) -> None:
        current = self._now(pod)
        if current is not None:
            begun = {key: value for key, value in current["status"].items() if key == "qosClass"}
            self._state.store.put(POD, {**current, "status": {**status, **begun}})

    def _now(self, pod: Object) -> Object | None:
        """The pod as it is now, unless it was deleted or another one has its name."""
        metadata = pod["metadata"]
        current = self._state.store.get(POD, metadata["namespace"], metadata["name"])
        return current if current is not None and current["metadata"]["uid"] == metadata["uid"] else None


def _variables(pod: Object, place: Place) -> dict[str, str]:
    """The variables of a pod's program. Where the metadata server is not at its own address, they name it."""
    variables = {**place.variables, "HOSTNAME": pod["metadata"]["name"]}
    if not place.isolated:
        variables |= dict.fromkeys(("GCE_METADATA_HOST", "GCE_METADATA_IP", "GCE_METADATA_ROOT"), place.address)
    return variables


def _terminated(state: KubernetesState, code: int) -> Object:
    reason = {0: "Completed"}.get(code, "Error")
    return {"terminated": {"exitCode": code, "reason": reason, "finishedAt": state.now()}}
