"""Requests about a subresource: the log of a pod, a token, a scale, a status, an eviction."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from . import bodies, subresources
from .exchange import TEXT, Asked, Reply, number, text
from .kinds import EVICTION, SCALE, SERVICE_ACCOUNT, TOKEN_REQUEST, Object
from .objects import PATCHES, Objects
from .paths import TRUE, Target
from .pods import Pods
from .service_account_tokens import request_token
from .state import KubernetesState
from .status import bad_request, modified, unsupported_media

MERGE = "application/merge-patch+json"
_APPLY = "application/apply-patch+yaml"


class Parts:
    """Answers the requests about parts of the objects of one cluster."""

    def __init__(self, state: KubernetesState, objects: Objects, pods: Pods) -> None:
        self._state = state
        self._objects = objects
        self._pods = pods
        self._handlers: Mapping[str, Callable[[Asked, Target], Reply]] = {
            "eviction": self._evict,
            "finalize": self._finalize,
            "log": self._log,
            "scale": self._scale,
            "status": self._status,
            "token": self._token,
        }

    def answer(self, asked: Asked, wanted: Target) -> Reply:
        """Answer a request about a subresource that the sandbox has. Raises ApiError."""
        return self._handlers[wanted.subresource](asked, wanted)

    def _token(self, asked: Asked, wanted: Target) -> Reply:
        account = self._objects.get(Target("get", SERVICE_ACCOUNT, wanted.namespace, wanted.name))
        item = bodies.typed(TOKEN_REQUEST, bodies.read(asked.media, asked.body), "Ignore")[0]
        return Reply(201, request_token(self._state, account, item))

    def _log(self, asked: Asked, wanted: Target) -> Reply:
        pod = self._objects.get(wanted)
        names = [each["name"] for each in pod["spec"]["containers"]]
        name = asked.query.get("container") or names[0]
        if not asked.query.get("container") and len(names) > 1:
            said = f"a container name must be specified for pod {wanted.name}, choose one of: [{' '.join(names)}]"
            raise bad_request(said)
        if name not in names:
            raise bad_request(f"container {name} is not valid for pod {wanted.name}")
        if pod["status"]["phase"] == "Pending":
            why = f'container "{name}" in pod "{wanted.name}" is waiting to start: ContainerCreating'
            raise bad_request(why)
        log = self._pods.log(pod)
        if name != names[0]:  # only the first container of a pod runs a program
            return text(b"")
        begin = log.tail(number(asked.query.get("tailLines"), "tailLines"))
        if asked.query.get("follow") in TRUE:
            return Reply(200, stream=log.follow(begin), media=TEXT)
        return text(log.data[begin:])

    def _scale(self, asked: Asked, wanted: Target) -> Reply:
        """Show a scale, or change how many replicas an object asks for."""
        item = self._objects.get(wanted)
        scale = subresources.scale_of(wanted.kind, item)
        if wanted.verb == "get":
            return Reply(200, scale)
        if wanted.verb == "update":
            asked_for = bodies.read(asked.media, asked.body)
        elif asked.media in PATCHES:
            asked_for = PATCHES[asked.media](scale, bodies.parse(asked.body))
        elif asked.media == _APPLY:
            asked_for = PATCHES[MERGE](scale, bodies.read(bodies.YAML, asked.body))
        else:
            raise unsupported_media(asked.media, [*PATCHES, _APPLY])
        if not isinstance(asked_for, dict):
            raise bad_request("the patch leaves no object")
        asked_for, _ = bodies.typed(SCALE, asked_for, "Ignore")
        if asked_for["metadata"].get("resourceVersion") not in (None, "", item["metadata"]["resourceVersion"]):
            raise modified(wanted.kind, wanted.name)
        change = {"spec": {"replicas": asked_for.get("spec", {}).get("replicas", 0)}}
        changed = self._objects.patch(wanted, MERGE, change, asked.manager, asked.dry_run)
        return Reply(200, subresources.scale_of(wanted.kind, changed))

    def _status(self, asked: Asked, wanted: Target) -> Reply:
        if wanted.verb == "get":
            return Reply(200, self._objects.get(wanted))
        if wanted.verb == "patch" and asked.media in PATCHES:
            item = self._objects.patched(wanted, asked.media, bodies.parse(asked.body))
        elif asked.media == _APPLY or wanted.verb == "update":
            media = bodies.YAML if asked.media == _APPLY else asked.media
            item = bodies.typed(wanted.kind, bodies.read(media, asked.body), "Ignore")[0]
        else:
            raise unsupported_media(asked.media, [*PATCHES, _APPLY])
        return Reply(200, item if asked.dry_run else self._objects.change_status(wanted, item))

    def _evict(self, asked: Asked, wanted: Target) -> Reply:
        """Delete a pod, unless a disruption budget needs it."""
        eviction, _ = bodies.typed(EVICTION, bodies.read(asked.media, asked.body), "Ignore")
        subresources.check_eviction(self._state, self._objects.get(wanted))
        options: Object = dict(eviction.get("deleteOptions") or {})
        if asked.dry_run:
            options["dryRun"] = ["All"]
        self._objects.delete(Target("delete", wanted.kind, wanted.namespace, wanted.name), options)
        return Reply(201, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201})

    def _finalize(self, asked: Asked, wanted: Target) -> Reply:
        item, _ = bodies.typed(wanted.kind, bodies.read(asked.media, asked.body), "Ignore")
        return Reply(200, self._objects.finalize(wanted, item))
