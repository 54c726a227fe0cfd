"""How an application that cannot be changed gets the credentials of its container: serve-credentials beside it.

It is either the parent process of the application, or a container of its own in the same task or pod. Sources: Amazon
ECS developer guide, "Task definition parameters"; AWS Batch API reference, EcsTaskProperties; Kubernetes, "Sidecar
containers".
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wizard.chain import serve_credentials

NAME = "serve-credentials"
FILE = "serve_credentials.py"
IMAGE = "public.ecr.aws/docker/library/python:3.13-slim"
_VOLUME = "google-credentials"
_MEMORY = 64  # MiB; it uses about 25
_PYTHON = ("python3", "-I", "-S")
_HEALTHY = (
    "import http.client as h; "
    f"c = h.HTTPConnection('127.0.0.1', {serve_credentials.PORT}); "
    f"c.request('GET', '{serve_credentials.HEALTH_PATH}'); "
    "raise SystemExit(c.getresponse().status != 200)"
)
"""A program that ends with 0 if the server has credentials; it asks past any proxy."""

Json = dict[str, Any]


def source() -> str:
    """Return the text of the one file that is serve-credentials."""
    return Path(serve_credentials.__file__).read_text(encoding="utf-8")


def command(target: str) -> list[str]:
    """Return the command of the sidecar, which carries the whole file. It writes the configuration to `target`."""
    packed = base64.b64encode(zlib.compress(source().encode(), 9)).decode()
    program = f"import base64,zlib;exec(zlib.decompress(base64.b64decode('{packed}')))"
    return [*_PYTHON, "-c", program, "--write-config", target]


def dockerfile(config_file: str, target: str, variables: Mapping[str, str]) -> str:
    """Return the lines that make serve-credentials the parent process of the application of an image."""
    lines = [
        f"COPY --chmod=0644 {config_file} {target}",
        f"COPY --chmod=0644 {FILE} /usr/local/lib/{FILE}",
        *(f"ENV {name}={value}" for name, value in variables.items()),
        f"ENTRYPOINT {json.dumps([*_PYTHON, f'/usr/local/lib/{FILE}', '--'])}",
        'CMD ["./your-program"]',
    ]
    return "\n".join(lines) + "\n"


def task_definition(content: str, target: str, variables: Mapping[str, str], container: str) -> Json:
    """Return the part of an ECS task definition with the application's container and the sidecar.

    `content` is the text of the credential configuration, `target` its path in the application's container.
    """
    app = {
        "name": container,
        "environment": _pairs(variables),
        "mountPoints": [_mount(target, read_only=True)],
        "dependsOn": [{"containerName": NAME, "condition": "HEALTHY"}],
    }
    health = {"command": ["CMD", *_PYTHON, "-c", _HEALTHY], "interval": 5, "timeout": 3, "retries": 3}
    sidecar = {**_container(content, target, variables), "memoryReservation": _MEMORY, "healthCheck": health}
    return {"networkMode": "awsvpc", "volumes": [{"name": _VOLUME}], "containerDefinitions": [app, sidecar]}


def job_definition(content: str, target: str, variables: Mapping[str, str], container: str) -> Json:
    """Return the same for a job definition of AWS Batch on Fargate.

    A container of a job cannot wait for a health check, and must name its memory and its processors.
    """
    app = {
        "name": container,
        "environment": _pairs(variables),
        "mountPoints": [_mount(target, read_only=True)],
        "dependsOn": [{"containerName": NAME, "condition": "START"}],
    }
    needs = [{"type": "VCPU", "value": "0.25"}, {"type": "MEMORY", "value": "512"}]
    sidecar = {**_container(content, target, variables), "resourceRequirements": needs}
    return {"ecsProperties": {"taskProperties": [{"volumes": [{"name": _VOLUME}], "containers": [app, sidecar]}]}}


def pod(content: str, target: str, variables: Mapping[str, str]) -> Json:
    """Return the part of a pod with the container `app`, and the sidecar, which starts first.

    That needs Kubernetes 1.29 or newer, and a ConfigMap, serve-credentials, with the file. The pod has its AWS role by
    EKS Pod Identity. It must not set hostNetwork.
    """
    mount = {"name": _VOLUME, "mountPath": target.rpartition("/")[0]}
    program = f"/opt/{NAME}"
    sidecar = {
        "name": NAME,
        "image": IMAGE,
        "restartPolicy": "Always",
        "command": [*_PYTHON, f"{program}/{FILE}", "--write-config", target],
        "env": [
            *_pairs({serve_credentials.CONTENT: content}),
            {"name": serve_credentials.POD_IP, "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
            {"name": serve_credentials.HOST_IP, "valueFrom": {"fieldRef": {"fieldPath": "status.hostIP"}}},
        ],
        "startupProbe": {
            "exec": {"command": [*_PYTHON, f"{program}/{FILE}", "--check"]},
            "periodSeconds": 1,
            "failureThreshold": 30,
        },
        "resources": {"requests": {"cpu": "10m", "memory": f"{_MEMORY}Mi"}, "limits": {"memory": f"{2 * _MEMORY}Mi"}},
        "volumeMounts": [mount, {"name": NAME, "mountPath": program, "readOnly": True}],
    }
    app = {"name": "app", "env": _pairs(variables), "volumeMounts": [{**mount, "readOnly": True}]}
    volumes = [{"name": _VOLUME, "emptyDir": {}}, {"name": NAME, "configMap": {"name": NAME}}]
    return {"initContainers": [sidecar], "containers": [app], "volumes": volumes}


def _container(content: str, target: str, variables: Mapping[str, str]) -> Json:
    kept = {name: value for name, value in variables.items() if name == "AWS_REGION"}
    return {
        "name": NAME,
        "image": IMAGE,
        "essential": False,
        "readonlyRootFilesystem": True,
        "command": command(target),
        "environment": _pairs({serve_credentials.CONTENT: content, **kept}),
        "mountPoints": [_mount(target)],
    }


def _mount(target: str, read_only: bool = False) -> Json:
    return {"sourceVolume": _VOLUME, "containerPath": target.rpartition("/")[0], "readOnly": read_only}


def _pairs(variables: Mapping[str, str]) -> list[Json]:
    return [{"name": name, "value": value} for name, value in variables.items()]
