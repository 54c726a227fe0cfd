"""Breaks a world in a sandbox: takes the steps of a fault, one after the other, as the operator."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from wizard.clouds.google import EncodedPath
from wizard.clouds.session import Clouds
from wizard.engine.resource import Refused
from wizard.language import _
from wizard.work import applying, faults, planning
from wizard.work.faults import Apply, AwsCall, Binding, Call, Delete, EditFile, Fault, Grant, Json, Step, Ungrant
from wizard.work.opening import open_setup

if TYPE_CHECKING:
    from wizard.clouds.kubernetes import Kubernetes


_NOT_APPLIED = "the wizard could not apply the setup that the fault {name} needs"


@dataclass(frozen=True)
class World:
    """Where the steps are taken: the operator's sessions, the folder of the setup, and the scenario's names."""

    clouds: Clouds
    folder: Path
    names: Mapping[str, str]

    @property
    def kubernetes(self) -> Kubernetes:
        """The session with the cluster of the scenario."""
        return self.clouds.kubernetes_of(self.names["cluster"])


def break_setup(folder: Path, name: str, fault: Fault, names: Mapping[str, str]) -> None:
    """Apply setup.yaml in the folder, take the fault's steps, and set its variables. Raises Refused, CloudError."""
    opened = open_setup(str(folder / "setup.yaml"))
    google = opened.setup.google.project
    world = World(Clouds(google, getattr(opened.clouds, "region", None)), folder, names)
    for step in fault.prepare:
        take(step, world)
    result = applying.apply(opened, planning.review(opened), lambda _: None, accept_loss=True)
    if not result.ok:
        raise Refused(_(_NOT_APPLIED).format(name=name))
    for step in fault.steps:
        take(step, world)
    set_variables(fault.environment, os.environ)


def take(step: Step, world: World) -> None:
    """Take one step. Raises CloudError, and BadInput for a name that the scenario does not have."""
    filled = type(step).model_validate(faults.filled(step.model_dump(), world.names))
    _TAKERS[type(step)](filled, world)


def set_variables(variables: Mapping[str, str | None], environ: MutableMapping[str, str]) -> None:
    """Set the variables of a fault in an environment. None unsets a variable."""
    for name, value in variables.items():
        if value is None:
            environ.pop(name, None)
        else:
            environ[name] = value


def _call(step: Call, world: World) -> None:
    method, url = step.call.split(" ")
    parts = urlsplit(url)
    api = parts.netloc.removesuffix(".googleapis.com")
    path = EncodedPath(parts.path) if "%" in parts.path else parts.path
    world.clouds.google.call(api, method, path, step.body, dict(parse_qsl(parts.query)))


def _aws(step: AwsCall, world: World) -> None:
    service, operation = step.aws.replace("-", "_").split(" ")
    client = world.clouds.aws.client(service)
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation]).input_shape
    sent = {}
    for name, value in step.parameters.items():
        takes_text = shape.members[name].type_name == "string"
        sent[name] = json.dumps(value) if takes_text and isinstance(value, dict) else value
    world.clouds.aws.call(service, operation, **sent)


def _grant(step: Grant, world: World) -> None:
    def add(policy: Json) -> None:
        condition = {"condition": step.grant.condition} if step.grant.condition else {}
        policy.setdefault("bindings", []).append({"role": step.grant.role, "members": [step.grant.member], **condition})

    _change_policy(step.grant, world, add)


def _ungrant(step: Ungrant, world: World) -> None:
    def remove(policy: Json) -> None:
        for binding in policy.get("bindings", []):
            if step.ungrant.role in (None, binding["role"]):
                binding["members"] = [member for member in binding["members"] if member != step.ungrant.member]
        policy["bindings"] = [binding for binding in policy.get("bindings", []) if binding["members"]]

    _change_policy(step.ungrant, world, remove)


def _change_policy(binding: Binding, world: World, change: Callable[[Json], None]) -> None:
    api, path, query = "cloudresourcemanager", f"/v1/{binding.on}", {}
    if "@" in binding.on:
        api, path = "iam", f"/v1/projects/-/serviceAccounts/{binding.on}"
        query = {"options.requestedPolicyVersion": 3}
    asked = {"options": {"requestedPolicyVersion": 3}} if not query else None
    policy = world.clouds.google.call(api, "POST", f"{path}:getIamPolicy", asked, query)
    change(policy)
    world.clouds.google.call(api, "POST", f"{path}:setIamPolicy", {"policy": {**policy, "version": 3}})


def _apply(step: Apply, world: World) -> None:
    kind, name, namespace = _object(step.apply)
    if world.kubernetes.get_or_none(kind, name, namespace) is None:
        world.kubernetes.create(kind.from_dict(step.apply), namespace)
    else:
        world.kubernetes.patch_strategic(kind, name, step.apply, namespace)


def _delete(step: Delete, world: World) -> None:
    kind, name, namespace = _object(step.delete)
    world.kubernetes.delete(kind, name, namespace, cascade=True)


def _object(manifest: Json) -> tuple[Any, str, str | None]:
    """Return the class, the name and the namespace of an object."""
    from lightkube.core.resource_registry import resource_registry

    metadata = manifest["metadata"]
    kind = resource_registry.load(manifest["apiVersion"], manifest["kind"])
    return kind, metadata["name"], metadata.get("namespace")


def _edit(step: EditFile, world: World) -> None:
    path = world.folder / step.file
    if step.merge is not None:
        old = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps(faults.merged(old, step.merge), indent=2), encoding="utf-8")
    elif step.text is not None:
        path.write_text(step.text, encoding="utf-8")
    else:
        path.unlink()


_TAKERS: dict[type[Any], Callable[[Any, World], None]] = {
    Call: _call,
    AwsCall: _aws,
    Grant: _grant,
    Ungrant: _ungrant,
    Apply: _apply,
    Delete: _delete,
    EditFile: _edit,
}
