"""The checks of new and changed objects beyond their form, and the defaults that the API server fills in.

Source: Kubernetes API reference, defaults of PodSpec; GKE documentation, "Autopilot security capabilities".
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from copy import deepcopy
from ipaddress import ip_network

from . import admission_policies, granting, limits, pod_security
from .kinds import (
    ADMISSION_POLICY,
    CRON_JOB,
    DAEMON_SET,
    DEPLOYMENT,
    JOB,
    NAMESPACE,
    NETWORK_POLICY,
    POD,
    PRIORITY_CLASS,
    REPLICA_SET,
    REPLICATION_CONTROLLER,
    RESOURCE_QUOTA,
    RUNTIME_CLASS,
    SERVICE,
    SERVICE_ACCOUNT,
    STATEFUL_SET,
    TEMPLATES,
    Kind,
    Object,
)
from .nodes import METADATA_SERVER
from .quantities import amount
from .selectors import by_object
from .state import KubernetesState
from .status import ApiError, Cause, forbidden, invalid, not_found, terminating

REQUIRED = "FieldValueRequired"
FORBIDDEN = "FieldValueForbidden"
INVALID = "FieldValueInvalid"
MOST_REPLICAS = 100

_SURGE = {"maxSurge": "25%", "maxUnavailable": "25%"}
_DEFAULTS: Mapping[Kind, Object] = {
    DEPLOYMENT: {"replicas": 1, "strategy": {"type": "RollingUpdate", "rollingUpdate": _SURGE}},
    REPLICA_SET: {"replicas": 1},
    REPLICATION_CONTROLLER: {"replicas": 1},
    SERVICE: {"type": "ClusterIP", "sessionAffinity": "None"},
    STATEFUL_SET: {"replicas": 1, "updateStrategy": {"type": "RollingUpdate"}},
    DAEMON_SET: {"updateStrategy": {"type": "RollingUpdate"}},
    JOB: {"parallelism": 1, "completions": 1, "suspend": False},
    CRON_JOB: {"concurrencyPolicy": "Allow", "suspend": False},
}
"""What the API server fills into a spec that leaves it out."""


_NO_CLASS = {
    RUNTIME_CLASS: 'pod rejected: RuntimeClass "{name}" not found',
    PRIORITY_CLASS: "no PriorityClass with name {name} was found",
}


def admit_new(state: KubernetesState, kind: Kind, item: Object) -> None:
    """Check that what a new object refers to exists, and fill in its defaults. Raises ApiError 403, 404 or 422."""
    metadata = item["metadata"]
    if kind.namespaced:
        namespace = state.store.get(NAMESPACE, "", metadata["namespace"])
        if namespace is None:
            raise not_found(NAMESPACE, metadata["namespace"])
        if namespace["status"]["phase"] == "Terminating":
            raise terminating(kind, metadata["name"], metadata["namespace"])
    admit(kind, item)
    if kind is POD:
        _admit_pod(state, item)
    if kind is NAMESPACE:
        item["spec"], item["status"] = {"finalizers": ["kubernetes"]}, {"phase": "Active"}
        metadata.setdefault("labels", {})["kubernetes.io/metadata.name"] = metadata["name"]
    if kind is SERVICE:
        _give_address(item)
    if kind is RESOURCE_QUOTA:
        item.setdefault("status", {"hard": dict(item["spec"].get("hard") or {}), "used": {}})
    check_policies(state, kind, item, None)
    if kind is POD:
        pod_security.check(state, item)
        limits.check_range(state, item)
    limits.check_quota(state, kind, item)


def _give_address(service: Object) -> None:
    """Give a service an address of the range that GKE uses, and its ports what they leave out."""
    spec = service["spec"]
    for port in spec.get("ports") or ():
        port.setdefault("protocol", "TCP")
        port.setdefault("targetPort", port.get("port"))
    if spec["type"] != "ExternalName" and not spec.get("clusterIP"):
        spec["clusterIP"] = f"34.118.{224 + secrets.randbelow(16)}.{1 + secrets.randbelow(254)}"
        spec["clusterIPs"] = [spec["clusterIP"]]


def check_policies(state: KubernetesState, kind: Kind, item: Object, before: Object | None) -> None:
    """Refuse a new or changed object that a policy of the cluster denies (ApiError). Policies bind no policies."""
    if kind.group != ADMISSION_POLICY.group:
        admission_policies.check(state, kind, item, before)


def admit(kind: Kind, item: Object) -> None:
    """Check a new or changed object on its own, and fill in its defaults (ApiError 422)."""
    causes = [*_problems(kind, item), *granting.problems(kind, item)]
    if causes:
        raise invalid(kind, item["metadata"]["name"], causes)
    for key, value in _DEFAULTS.get(kind, {}).items():
        if item["spec"].get(key) in (None, {}):
            item["spec"][key] = deepcopy(value)
    if kind in TEMPLATES:
        _default_pod(_at(item, TEMPLATES[kind])["spec"])
    if kind is NETWORK_POLICY:
        item["spec"].setdefault("podSelector", {})
        types = ["Ingress", "Egress"] if "egress" in item["spec"] else ["Ingress"]
        item["spec"].setdefault("policyTypes", types)


def check_change(kind: Kind, before: Object, after: Object) -> None:
    """Refuse changes of immutable fields (ApiError 422)."""
    granting.check_change(kind, before, after)
    if kind is POD and before.get("spec") != after.get("spec"):
        said = "Forbidden: pod updates may not change fields other than `spec.containers[*].image`"
        raise invalid(kind, before["metadata"]["name"], [Cause("spec", FORBIDDEN, said)])
    if kind is JOB and before["spec"]["template"] != after["spec"]["template"]:
        said = "Invalid value: the template that was given: field is immutable"
        raise invalid(kind, before["metadata"]["name"], [Cause("spec.template", INVALID, said)])


def _problems(kind: Kind, item: Object) -> Iterator[Cause]:
    spec = item.setdefault("spec", {}) if "spec" in kind.fields else {}
    if kind in TEMPLATES:
        yield from _of_template(kind, item)
    if kind is NETWORK_POLICY:
        yield from _blocks(spec)
    if kind is ADMISSION_POLICY:
        yield from admission_policies.problems(item)
    if kind is POD:
        if spec.get("activeDeadlineSeconds", 1) < 1:
            said = f"Invalid value: {spec['activeDeadlineSeconds']}: must be between 1 and 2147483647, inclusive"
            yield Cause("spec.activeDeadlineSeconds", INVALID, said)
        for index, container in enumerate(spec.get("containers") or []):
            yield from _quantities(container, f"spec.containers[{index}].resources")


def _quantities(container: Object, path: str) -> Iterator[Cause]:
    """The amounts that a container asks for and that are none."""
    for part in ("requests", "limits"):
        for name, value in ((container.get("resources") or {}).get(part) or {}).items():
            try:
                amount(value)
            except ValueError:
                said = "Invalid value: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*"
                yield Cause(f"{path}.{part}[{name}]", INVALID, f"{said}[-+]?[0-9]*)$'")


def _of_template(kind: Kind, item: Object) -> Iterator[Cause]:
    """What is wrong with an object that creates pods, and with its pod template."""
    spec, path = item["spec"], ".".join(TEMPLATES[kind])
    template = _at(item, TEMPLATES[kind])
    if not 0 <= spec.get("replicas", 1) <= MOST_REPLICAS:
        said = f"Invalid value: {spec['replicas']}: the sandbox takes 0 to {MOST_REPLICAS}"
        yield Cause("spec.replicas", INVALID, said)
    elif kind in (JOB, CRON_JOB):
        if template["spec"].get("restartPolicy", "Always") == "Always":
            said = 'Required value: valid values: "OnFailure", "Never"'
            yield Cause(f"{path}.spec.restartPolicy", REQUIRED, said)
    elif kind is not REPLICATION_CONTROLLER and not by_object(
        spec.get("selector") or {}, (template.get("metadata") or {}).get("labels") or {}
    ):
        said = "Invalid value: `selector` does not match template `labels`"
        yield Cause("spec.template.metadata.labels", INVALID, said)


def _at(item: Object, path: tuple[str, ...]) -> Object:
    """The value at a path of an object; empty if there is none."""
    for key in path:
        item = item.get(key) or {}
    return item


def _blocks(spec: Object) -> Iterator[Cause]:
    """The address blocks of a network policy that are not valid."""
    for rule in spec.get("egress", []):
        for block in (peer["ipBlock"] for peer in rule.get("to", []) if "ipBlock" in peer):
            for cidr in (block.get("cidr", ""), *block.get("except", [])):
                try:
                    ip_network(cidr, strict=False)
                except ValueError:
                    said = f'Invalid value: "{cidr}": must be a valid CIDR value'
                    yield Cause("spec.egress.to.ipBlock.cidr", INVALID, said)


def _admit_pod(state: KubernetesState, pod: Object) -> None:
    spec, metadata = pod["spec"], pod["metadata"]
    _default_pod(spec)
    name, namespace = spec["serviceAccountName"], metadata["namespace"]
    if state.store.get(SERVICE_ACCOUNT, namespace, name) is None:
        why = f'error looking up service account {namespace}/{name}: serviceaccount "{name}" not found'
        raise forbidden(POD, metadata["name"], why)
    for field, named in (("runtimeClassName", RUNTIME_CLASS), ("priorityClassName", PRIORITY_CLASS)):
        _check_class(state, pod, field, named)
    limits.set_defaults(state, pod)
    if state.cluster.autopilot:
        _check_autopilot(pod)


def _check_class(state: KubernetesState, pod: Object, field: str, kind: Kind) -> None:
    """Refuse a pod that names a class which does not exist; Kubernetes and GKE have some of their own."""
    name = pod["spec"].get(field)
    if name and not name.startswith(("system-", "gvisor")) and state.store.peek(kind, "", name) is None:
        raise forbidden(POD, pod["metadata"]["name"], _NO_CLASS[kind].format(name=name))


def _default_pod(spec: Object) -> None:
    account = spec.get("serviceAccountName") or spec.get("serviceAccount") or "default"
    spec["serviceAccountName"] = spec["serviceAccount"] = account
    spec.setdefault("restartPolicy", "Always")
    spec.setdefault("terminationGracePeriodSeconds", 30)
    spec.setdefault("securityContext", {})
    for container in spec["containers"]:
        container.setdefault("resources", {})
        container.setdefault("imagePullPolicy", "IfNotPresent")


def _check_autopilot(pod: Object) -> None:
    """Autopilot refuses the host's network, and the node selector that all its nodes would match anyway."""
    if pod["spec"].get("hostNetwork"):
        raise _warden(pod, "enabling hostNetwork is not allowed in Autopilot.")
    if METADATA_SERVER in (pod["spec"].get("nodeSelector") or {}):
        raise _warden(pod, f"the node selector {METADATA_SERVER} is not allowed in Autopilot.")


def _warden(pod: Object, why: str) -> ApiError:
    """A refusal by Autopilot's admission, in neutral words."""
    return forbidden(POD, pod["metadata"]["name"], f"GKE Warden rejected the request: {why}")
