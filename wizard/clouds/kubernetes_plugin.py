"""Runs the credential plugin that a kubeconfig names, as kubectl does, but not for longer than a minute.

Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from wizard.clouds.errors import NoCredentials
from wizard.clouds.kubeconfig import Context, Entry, unusable
from wizard.language import _
from wizard.outside import files
from wizard.outside.text import one_line
from wizard.secret import Secret

Json = dict[str, Any]

LIMIT = 60.0
"""Seconds that a plugin may take."""

_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
_CLUSTER_KEYS = ("server", "tls-server-name", "insecure-skip-tls-verify", "proxy-url", "disable-compression")
_EXTENSION = "client.authentication.k8s.io/exec"
_SHOWN = 300  # characters of what the plugin wrote to stderr


@dataclass(frozen=True)
class Given:
    """What a plugin gave: a token, or a certificate with its key (PEM), or all; and when they expire, if it says so."""

    token: Secret | None = None
    certificate: str = field(default="", repr=False)
    key: Secret | None = None
    expires: datetime | None = None

    @property
    def is_valid(self) -> bool:
        """Whether it has not expired."""
        return self.expires is None or datetime.now(UTC) < self.expires


class MissingPlugin(NoCredentials):
    """The plugin is not installed. The hint has what the kubeconfig says about its installation."""


def run(context: Context, environ: Mapping[str, str]) -> Given:
    """Run the plugin of the context's user, and return what it gives. Raises NoCredentials, MissingPlugin."""
    spec = _spec(context)
    version = spec.content.get("apiVersion")
    if version not in _VERSIONS:
        raise unusable(
            _(
                "{source}: the plugin has the apiVersion {version}, which neither the wizard nor kubectl supports"
            ).format(source=context.source, version=version)
        )
    mode, command = spec.text("interactiveMode"), spec.text("command")
    if mode == "Always":
        raise unusable(
            _(
                "{source}: the plugin {command} needs the terminal to ask questions, but the wizard is using the "
                "terminal"
            ).format(source=context.source, command=command),
            _("set interactiveMode to IfAvailable, or use a context with another plugin"),
        )
    if version == _VERSIONS[0] and mode not in ("Never", "IfAvailable"):
        raise unusable(
            _("{source}: interactiveMode must be Never, IfAvailable or Always").format(source=context.source)
        )
    line = [_executable(context, spec, environ), *_arguments(context, spec)]
    output = _output(context, command, line, _environment(context, spec, environ))
    return _given(context, command, str(version), output)


def is_missing(context: Context, environ: Mapping[str, str]) -> bool:
    """Return whether the user of the context needs a plugin that is not installed."""
    if "exec" not in context.user.content:
        return False
    try:
        _executable(context, _spec(context), environ)
    except MissingPlugin:
        return True
    return False


def _spec(context: Context) -> Entry:
    spec = context.user.content.get("exec")
    if not isinstance(spec, dict):
        raise unusable(_("{source}: the field exec is not a mapping of keys to values").format(source=context.source))
    return Entry(spec, context.user.file)


def _executable(context: Context, spec: Entry, environ: Mapping[str, str]) -> str:
    """Return the path of the plugin. One with a slash is relative to its kubeconfig. Raises MissingPlugin."""
    name = command = spec.text("command")
    if "/" in command:
        command = str(spec.file.parent / command)
    found = shutil.which(command, path=environ.get("PATH", os.defpath)) if command else None
    if found is not None:
        return found
    hint = one_line(spec.text("installHint").strip().replace("\n", " ")) or _(
        "install the plugin, or use another context"
    )
    message = _("{source}: the plugin {name} is not installed").format(source=context.source, name=name)
    raise MissingPlugin("kubernetes", "credentials", None, "NO_CREDENTIALS", message, hint)


def _arguments(context: Context, spec: Entry) -> list[str]:
    arguments = spec.content.get("args") or []
    if not isinstance(arguments, list) or not all(isinstance(argument, str) for argument in arguments):
        raise unusable(
            _("{source}: the field args of the plugin is not a list of strings").format(source=context.source)
        )
    return arguments


