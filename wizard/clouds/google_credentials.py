"""The operator's own Google identity, found as the ecosystem finds it; never asked for, never stored."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wizard.clouds.errors import NoCredentials

SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
_HINT = "run `gcloud auth application-default login`, or set CLOUDSDK_AUTH_ACCESS_TOKEN"


@dataclass(frozen=True)
class Operator:
    """Google credentials of the operator: the google-auth object, and where it was found."""

    credentials: Any
    source: str

    @property
    def quota_project(self) -> str | None:
        """The quota project that the credentials carry themselves."""
        value = getattr(self.credentials, "quota_project_id", None)
        return value if isinstance(value, str) else None


def find(environ: Mapping[str, str], under_test: Path | None = None) -> Operator:
    """The operator's credentials: an access token in the environment, Application Default Credentials, then gcloud.

    `under_test` is the credential configuration that the wizard makes or tests: it is the workload's identity, so it
    is refused as the operator's. Raises NoCredentials.
    """
    return _from_token(environ) or _from_default(environ, under_test) or _from_gcloud(environ)


def missing(message: str, hint: str = _HINT) -> NoCredentials:
    """The error for Google credentials that are not there, or that no longer work."""
    return NoCredentials("google", "credentials", None, "NO_CREDENTIALS", message, hint)


def _from_token(environ: Mapping[str, str]) -> Operator | None:
    from google.oauth2.credentials import Credentials

    if token := environ.get("CLOUDSDK_AUTH_ACCESS_TOKEN", "").strip():
        return Operator(Credentials(token=token), "CLOUDSDK_AUTH_ACCESS_TOKEN")
    file = environ.get("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE")
    if not file:
        return None
    try:
        token = Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise missing(
            f"CLOUDSDK_AUTH_ACCESS_TOKEN_FILE names {file}, which cannot be read: {error.strerror}"
        ) from error
    return Operator(Credentials(token=token), "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE")


def _from_default(environ: Mapping[str, str], under_test: Path | None) -> Operator | None:
    import google.auth
    from google.auth import exceptions

    _refuse_config_under_test(environ, under_test)
    try:
        credentials, _ = google.auth.default(scopes=SCOPES)
    except exceptions.DefaultCredentialsError:
        return None
    except exceptions.GoogleAuthError as error:
        raise missing(str(error)) from error
    return Operator(credentials, "Application Default Credentials")


def _refuse_config_under_test(environ: Mapping[str, str], under_test: Path | None) -> None:
    """Application Default Credentials that are the configuration under test would make the test prove itself."""
    named = environ.get("GOOGLE_APPLICATION_CREDENTIALS")
    if not named or under_test is None:
        return
    same = Path(named).resolve() == under_test.resolve() or _same_document(Path(named), under_test)
    if same:
        raise missing(
            f"GOOGLE_APPLICATION_CREDENTIALS names {named}, the workload's configuration, not an identity of yours",
            "unset GOOGLE_APPLICATION_CREDENTIALS in this shell; " + _HINT,
        )


def _same_document(one: Path, other: Path) -> bool:
    try:
        first, second = (json.loads(path.read_text(encoding="utf-8")) for path in (one, other))
    except (OSError, ValueError):
        return False
    return bool(first == second)


def _from_gcloud(environ: Mapping[str, str]) -> Operator:
    from google.oauth2.credentials import Credentials

    try:
        done = subprocess.run(
            ["gcloud", "auth", "print-access-token"],
            env=dict(environ),
            capture_output=True,
            text=True,
            timeout=30,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except FileNotFoundError as error:
        raise missing("no access token, no Application Default Credentials and no gcloud were found") from error
    except subprocess.TimeoutExpired as error:
        raise missing("`gcloud auth print-access-token` did not answer within 30 s") from error
    if done.returncode != 0:
        raise missing("no access token and no Application Default Credentials were found, and gcloud has no account")
    return Operator(Credentials(token=done.stdout.strip()), "gcloud")
