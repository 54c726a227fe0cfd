"""The Pod Security Standards that a namespace enforces by its label, in the words of Kubernetes' admission plugin.

Source: Kubernetes documentation, "Pod Security Standards" and "Pod Security Admission".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .kinds import NAMESPACE, POD, Object
from .state import KubernetesState
from .status import forbidden

_LABEL = "pod-security.kubernetes.io/enforce"
_BASELINE_CAPABILITIES = {
    *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP"),
    *("SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
}
_RESTRICTED_VOLUMES = {
    *(
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "persistentVolumeClaim",
        "projected",
        "secret",
        "name",
    ),
}


def check(state: KubernetesState, pod: Object) -> None:
    """Refuse a pod that violates the standard that its namespace enforces (ApiError 403)."""
    namespace = state.store.peek(NAMESPACE, "", pod["metadata"]["namespace"]) or {"metadata": {}}
    labels = namespace["metadata"].get("labels") or {}
    level, version = labels.get(_LABEL, "privileged"), labels.get(f"{_LABEL}-version", "latest")
    problems = list(_baseline(pod["spec"])) if level in ("baseline", "restricted") else []
    if level == "restricted":
        problems += _restricted(pod["spec"])
    if problems:
        why = f'violates PodSecurity "{level}:{version}": {", ".join(problems)}'
        raise forbidden(POD, pod["metadata"]["name"], why)


def _baseline(spec: Object) -> Iterator[str]:
    shared = [name for name in ("hostNetwork", "hostPID", "hostIPC") if spec.get(name)]
    if shared:
        yield f"host namespaces ({', '.join(f'{name}=true' for name in shared)})"
    paths = [volume["name"] for volume in spec.get("volumes") or [] if "hostPath" in volume]
    if paths:
        yield f"hostPath volumes ({_named('volume', paths)})"
    for container in spec["containers"]:
        own, name = _security(container), container["name"]
        if own.get("privileged"):
            yield f'privileged (container "{name}" must not set securityContext.privileged=true)'
        added = sorted(set((own.get("capabilities") or {}).get("add") or []) - _BASELINE_CAPABILITIES)
        if added:
            said = ", ".join(f'"{each}"' for each in added)
            yield (
                f'non-default capabilities (container "{name}" must not include {said} in '
                "securityContext.capabilities.add)"
            )


def _restricted(spec: Object) -> Iterator[str]:
    of_pod, containers = spec.get("securityContext") or {}, spec["containers"]
    escalating = [each["name"] for each in containers if _security(each).get("allowPrivilegeEscalation") is not False]
    if escalating:
        yield (
            f"allowPrivilegeEscalation != false ({_named('container', escalating)} must set "
            "securityContext.allowPrivilegeEscalation=false)"
        )
    keeping = [each["name"] for each in containers if "ALL" not in _dropped(each)]
    if keeping:
        yield (
            f"unrestricted capabilities ({_named('container', keeping)} must set "
            'securityContext.capabilities.drop=["ALL"])'
        )
    others = [volume["name"] for volume in spec.get("volumes") or [] if set(volume) - _RESTRICTED_VOLUMES]
    if others:
        yield f"restricted volume types ({_named('volume', others)})"
    rooted = [
        each["name"] for each in containers if not _security(each).get("runAsNonRoot", of_pod.get("runAsNonRoot"))
    ]
    if rooted:
        yield f"runAsNonRoot != true (pod or {_named('container', rooted)} must set securityContext.runAsNonRoot=true)"
    if any(context.get("runAsUser") == 0 for context in (of_pod, *map(_security, containers))):
        yield "runAsUser=0 (pod must not set runAsUser=0)"
    unconfined = [each["name"] for each in containers if not _has_profile(_security(each), of_pod)]
    if unconfined:
        yield (
            f"seccompProfile (pod or {_named('container', unconfined)} must set securityContext.seccompProfile.type to "
            '"RuntimeDefault" or "Localhost")'
        )


def _security(container: Object) -> Any:
    return container.get("securityContext") or {}


def _dropped(container: Object) -> list[str]:
    dropped: list[str] = (_security(container).get("capabilities") or {}).get("drop") or []
    return dropped


def _has_profile(own: Object, of_pod: Object) -> bool:
    profile = own.get("seccompProfile") or of_pod.get("seccompProfile") or {}
    return profile.get("type") in ("RuntimeDefault", "Localhost")


def _named(what: str, names: list[str]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"{what}s {quoted}" if len(names) > 1 else f"{what} {quoted}"
