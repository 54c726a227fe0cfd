"""The projected tokens of a pod's service account, as files that its program can read.

A program here has the file system of this machine, so a volume is a folder of its own, and the variables of the
program name that folder where they name the path of the mount.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from wizard.sandbox.model.clusters import issuer

from .kinds import SERVICE_ACCOUNT, Object
from .service_account_tokens import USUAL, issue
from .state import KubernetesState


@contextmanager
def mounted(
    state: KubernetesState, pod: Object, container: Object, variables: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """Write the tokens of the container's mounts; the variables with the folders in place of the mounts' paths."""
    paths = {mount["name"]: str(mount["mountPath"]).rstrip("/") for mount in container.get("volumeMounts") or ()}
    with tempfile.TemporaryDirectory(prefix="wif-wizard-sandbox-pod-") as root:
        led = dict(variables)
        for volume in pod["spec"].get("volumes") or ():
            sources = (volume.get("projected") or {}).get("sources") or ()
            tokens = [source["serviceAccountToken"] for source in sources if "serviceAccountToken" in source]
            if not tokens or volume["name"] not in paths:
                continue
            folder = Path(root, volume["name"])
            folder.mkdir()
            for token in tokens:
                (folder / token["path"]).write_text(_token(state, pod, token), encoding="utf-8")
            led = {name: value.replace(paths[volume["name"]], str(folder)) for name, value in led.items()}
        yield led


def _token(state: KubernetesState, pod: Object, wanted: Object) -> str:
    namespace, name = pod["metadata"]["namespace"], pod["spec"]["serviceAccountName"]
    account = state.store.get(SERVICE_ACCOUNT, namespace, name)
    if account is None:
        return ""
    now = state.world.clock()
    audience = wanted.get("audience") or issuer(state.cluster)
    valid = (now, now + timedelta(seconds=wanted.get("expirationSeconds") or USUAL))
    return issue(state, account, [audience], valid, pod)
