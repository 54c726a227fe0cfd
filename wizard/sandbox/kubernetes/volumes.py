"""The volumes of a pod as files that its program can read: tokens of its service account, ConfigMaps and Secrets.

A program here has the file system of this machine, so a volume is a folder of its own. The variables of the program,
and the texts of ConfigMaps, name that folder where they name the path of the mount.
"""

from __future__ import annotations

import base64
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from wizard.sandbox.model.clusters import issuer

from .kinds import CONFIG_MAP, SECRET, SERVICE_ACCOUNT, Kind, Object
from .service_account_tokens import USUAL, issue
from .state import KubernetesState

RENEWED_AFTER = 0.8
"""The part of a token's lifetime after which the kubelet renews it."""


class MissingError(Exception):
    """An object that a container needs does not exist; the text is the kubelet's."""

    state = "CreateContainerConfigError"
    """The reason of the container's state."""
    event = "Failed"
    """The reason of the event."""

    @property
    def message(self) -> str:
        """The message of the event."""
        return f"Error: {self}"


class MissingVolumeError(MissingError):
    """An object that a volume is made from does not exist."""

    state = "ContainerCreating"
    event = "FailedMount"

    @property
    def message(self) -> str:
        """The message of the event."""
        return str(self)


@dataclass(frozen=True)
class Mounted:
    """The volumes of one container. `folders` are what stands in place of the paths of its mounts."""

    state: KubernetesState
    pod: Object
    folders: Mapping[str, Path]
    tokens: Sequence[tuple[Path, Object]]

    def renamed(self, text: str) -> str:
        """A text with the folders in place of the mounts' paths."""
        if not self.folders:
            return text
        longest_first = sorted(self.folders, key=len, reverse=True)
        paths = re.compile(f"({'|'.join(map(re.escape, longest_first))})(?![\\w.-])")
        return paths.sub(lambda found: str(self.folders[found[0]]), text)

    def write_tokens(self) -> None:
        """Write new tokens, each in one step, so that no reader finds half of one."""
        for path, wanted in self.tokens:
            new = path.with_name(f".{path.name}")
            new.write_text(_token(self.state, self.pod, wanted), encoding="utf-8")
            new.replace(path)

    @property
    def renewal(self) -> float | None:
        """Seconds after which the tokens are renewed; None without tokens."""
        lifetimes = [wanted.get("expirationSeconds") or USUAL for _, wanted in self.tokens]
        return RENEWED_AFTER * min(lifetimes) if lifetimes else None


@contextmanager
def mounted(state: KubernetesState, pod: Object, container: Object) -> Iterator[Mounted]:
    """Write the volumes that the container mounts. Raises MissingError."""
    with tempfile.TemporaryDirectory(prefix="wif-wizard-sandbox-pod-", ignore_cleanup_errors=True) as root:
        volumes = {volume["name"]: volume for volume in pod["spec"].get("volumes") or ()}
        folders: dict[str, Path] = {}
        for mount in container.get("volumeMounts") or ():
            folder = Path(root, mount["name"])
            folders[str(mount["mountPath"]).rstrip("/")] = folder / mount.get("subPath", "")
        tokens: list[tuple[Path, Object]] = []
        made = Mounted(state, pod, folders, tokens)
        for name in {mount["name"] for mount in container.get("volumeMounts") or ()} & volumes.keys():
            folder = Path(root, name)
            folder.mkdir()
            for source in _sources(volumes[name]):
                if "serviceAccountToken" in source:
                    wanted = source["serviceAccountToken"]
                    tokens.append((folder / wanted["path"], wanted))
                for path, data in _files(state, pod["metadata"]["namespace"], source, name, made).items():
                    (folder / path).parent.mkdir(parents=True, exist_ok=True)
                    (folder / path).write_bytes(data)
        made.write_tokens()
        yield made


def _sources(volume: Object) -> list[Object]:
    """What a volume is made from, as the sources of a projected volume; empty for other kinds of volumes."""
    if "secret" in volume:
        secret = volume["secret"]
        return [{"secret": {**secret, "name": secret.get("secretName")}}]
    if "configMap" in volume:
        return [{"configMap": volume["configMap"]}]
    return list((volume.get("projected") or {}).get("sources") or ())


def _files(state: KubernetesState, namespace: str, source: Object, volume: str, made: Mounted) -> dict[str, bytes]:
    """The content of the files of a source, by their paths in the volume. Raises MissingError."""
    if "configMap" in source:
        kind, wanted = CONFIG_MAP, source["configMap"]
    elif "secret" in source:
        kind, wanted = SECRET, source["secret"]
    else:
        return {}
    try:
        values = read(state, kind, namespace, wanted)
    except MissingError as error:
        raise MissingVolumeError(f'MountVolume.SetUp failed for volume "{volume}" : {error}') from error
    if kind is CONFIG_MAP:
        values = {key: made.renamed(value.decode(errors="surrogateescape")).encode() for key, value in values.items()}
    items = wanted.get("items") or [{"key": key, "path": key} for key in values]
    return {str(item["path"]): values[item["key"]] for item in items if item["key"] in values}


def read(state: KubernetesState, kind: Kind, namespace: str, wanted: Object) -> dict[str, bytes]:
    """The values of a ConfigMap or Secret that a pod names; none if it is optional. Raises MissingError."""
    name = str(wanted.get("name", ""))
    found = state.store.peek(kind, namespace, name)
    if found is None:
        if wanted.get("optional"):
            return {}
        raise MissingError(f'{kind.kind.lower()} "{name}" not found')
    if kind is SECRET:
        return {key: base64.b64decode(value) for key, value in (found.get("data") or {}).items()}
    binary = {key: base64.b64decode(value) for key, value in (found.get("binaryData") or {}).items()}
    return {**{key: str(value).encode() for key, value in (found.get("data") or {}).items()}, **binary}


def _token(state: KubernetesState, pod: Object, wanted: Object) -> str:
    namespace, name = pod["metadata"]["namespace"], pod["spec"]["serviceAccountName"]
    account = state.store.get(SERVICE_ACCOUNT, namespace, name)
    if account is None:
        return ""
    now = state.world.clock()
    audience = wanted.get("audience") or issuer(state.cluster)
    valid = (now, now + timedelta(seconds=wanted.get("expirationSeconds") or USUAL))
    return issue(state, account, [audience], valid, pod)
