"""What the application's team must do: set variables, deploy the configuration, and add code if it is needed.

Everything here is text that is computed from a setup.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from wizard.chain import serve_credentials
from wizard.federation import credential_config
from wizard.language import N_, _, translated
from wizard.modes import access
from wizard.modes.aws import sidecar
from wizard.modes.aws.eks import pod_fragment
from wizard.modes.aws.model import AwsSetup
from wizard.modes.aws.runtimes import RUNTIMES, Definition, Packaging, Runtime
from wizard.modes.aws.suppliers import JAVA, NODE, PYTHON, go
from wizard.modes.opened import ExportedFile

CONTENT_VARIABLE = serve_credentials.CONTENT
"""The variable with the file's content, for files that are written at start. No library reads it; we chose the name."""


@dataclass(frozen=True)
class Variable:
    """An environment variable of the workload, and why it is needed."""

    name: str
    value: str
    why: str


def identity(setup: AwsSetup) -> str:
    """Return which of the runtime's roles is the workload's identity, in one or two sentences."""
    return _runtime(setup).identity


def variables(setup: AwsSetup) -> list[Variable]:
    """Return the environment variables that the workload needs."""
    return [
        Variable("GOOGLE_APPLICATION_CREDENTIALS", _target(setup), N_("the path of the credential configuration")),
        Variable(
            "GOOGLE_CLOUD_PROJECT",
            _project(setup),
            N_("if this variable is not set, the auth library must request the project ID from Google Cloud"),
        ),
        *_region(setup),
    ]


def in_environment(setup: AwsSetup, config: Mapping[str, object]) -> dict[str, str]:
    """Return the variables with which an entrypoint writes the credential configuration: its path and its content."""
    content = json.dumps(dict(config), ensure_ascii=False, separators=(",", ":"))
    return {"GOOGLE_APPLICATION_CREDENTIALS": f"/tmp/{_name(setup)}", CONTENT_VARIABLE: content}


def exports(setup: AwsSetup, config: dict[str, Any]) -> list[ExportedFile]:
    """Return the credential configuration, then the texts of `snippets`."""
    why = _(
        "The credential configuration does not contain secrets. The file contains only the settings for the token "
        "exchange. Review changes to the file as you review changes to code."
    )
    name = _name(setup)
    return [ExportedFile(name, name, why, "json", credential_config.dump(config)), *snippets(setup, config)]


def snippets(setup: AwsSetup, config: Mapping[str, object]) -> list[ExportedFile]:
    """Return the texts to copy, the most important first. `config` is the credential configuration."""
    code = [*_suppliers(config), *_unchanged(setup, config)] if needs_supplier(setup) else []
    return [*code, *_PACKAGED[_runtime(setup).packaging](setup, config)]


def why_not_unchanged(setup: AwsSetup) -> str:
    """Return why an application that cannot be changed does not get credentials in the runtime; empty if it does."""
    return _runtime(setup).unchanged


def needs_supplier(setup: AwsSetup) -> bool:
    """Return whether the application needs a supplier, since Google's auth libraries do not find its AWS keys."""
    return _runtime(setup).needs_supplier


def _in_an_image(setup: AwsSetup, config: Mapping[str, object]) -> list[ExportedFile]:
    at_start = [_at_start(), _content_in_definition(setup, config)]
    if setup.aws.config_delivery == "environment":
        return at_start
    return [_baked_in(setup), _definition(setup), *at_start]


def _in_a_package(setup: AwsSetup, _config: Mapping[str, object]) -> list[ExportedFile]:
    pairs = {variable.name: variable.value for variable in variables(setup)}
    place, file, folder = _runtime(setup).environment, _name(setup), _runtime(setup).folder
    text = _(_APPLIED_TO_FUNCTION) if _is_wired(setup) else _(_ADD_TO_FUNCTION)
    why = text.format(place=translated(place), file=file, folder=folder)
    return [ExportedFile("environment.json", _("Variables of the function"), why, "json", _json({"Variables": pairs}))]


def _on_a_machine(setup: AwsSetup, _config: Mapping[str, object]) -> list[ExportedFile]:
    lines = [f"sudo install -D -m 0644 {_name(setup)} {_target(setup)}"]
    lines += [f"export {variable.name}={variable.value}" for variable in variables(setup)]
    why = _(
        "These commands copy the credential configuration to its path and set the variables. In a systemd unit file, "
        "write Environment= instead of export."
    )
    return [ExportedFile("install.sh", _("Commands for the instance"), why, "bash", "\n".join(lines) + "\n")]


