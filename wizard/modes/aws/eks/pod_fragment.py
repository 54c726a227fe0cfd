"""What a pod on EKS needs: the credential configuration in a ConfigMap, a projected token, and two variables.

Source: https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-kubernetes
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from wizard.federation.credential_config import dump
from wizard.language import _
from wizard.modes.aws.model import AwsSetup
from wizard.modes.opened import ExportedFile
from wizard.setup.yaml_text import Block, as_yaml

TOKEN_FOLDER = "/var/run/service-account"
"""Where the pod has its token."""
TOKEN_FILE = f"{TOKEN_FOLDER}/token"
SECONDS = 3600
"""The lifetime of the token. The kubelet renews it before it expires."""

CONFIG_MAP = "google-credential-configuration"
TOKEN_VOLUME = "google-token"
CONTAINER = "app"

_CONFIG_MAP_WHY = (
    "Apply this ConfigMap: kubectl apply -f configmap.yaml. The credential configuration does not contain secrets. "
    "In the pod, the ConfigMap appears as a file."
)
_FRAGMENT_WHY = (
    "Merge this fragment into the Deployment: kubectl patch deployment NAME --namespace {namespace} --patch-file "
    "pod-fragment.yaml. If your container has a different name, replace the container name {container} in the "
    "fragment. The kubelet renews the token, and Google's auth libraries read the new token, so the application does "
    "not need additional code. If Helm or another tool manages the Deployment, change the template in that tool "
    "instead."
)


def token_volume(audience: str) -> dict[str, Any]:
    """Return the volume with a token for this audience."""
    token = {"audience": audience, "expirationSeconds": SECONDS, "path": PurePath(TOKEN_FILE).name}
    return {"name": TOKEN_VOLUME, "projected": {"sources": [{"serviceAccountToken": token}]}}


def files(
    setup: AwsSetup, config: Mapping[str, object], variables: Mapping[str, str], folder: str
) -> list[ExportedFile]:
    """Return the ConfigMap and the fragment of the pod. `folder` is where the pod has the configuration."""
    namespace, container = str(setup.aws.namespace), setup.aws.container or CONTAINER
    config_map = _config_map(namespace, PurePath(variables["GOOGLE_APPLICATION_CREDENTIALS"]).name, config)
    fragment = _fragment(setup, config, container, variables, folder)
    why = _(_FRAGMENT_WHY).format(namespace=namespace, container=container)
    about = _(_CONFIG_MAP_WHY)
    return [
        ExportedFile("pod-fragment.yaml", _("Fragment for the Deployment"), why, "yaml", as_yaml(fragment)),
        ExportedFile(
            "configmap.yaml", _("Credential configuration in a ConfigMap"), about, "yaml", as_yaml(config_map)
        ),
    ]


def _config_map(namespace: str, name: str, config: Mapping[str, object]) -> dict[str, Any]:
    metadata = {"name": CONFIG_MAP, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {name: Block(dump(dict(config)))}}


def _fragment(
    setup: AwsSetup, config: Mapping[str, object], container: str, variables: Mapping[str, str], folder: str
) -> dict[str, Any]:
    mounts = [
        {"name": TOKEN_VOLUME, "mountPath": TOKEN_FOLDER, "readOnly": True},
        {"name": CONFIG_MAP, "mountPath": folder, "readOnly": True},
    ]
    environment = [{"name": name, "value": value} for name, value in variables.items()]
    spec = {
        "serviceAccountName": setup.aws.service_account,
        "containers": [{"name": container, "env": environment, "volumeMounts": mounts}],
        "volumes": [
            token_volume(f"https:{config['audience']}"),
            {"name": CONFIG_MAP, "configMap": {"name": CONFIG_MAP}},
        ],
    }
    return {"spec": {"template": {"spec": spec}}}
