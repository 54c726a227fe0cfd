"""The life of pods: each waits for a node, runs its program, if it has one here, and ends.

Source: Kubernetes documentation, "Pod Lifecycle", "Container restarts".
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from .container_states import conditions, restarting, running, statuses, terminated, waiting
from .identities import Ask
from .kinds import POD, Object
from .logs import Log
from .nodes import Node
from .pod_programs import PodPrograms
from .quantities import quality
from .scheduling import fitting, unschedulable
from .state import KubernetesState
from .volumes import MissingError

PAUSE = 0.1
"""Seconds between two looks for a node that fits."""

DEADLINE = "Pod was active on the node longer than the specified deadline"
FIRST_PAUSE = 10.0
"""Seconds before the second restart of a program; each further pause is twice as long, up to LONGEST_PAUSE."""
STEADY = 600.0
"""Seconds that a program runs before the pause for its restart begins small again."""
LONGEST_PAUSE = 300.0
NOTHING_ELSE = "The sandbox runs no program but the wizard's probe; this container does nothing."


class Pods:
    """The pods of one cluster that were started, each with a task of its own."""

    def __init__(self, state: KubernetesState, ask: Ask) -> None:
        self._state = state
        self._programs = PodPrograms(state, ask)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._logs: dict[str, Log] = {}

    def start(self, pod: Object) -> Object:
        """Store a new pod and start it; returns the pod as stored."""
        uid, pod = pod["metadata"]["uid"], {**pod, "status": {"phase": "Pending", "qosClass": quality(pod["spec"])}}
        self._logs[uid] = Log()
        if self._programs.of(pod["spec"]["containers"][0]) is None:
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
        uid = pod["metadata"]["uid"]
        log = self._logs[uid]
        try:
            async with asyncio.timeout(pod["spec"].get("activeDeadlineSeconds")):
                node = await self._scheduled(pod)
                program = self._programs.of(pod["spec"]["containers"][0])
                if program is None:
                    self._report(pod, *self._doing_nothing(pod))
                    return
                code = await self._run(pod, node, program)
            self._report(pod, "Succeeded" if code == 0 else "Failed", terminated(code, self._state.now()))
        except TimeoutError:
            gone = {"reason": "DeadlineExceeded", "message": DEADLINE}
            self._report(pod, "Failed", terminated(137, self._state.now()), gone)
        finally:
            self._logs.get(uid, log).end()

    async def _run(self, pod: Object, node: Node, program: list[str]) -> int:
        """Run the pod's program, again if the pod's restart policy says so; the last exit code."""
        policy, pause, restarts = pod["spec"].get("restartPolicy", "Always"), 0.0, 0
        loop, last = asyncio.get_running_loop(), None
        while True:
            begun = loop.time()
            code = await self._run_once(pod, node, program, restarts, last)
            if policy == "Never" or (policy == "OnFailure" and code == 0):
                return code
            if loop.time() - begun > STEADY:
                pause = 0.0
            last, restarts = terminated(code, self._state.now()), restarts + 1
            if pause:
                reason, message = restarting(pod, pause)
                self._state.say(POD, pod, "BackOff", message, warning=True)
                self._report(pod, "Running", waiting(reason, message), restarts=restarts - 1, last=last)
            await asyncio.sleep(pause or PAUSE)
            pause = min(2 * pause or FIRST_PAUSE, LONGEST_PAUSE)
            self._renew_log(pod)

    async def _run_once(self, pod: Object, node: Node, program: list[str], restarts: int, last: Object | None) -> int:
        """Run the pod's program as soon as all is there that its container needs; the exit code."""
        said = ""

        def started() -> None:
            self._report(pod, "Running", running(self._state.now()), restarts=restarts, last=last)

        while True:
            try:
                write = self._logs[pod["metadata"]["uid"]].write
                return await self._programs.run(self._now(pod) or pod, node, program, write, started)
            except MissingError as error:
                if str(error) != said:
                    said = str(error)
                    self._state.say(POD, pod, error.event, error.message, warning=True)
                    self._report(pod, "Pending", waiting(error.state, said))
                await asyncio.sleep(PAUSE)

    def _renew_log(self, pod: Object) -> None:
        """Begin the log of a container that is restarted."""
        uid = pod["metadata"]["uid"]
        self._logs[uid].end()
        self._logs[uid] = Log()

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

    def _doing_nothing(self, pod: Object) -> tuple[str, Object]:
        """The phase of a pod that runs nothing, and the state of its container."""
        if pod["spec"].get("restartPolicy", "Always") == "Always":
            return "Running", running(self._state.now())
        log = self._logs[pod["metadata"]["uid"]]
        log.write(NOTHING_ELSE.encode() + b"\n")
        log.end()
        return "Succeeded", terminated(0, self._state.now())

    def _report(
        self,
        pod: Object,
        phase: str,
        state: Object,
        more: Mapping[str, str] | None = None,
        restarts: int = 0,
        last: Object | None = None,
    ) -> None:
        status = self._status(self._now(pod) or pod, phase, state, restarts, last)
        self._change(pod, {**status, **(more or {})})

    def _status(self, pod: Object, phase: str, state: Object, restarts: int = 0, last: Object | None = None) -> Object:
        """The status of a pod whose containers are in a state."""
        started = pod.get("status", {}).get("startTime", self._state.now())
        if "terminated" in state:
            state["terminated"]["startedAt"] = started
        shown = statuses(pod, state, restarts, last)
        return {"phase": phase, "conditions": conditions(pod, state), "containerStatuses": shown, "startTime": started}

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