def _environment(context: Context, spec: Entry, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the plugin, with KUBERNETES_EXEC_INFO."""
    listed = spec.content.get("env") or []
    try:
        own = {str(variable["name"]): str(variable["value"]) for variable in listed}
    except (TypeError, KeyError):
        raise unusable(
            _("{source}: the field env of the plugin is not a list of names and values").format(source=context.source)
        ) from None
    wanted: Json = {"interactive": False}
    if spec.content.get("provideClusterInfo"):
        wanted["cluster"] = _cluster(context.cluster)
    info = {"kind": "ExecCredential", "apiVersion": spec.content["apiVersion"], "spec": wanted}
    return {**environ, **own, "KUBERNETES_EXEC_INFO": json.dumps(info)}


def _cluster(cluster: Entry) -> Json:
    """Return what a plugin is told about the cluster."""
    told = {key: cluster.content[key] for key in _CLUSTER_KEYS if cluster.content.get(key)}
    authority = cluster.text("certificate-authority-data")
    path = cluster.path("certificate-authority")
    if not authority and path:
        authority = base64.b64encode(read(path)).decode()
    if authority:
        told["certificate-authority-data"] = authority
    for extension in cluster.content.get("extensions") or []:
        if isinstance(extension, dict) and extension.get("name") == _EXTENSION:
            told["config"] = extension.get("extension")
    return told


def read(path: Any) -> bytes:
    """Return the content of a file that a kubeconfig names. Raises NoCredentials."""
    try:
        return files.read_bytes(path)
    except OSError as error:
        raise unusable(
            _("the wizard could not read {path}, which the kubeconfig names: {error}").format(
                path=path, error=error.strerror
            )
        ) from error


def _output(context: Context, name: str, command: list[str], environment: Mapping[str, str]) -> str:
    """Return what the plugin prints. Ends it, and what it has started, after LIMIT seconds."""
    try:
        child = subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "the plugin's arguments are not valid"
        raise unusable(
            _("{source}: the wizard could not run the plugin {name}: {reason}").format(
                source=context.source, name=name, reason=reason
            )
        ) from None
    with child:
        try:
            output, errors = child.communicate(timeout=LIMIT)
        except BaseException as error:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            raise unusable(
                _("{source}: the plugin {name} did not end within {seconds} s").format(
                    source=context.source, name=name, seconds=round(LIMIT)
                ),
                _("run `{name}` yourself to see what the plugin waits for, or use another context").format(name=name),
            ) from None
    if child.returncode != 0:
        words = one_line(errors.decode("utf-8", "replace").strip())[-_SHOWN:]
        raise unusable(
            _("{source}: the plugin {name} exited with code {code}: {words}").format(
                source=context.source, name=name, code=child.returncode, words=words
            )
        )
    return output.decode("utf-8", "replace")


def _given(context: Context, name: str, version: str, output: str) -> Given:
    """Return what the plugin gave. Quotes nothing of its output, which has credentials in it."""
    try:
        document = json.loads(output)
        status = document["status"]
        is_right = document["kind"] == "ExecCredential" and document["apiVersion"] == version
        token, certificate, key, until = (
            status.get(part) or ""
            for part in ("token", "clientCertificateData", "clientKeyData", "expirationTimestamp")
        )
        expires = datetime.fromisoformat(until) if until else None
        is_right = is_right and all(isinstance(part, str) for part in (token, certificate, key))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        is_right = False
    if not is_right or not (token or (certificate and key)):
        raise unusable(
            _("{source}: the plugin {name} did not print an ExecCredential of {version} with a token").format(
                source=context.source, name=name, version=version
            )
        )
    if expires is not None and expires.tzinfo is None:
        expires = expires.replace(tzinfo=UTC)
    return Given(Secret(token) if token else None, certificate, Secret(key) if key else None, expires)
