"""The environment that points gcloud, aws and the wizard at a sandbox, and the files that it names."""

import os
import shlex
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

UNSET = (
    "AWS_DEFAULT_PROFILE",
    *(f"AWS_ENDPOINT_URL_{service}" for service in ("BATCH", "CLOUDWATCH_LOGS", "EC2", "ECS", "IAM", "LAMBDA", "STS")),
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_USE_FIPS_ENDPOINT",
    "CLOUDSDK_ACTIVE_CONFIG_NAME",
    "CLOUDSDK_AUTH_ACCESS_TOKEN",
    "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE",
    "CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT",
    "CLOUDSDK_BILLING_QUOTA_PROJECT",
    "CLOUDSDK_CONTAINER_CLUSTER",
    "CLOUDSDK_CONTAINER_USE_APPLICATION_DEFAULT_CREDENTIALS",
    *(f"CLOUDSDK_PROXY_{part}" for part in ("ADDRESS", "PORT", "TYPE")),
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_CLOUD_QUOTA_PROJECT",
    "KUBECONFIG",
)
"""Variables of the caller's own shell that would point programs elsewhere."""

NO_PROXY = "127.0.0.1,localhost"
"""Hosts that must not be reached through a proxy, which is on another machine."""

_OVERRIDES = {
    "IAM": "iam/",
    "IAMCREDENTIALS": "iamcredentials/",
    "STS": "sts/",
    "CLOUDRESOURCEMANAGER": "cloudresourcemanager/",
    "SERVICEUSAGE": "serviceusage/",
    "BIGQUERY": "bigquery/bigquery/v2/",
    "CONTAINER": "container/",
    "OAUTH2": "oauth2/",
}


@dataclass(frozen=True)
class Addresses:
    """Where the Google side listens: a URL without a slash at the end, and HOST:PORT for gRPC."""

    google: str
    grpc: str


def google_variables(addresses: Addresses, private: Path, project: str, token: str) -> dict[str, str]:
    """What gcloud and Google's libraries read; writes the token's file (0600) into the private directory."""
    token_file = private / "google-access-token"
    write_private(token_file, token)
    config = private / "gcloud"
    config.mkdir(mode=0o700)
    overrides = {
        f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{name}": f"{addresses.google}/{path}" for name, path in _OVERRIDES.items()
    }
    return {
        "CLOUDSDK_CONFIG": str(config),
        "CLOUDSDK_CORE_PROJECT": project,
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "1",
        "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "1",
        "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE": str(token_file),
        "CLOUDSDK_AUTH_TOKEN_INTROSPECTION_ENDPOINT": f"{addresses.google}/sts/v1/introspect",
        **overrides,
        "IAM_EMULATOR_HOST": addresses.grpc,
        "GOOGLE_CLOUD_PROJECT": project,
        "NO_PROXY": NO_PROXY,
        "no_proxy": NO_PROXY,
    }


def aws_variables(endpoint: str, private: Path, key_id: str, secret: str, region: str) -> dict[str, str]:
    """What aws and botocore read; the configuration files that it names are empty, so that no others are read."""
    files = {"AWS_CONFIG_FILE": private / "aws-config", "AWS_SHARED_CREDENTIALS_FILE": private / "aws-credentials"}
    for path in files.values():
        write_private(path, "")
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": key_id,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        **{name: str(path) for name, path in files.items()},
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def write_env_file(path: Path, variables: Mapping[str, str]) -> None:
    """Write the lines for a shell to source; the file is complete when it appears, and private (it holds a key)."""
    lines = [f"unset {' '.join(UNSET)}", *(f"export {key}={shlex.quote(value)}" for key, value in variables.items())]
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    Path(temporary).replace(path)


def read_env_file(path: Path) -> dict[str, str]:
    """The variables that a file of `write_env_file` exports."""
    words = [shlex.split(line) for line in path.read_text(encoding="utf-8").splitlines()]
    pairs = (line[1].partition("=") for line in words if line and line[0] == "export")
    return {key: value for key, _, value in pairs}


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