def _in_a_pod(setup: AwsSetup, config: Mapping[str, object]) -> list[ExportedFile]:
    pairs = {variable.name: variable.value for variable in variables(setup)}
    return pod_fragment.files(setup, config, pairs, _runtime(setup).folder)


_PACKAGED: dict[Packaging, Callable[[AwsSetup, Mapping[str, object]], list[ExportedFile]]] = {
    "image": _in_an_image,
    "deployment package": _in_a_package,
    "machine": _on_a_machine,
    "pod": _in_a_pod,
}
"""What the credential configuration is deployed in -> the texts that deploy it."""


def _suppliers(config: Mapping[str, object]) -> list[ExportedFile]:
    return [
        ExportedFile(
            "google_auth.py",
            _("Credential supplier for Python"),
            _(_SUPPLIER).format(packages="google-auth 2.29 and boto3"),
            "python",
            PYTHON,
        ),
        ExportedFile(
            "googleauth.go",
            _("Credential supplier for Go"),
            _(_SUPPLIER).format(packages="golang.org/x/oauth2 0.18 and aws-sdk-go-v2"),
            "go",
            go(config),
        ),
        ExportedFile(
            "google-auth.js",
            _("Credential supplier for Node"),
            _(_SUPPLIER).format(packages="google-auth-library 9.9 and @aws-sdk/credential-providers"),
            "javascript",
            NODE,
        ),
        ExportedFile(
            "GoogleAuth.java",
            _("Credential supplier for Java"),
            _(_SUPPLIER).format(packages="google-auth-library-oauth2-http 1.24 and software.amazon.awssdk:auth"),
            "java",
            JAVA,
        ),
    ]


_SUPPLIER = (
    "This runtime serves AWS access keys from a container endpoint. Google's auth library does not read this "
    "endpoint. The supplier gives the access keys to the auth library, and the AWS SDK renews the access keys. The "
    "supplier needs these packages: {packages}."
)


def _unchanged(setup: AwsSetup, config: Mapping[str, object]) -> list[ExportedFile]:
    """Return the ways for an application that cannot be changed; none where every task could read the credentials."""
    if _runtime(setup).unchanged:
        return []
    pairs = {variable.name: variable.value for variable in variables(setup)}
    content = json.dumps(dict(config), ensure_ascii=False, separators=(",", ":"))
    parent = ExportedFile(
        "Dockerfile.unchanged",
        _("Dockerfile for an application that you cannot change"),
        _(
            "serve-credentials starts the application, serves the task role's credentials to the application as the "
            "instance metadata service does, and exits with the application's exit code. The image needs Python 3.8 "
            "or newer. Replace the last line with the command of the application."
        ),
        "docker",
        sidecar.dockerfile(_name(setup), _target(setup), pairs),
    )
    file = ExportedFile(
        sidecar.FILE,
        _("serve-credentials for an application that you cannot change"),
        _("Copy this program into the image. The program is one file, and needs only Python 3.8 or newer."),
        "python",
        sidecar.source(),
    )
    kind = _runtime(setup).sidecar
    beside = [_BESIDE[kind](content, _target(setup), pairs, setup.aws.container or "app")] if kind else []
    return [*beside, parent, file]


def _beside_task(content: str, target: str, pairs: Mapping[str, str], container: str) -> ExportedFile:
    why = _(
        "A sidecar container in the task serves the credentials of the task role, like an instance metadata service, "
        "and writes the credential configuration for the container {container}. The image of the application does "
        "not change. Add these settings to the task definition, and replace the container name with yours. The task "
        "definition needs the network mode awsvpc."
    ).format(container=container)
    text = _json(sidecar.task_definition(content, target, pairs, container))
    return ExportedFile(
        "sidecar-task-definition.json", _("Sidecar for an application that you cannot change"), why, "json", text
    )


def _beside_job(content: str, target: str, pairs: Mapping[str, str], container: str) -> ExportedFile:
    why = _(
        "A sidecar container in the job serves the credentials of the job role to the container {container}. The "
        "image of the application does not change. Add these settings to the job definition, and replace the "
        "container name with yours. In AWS Batch, a container cannot wait for a health check of another container. "
        "If the application calls Google Cloud in its first seconds, let the application retry, or add "
        "serve-credentials to its image."
    ).format(container=container)
    text = _json(sidecar.job_definition(content, target, pairs, container))
    return ExportedFile(
        "sidecar-job-definition.json", _("Sidecar for an application that you cannot change"), why, "json", text
    )


