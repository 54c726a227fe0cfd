"""What the application's team has to do: variables, the file's way to the workload, and code where it is needed.

Pure: text from a setup, for the screen, for a file, and for whoever maintains the image.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from wizard.federation import credential_config
from wizard.modes.aws.model import AwsSetup
from wizard.modes.aws.runtimes import RUNTIMES, Packaging, Runtime
from wizard.modes.aws.suppliers import GO, PYTHON
from wizard.modes.opened import ExportedFile

CONTENT_VARIABLE = "GOOGLE_CREDENTIAL_CONFIG"
"""Holds the file's content where it is written at start; a name of ours, no library reads it."""


@dataclass(frozen=True)
class Variable:
    """An environment variable of the workload, and why it is needed."""

    name: str
    value: str
    why: str


def identity(setup: AwsSetup) -> str:
    """Which of the runtime's roles is the workload's identity: most people choose the wrong one once."""
    return _runtime(setup).identity


def variables(setup: AwsSetup) -> list[Variable]:
    """The workload's environment variables."""
    found = [
        Variable("GOOGLE_APPLICATION_CREDENTIALS", _target(setup), "where the credential configuration is"),
        Variable("GOOGLE_CLOUD_PROJECT", _project(setup), "else the library asks Google which project it works in"),
    ]
    return found + _region(setup)


def exports(setup: AwsSetup, config: dict[str, Any]) -> list[ExportedFile]:
    """The credential configuration, then everything to copy."""
    why = "It contains no secret: it says where to exchange the workload's own credentials. Review it like code."
    name = _name(setup)
    return [ExportedFile(name, name, why, "json", credential_config.dump(config)), *snippets(setup, config)]


def snippets(setup: AwsSetup, config: Mapping[str, object]) -> list[ExportedFile]:
    """Everything to copy, the most needed first; `config` is the credential configuration."""
    code = _suppliers() if needs_supplier(setup) else []
    return [*code, *_PACKAGED[_runtime(setup).packaging](setup, config)]


def needs_supplier(setup: AwsSetup) -> bool:
    """Whether the workload's AWS keys are where Google's auth libraries do not look."""
    return _runtime(setup).needs_supplier


def _in_an_image(setup: AwsSetup, config: Mapping[str, object]) -> list[ExportedFile]:
    return [_baked_in(setup), _definition(setup), _at_start(), _content_in_definition(setup, config)]


def _in_a_package(setup: AwsSetup, _config: Mapping[str, object]) -> list[ExportedFile]:
    pairs = {each.name: each.value for each in variables(setup)}
    why = (
        f"Goes into {_runtime(setup).environment}. Put {_name(setup)} into the deployment package: it is unpacked in "
        f"{_runtime(setup).folder}."
    )
    return [ExportedFile("environment.json", "The function's variables", why, "json", _json({"Variables": pairs}))]


def _on_a_machine(setup: AwsSetup, _config: Mapping[str, object]) -> list[ExportedFile]:
    lines = [f"sudo install -D -m 0644 {_name(setup)} {_target(setup)}"]
    lines += [f"export {each.name}={each.value}" for each in variables(setup)]
    why = "Copies the file to its place and sets the variables; in a unit file write Environment= in place of export."
    return [ExportedFile("install.sh", "On the instance", why, "bash", "\n".join(lines) + "\n")]


_PACKAGED: dict[Packaging, Callable[[AwsSetup, Mapping[str, object]], list[ExportedFile]]] = {
    "image": _in_an_image,
    "deployment package": _in_a_package,
    "machine": _on_a_machine,
}
"""What the credential configuration is put into -> how it gets there."""


def _suppliers() -> list[ExportedFile]:
    why = (
        "This runtime keeps its AWS keys at the container's own endpoint, where Google's library does not look: "
        "the supplier hands them over, and the AWS SDK renews them."
    )
    return [
        ExportedFile(
            "google_auth.py", "Python: the supplier", f"{why} Needs google-auth 2.29 and boto3.", "python", PYTHON
        ),
        ExportedFile(
            "google_auth.go", "Go: the supplier", f"{why} Needs golang.org/x/oauth2 and aws-sdk-go-v2.", "go", GO
        ),
    ]


def _baked_in(setup: AwsSetup) -> ExportedFile:
    lines = [f"COPY --chmod=0644 {_name(setup)} {_target(setup)}"]
    lines += [f"ENV {each.name}={each.value}" for each in variables(setup)]
    why = (
        "The file holds no secret, so the image may hold it. Without --chmod it keeps the mode 0600 that it was "
        "saved with, and a container that does not run as root cannot read it."
    )
    return ExportedFile("Dockerfile", "The file baked into the image", why, "docker", "\n".join(lines) + "\n")


def _at_start() -> ExportedFile:
    lines = [
        "#!/bin/sh",
        "set -eu",
        f'printf \'%s\' "${CONTENT_VARIABLE}" > "$GOOGLE_APPLICATION_CREDENTIALS"',
        'exec "$@"',
    ]
    why = (
        "The other way, for one image in several environments: the definition carries the content, and the entrypoint "
        "writes the file before the application starts."
    )
    return ExportedFile("entrypoint.sh", "The file written at start", why, "bash", "\n".join(lines) + "\n")


def _definition(setup: AwsSetup) -> ExportedFile:
    pairs = {each.name: each.value for each in variables(setup)}
    why = f"Goes into {_runtime(setup).environment}."
    return ExportedFile("environment.json", "The definition's variables", why, "json", _json(_listed(pairs)))


def _content_in_definition(setup: AwsSetup, config: Mapping[str, object]) -> ExportedFile:
    pairs = {each.name: each.value for each in variables(setup)}
    pairs["GOOGLE_APPLICATION_CREDENTIALS"] = f"/tmp/{_name(setup)}"
    pairs[CONTENT_VARIABLE] = json.dumps(dict(config), ensure_ascii=False, separators=(",", ":"))
    why = f"For the file written at start. Goes into {_runtime(setup).environment}; /tmp can be written by every user."
    return ExportedFile(
        "environment-content.json", "The variables with the content", why, "json", _json(_listed(pairs))
    )


def _region(setup: AwsSetup) -> list[Variable]:
    """The region signs the request: containers may not tell it, Lambda sets it itself, an instance tells it."""
    if not needs_supplier(setup):
        return []
    why = "the request to AWS is signed for a region; Fargate sets it by itself, ECS on EC2 does not always"
    return [Variable("AWS_REGION", setup.aws.region, why)]


def _runtime(setup: AwsSetup) -> Runtime:
    return RUNTIMES[setup.aws.runtime]


def _project(setup: AwsSetup) -> str:
    """The project that the application works in: the first that something is granted on."""
    granted = [grant.on.removeprefix("projects/") for grant in setup.access.grants]
    return granted[0] if granted else setup.google.project


def _name(setup: AwsSetup) -> str:
    return PurePath(setup.credential_config_path).name


def _target(setup: AwsSetup) -> str:
    return f"{_runtime(setup).folder}/{_name(setup)}"


def _listed(pairs: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs.items()]


def _json(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
