"""The environment file of a sandbox: a shell that sources it is in the sandbox, until it calls `deactivate`."""

import os
import shlex
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

_OVERRIDDEN_BY_GCLOUD = (
    *("BIGQUERY", "CLOUDRESOURCEMANAGER", "CONTAINER", "IAM", "IAMCREDENTIALS", "OAUTH2", "SERVICEUSAGE", "STS"),
)
_OVERRIDDEN_BY_AWS = ("BATCH", "CLOUDWATCH_LOGS", "EC2", "ECS", "IAM", "LAMBDA", "STS")

UNSET = (
    "ALL_PROXY",
    "AWS_ACCESS_KEY_ID",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_DEFAULT_PROFILE",
    "AWS_ENDPOINT_URL",
    *(f"AWS_ENDPOINT_URL_{service}" for service in _OVERRIDDEN_BY_AWS),
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "CLOUDSDK_ACTIVE_CONFIG_NAME",
    *(f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{api}" for api in _OVERRIDDEN_BY_GCLOUD),
    "CLOUDSDK_AUTH_ACCESS_TOKEN",
    "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE",
    "CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT",
    "CLOUDSDK_AUTH_TOKEN_INTROSPECTION_ENDPOINT",
    "CLOUDSDK_BILLING_QUOTA_PROJECT",
    "CLOUDSDK_CONTAINER_CLUSTER",
    "CLOUDSDK_CONTAINER_USE_APPLICATION_DEFAULT_CREDENTIALS",
    *(f"CLOUDSDK_PROXY_{part}" for part in ("ADDRESS", "PORT", "TYPE")),
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_CLOUD_QUOTA_PROJECT",
    "IAM_EMULATOR_HOST",
    "KUBECONFIG",
    "all_proxy",
    "grpc_proxy",
    "no_grpc_proxy",
)
"""Variables of the caller's own shell that would point programs elsewhere."""

_SAVED = "_wif_wizard_saved_"
_DEACTIVATE = """\
# Bash and zsh keep a function `deactivate` that was there before, such as that of a Python virtual environment.
if (typeset -f deactivate) >/dev/null 2>&1; then
    eval "_wif_wizard_outer_$(typeset -f deactivate)"
fi
deactivate() {{
    _wif_wizard_leave
}}
_wif_wizard_leave() {{
{restore}
    if [ -n "${{_wif_wizard_prompt+set}}" ]; then PS1=$_wif_wizard_prompt; unset _wif_wizard_prompt; fi
    unset -f deactivate _wif_wizard_leave
    if (typeset -f _wif_wizard_outer_deactivate) >/dev/null 2>&1; then
        eval "$(typeset -f _wif_wizard_outer_deactivate | sed '1s/^\\(function \\)\\{{0,1\\}}_wif_wizard_outer_/\\1/')"
        unset -f _wif_wizard_outer_deactivate
    fi
}}
if [ -n "${{PS1-}}" ]; then _wif_wizard_prompt=$PS1; PS1="(sandbox) $PS1"; fi
"""


def write_env_file(path: Path, variables: Mapping[str, str]) -> None:
    """Write the lines for a shell to source; the file is complete when it appears, and private (it holds a key).

    It works in sh, bash and zsh. What the variables were is kept, and `deactivate` restores it.
    """
    names = sorted({*UNSET, *variables})
    lines = [
        "if type _wif_wizard_leave >/dev/null 2>&1; then _wif_wizard_leave; fi",
        *(f'if [ -n "${{{name}+set}}" ]; then {_SAVED}{name}=${name}; fi' for name in names),
        f"unset {' '.join(UNSET)}",
        *(f"export {name}={shlex.quote(value)}" for name, value in variables.items()),
        _DEACTIVATE.format(restore="\n".join(f"    {line}" for line in _restoring(names))),
    ]
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    Path(temporary).replace(path)


def _restoring(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        saved = f"{_SAVED}{name}"
        yield f'if [ -n "${{{saved}+set}}" ]; then export {name}="${saved}"; unset {saved}; else unset {name}; fi'


def read_env_file(path: Path) -> dict[str, str]:
    """The variables that a file of `write_env_file` exports."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("export ")]
    pairs = (shlex.split(line)[1].partition("=") for line in lines)
    return {key: value for key, _, value in pairs}


def write_private(path: Path, content: str | bytes) -> None:
    """Write a file that only its owner can read."""
    data = content.encode() if isinstance(content, str) else content
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