_BESIDE: dict[Definition, Callable[[str, str, Mapping[str, str], str], ExportedFile]] = {
    "task_definition": _beside_task,
    "job_definition": _beside_job,
}
"""The kind of a definition -> its part with a sidecar, from the content and path of the file, variables, container."""


def _baked_in(setup: AwsSetup) -> ExportedFile:
    lines = [f"COPY --chmod=0644 {_name(setup)} {_target(setup)}"]
    lines += [f"ENV {variable.name}={variable.value}" for variable in variables(setup)]
    why = _(
        "The credential configuration does not contain secrets, so you can add the file to the image. The wizard "
        "saves the file with mode 0600. With COPY --chmod, a container that does not run as root can read the file."
    )
    return ExportedFile(
        "Dockerfile", _("Credential configuration in the image"), why, "docker", "\n".join(lines) + "\n"
    )


def _at_start() -> ExportedFile:
    lines = [
        "#!/bin/sh",
        "set -eu",
        f'printf \'%s\' "${CONTENT_VARIABLE}" > "$GOOGLE_APPLICATION_CREDENTIALS"',
        'exec "$@"',
    ]
    why = _(
        "Use this variant if you use one image in several environments. An environment variable contains the "
        "credential configuration, and the entrypoint writes the file before the application starts."
    )
    return ExportedFile(
        "entrypoint.sh", _("Entrypoint that writes the credential configuration"), why, "bash", "\n".join(lines) + "\n"
    )


_ADD = "Add these variables to {place}."
_APPLIED = "The wizard adds these variables to {place} when you apply the setup."
_ADD_CONTENT = (
    "If the entrypoint writes the credential configuration, add these variables to {place}. In most containers, "
    "every user can write to the folder /tmp."
)
_APPLIED_CONTENT = (
    "The wizard adds these variables to {place} when you apply the setup. The entrypoint must write the credential "
    "configuration before the application starts. In most containers, every user can write to the folder /tmp."
)
_ADD_TO_FUNCTION = (
    "Add these variables to {place}. Add the file {file} to the deployment package, which Lambda unpacks to {folder}."
)
_APPLIED_TO_FUNCTION = (
    "The wizard adds these variables to {place} when you apply the setup. Add the file {file} to the deployment "
    "package, which Lambda unpacks to {folder}."
)


def _is_wired(setup: AwsSetup) -> bool:
    """Return whether the setup names what runs the workload, so that apply sets its variables."""
    return bool(setup.aws.job_definition or setup.aws.task_definition or setup.aws.function)


def _definition(setup: AwsSetup) -> ExportedFile:
    pairs = {variable.name: variable.value for variable in variables(setup)}
    place = _runtime(setup).environment
    why = (_(_APPLIED) if _is_wired(setup) else _(_ADD)).format(place=translated(place))
    return ExportedFile(
        "environment.json", _("Variables of the task or job definition"), why, "json", _json(_listed(pairs))
    )


def _content_in_definition(setup: AwsSetup, config: Mapping[str, object]) -> ExportedFile:
    pairs = {variable.name: variable.value for variable in variables(setup)} | in_environment(setup, config)
    place = _runtime(setup).environment
    applied = _is_wired(setup) and setup.aws.config_delivery == "environment"
    why = (_(_APPLIED_CONTENT) if applied else _(_ADD_CONTENT)).format(place=translated(place))
    return ExportedFile(
        "environment-content.json", _("Variables with the credential configuration"), why, "json", _json(_listed(pairs))
    )


def _region(setup: AwsSetup) -> list[Variable]:
    """Return AWS_REGION if a supplier needs it. Lambda sets it by itself, and instances have it in their metadata."""
    if not needs_supplier(setup):
        return []
    why = N_("the AWS SDK needs a region to sign requests; Fargate sets the region variable, but ECS on EC2 does not")
    return [Variable("AWS_REGION", setup.aws.region, why)]


def _runtime(setup: AwsSetup) -> Runtime:
    return RUNTIMES[setup.aws.runtime]


def _project(setup: AwsSetup) -> str:
    """Return the ID of the project that the application uses: the first one with a grant."""
    granted = access.projects(setup.access.grants)
    return granted[0] if granted else setup.google.project


def _name(setup: AwsSetup) -> str:
    return PurePath(setup.credential_config_path).name


def _target(setup: AwsSetup) -> str:
    return f"{_runtime(setup).folder}/{_name(setup)}"


def _listed(pairs: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs.items()]


def _json(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
