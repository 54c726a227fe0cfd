"""What the controllers of a cluster share: how they make pods, and end them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from .kinds import POD, STATEFUL_SET, Kind, Object
from .state import KubernetesState, head
from .status import ApiError

LETTERS = "bcdfghjklmnpqrstvwxz2456789"
"""What Kubernetes makes names of, so that they spell no words."""


@dataclass(frozen=True)
class Maker:
    """Makes pods for the controllers of one cluster. `admit` raises ApiError; `run` stores a pod and starts it."""

    state: KubernetesState
    admit: Callable[[Object], None]
    run: Callable[[Object], Object]
    stop: Callable[[Object], None]

    def make(self, kind: Kind, owner: Object, template: Object, name: str, **more: Object) -> Object | None:
        """Make a pod of the template; None if the cluster refuses it, which the owner's events tell.

        `more`: labels and parts of the spec that the template does not have.
        """
        pod = pod_of(self.state, kind, owner, template, name)
        pod["metadata"]["labels"] = {**pod["metadata"].get("labels", {}), **more.get("labels", {})}
        pod["spec"] |= more.get("spec", {})
        try:
            self.admit(pod)
        except ApiError as error:
            self.state.say(kind, owner, "FailedCreate", f"Error creating: {error.message}", warning=True)
            return None
        made = self.run(pod)
        said = f"create Pod {name} in StatefulSet {owner['metadata']['name']} successful"
        self.state.say(kind, owner, "SuccessfulCreate", said if kind is STATEFUL_SET else f"Created pod: {name}")
        return made

    def end(self, kind: Kind, owner: Object, pod: Object) -> None:
        """Stop a pod that its owner does not want any longer."""
        self.stop(pod)
        self.state.say(kind, owner, "SuccessfulDelete", f"Deleted pod: {pod['metadata']['name']}")

    def owned(self, owner: Object) -> list[Object]:
        """The pods of an owner, which nobody may change."""
        return self.state.store.owned(POD, owner)


def pod_of(state: KubernetesState, kind: Kind, owner: Object, template: Object, name: str) -> Object:
    """A new pod that the owner asks for."""
    pod = head(POD, name, owner["metadata"]["namespace"], state.now())
    for key in ("labels", "annotations"):
        if key in template.get("metadata", {}):
            pod["metadata"][key] = dict(template["metadata"][key])
    pod["metadata"]["ownerReferences"] = [reference(kind, owner)]
    return {**pod, "spec": dict(template.get("spec", {}))}


def reference(kind: Kind, owner: Object) -> Object:
    """How an object names its owner."""
    metadata = owner["metadata"]
    names = {"apiVersion": kind.api_version, "kind": kind.kind, "name": metadata["name"], "uid": metadata["uid"]}
    return {**names, "controller": True, "blockOwnerDeletion": True}


def revision(template: Object) -> str:
    """A name for a template as it is now."""
    digest = sha256(json.dumps(template, sort_keys=True).encode()).digest()
    return "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:10])


def letters() -> str:
    """Five letters for the end of a name."""
    return "".join(secrets.choice(LETTERS) for _ in range(5))


def has_controller(item: Object) -> bool:
    """Whether an object has an owner that controls it."""
    return any(each.get("controller") for each in item["metadata"].get("ownerReferences") or ())


def has_ended(pod: Object) -> bool:
    """Whether a pod has run to its end."""
    return pod.get("status", {}).get("phase") in ("Succeeded", "Failed")


def is_ready(pod: Object) -> bool:
    """Whether a pod is ready: its readiness gates hold too."""
    conditions = pod.get("status", {}).get("conditions") or ()
    return any((each["type"], each["status"]) == ("Ready", "True") for each in conditions)
