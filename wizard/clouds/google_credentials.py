"""Finds the operator's Google credentials where other tools find them. The wizard never stores them."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from wizard.clouds import gcloud_files
from wizard.clouds.errors import ExpiredCredentials, NoCredentials, RefusedCredentials
from wizard.clouds.wording import words
from wizard.language import _
from wizard.outside import files

SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
_HINT = "run `gcloud auth application-default login`, or set CLOUDSDK_AUTH_ACCESS_TOKEN"


_UNSET_FILE = "correct GOOGLE_APPLICATION_CREDENTIALS, or unset the variable to use your other credentials"
_TOKEN, _TOKEN_FILE = "CLOUDSDK_AUTH_ACCESS_TOKEN", "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"
_DEFAULT, _GCLOUD = "Application Default Credentials", "gcloud"
_RENEW = {
    _TOKEN: "set CLOUDSDK_AUTH_ACCESS_TOKEN to a new token (gcloud auth print-access-token), or unset the variable",
    _TOKEN_FILE: "write a new token to the file that CLOUDSDK_AUTH_ACCESS_TOKEN_FILE names, or unset the variable",
    _GCLOUD: "sign in again: gcloud auth login",
}
"""Source -> how to get others from there."""
_RENEW_FILE = {
    "authorized_user": "sign in again: gcloud auth application-default login",
    "service_account": "check that the service account and the key in {path} exist and are enabled, or unset "
    "GOOGLE_APPLICATION_CREDENTIALS",
    "external_account": "check the credential configuration {path} and the credentials of this machine, or unset "
    "GOOGLE_APPLICATION_CREDENTIALS",
    "external_account_authorized_user": "sign in again: gcloud auth application-default login --login-config=FILE",
    "": "check the service account of this machine, or sign in: gcloud auth application-default login",
}
"""Type of the Application Default Credentials file, empty without a file -> how to get others."""


@dataclass(frozen=True)
class OperatorCredentials:
    """The operator's Google credentials: the google-auth object and, as a text for the user, its source."""

    credentials: Any
    source: str
    renew: str = _HINT
    """How to get others from there."""

    @property
    def is_token(self) -> bool:
        """Whether they are an access token alone, which google-auth cannot refresh."""
        return getattr(self.credentials, "refresh_token", "") is None

    @property
    def quota_project(self) -> str | None:
        """The quota project of the credentials; None if they have none."""
        value = getattr(self.credentials, "quota_project_id", None)
        return value if isinstance(value, str) else None


def find_credentials(environ: Mapping[str, str], under_test: Path | None = None) -> OperatorCredentials:
    """Return the operator's credentials.

    Takes the first of: an access token in the environment, Application Default Credentials, gcloud. Refuses
    `under_test`, the credential configuration that the wizard writes or tests, because it is the workload's identity.
    Raises NoCredentials.
    """
    return _from_token(environ) or _from_default(environ, under_test) or _from_gcloud(environ)


class OperatorOfSeveral:
    """The operator's credentials for several setups: found once, and refused if they are what a setup tests."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._lock = threading.Lock()
        self._under_test: list[Path] = []
        self._found: OperatorCredentials | NoCredentials | None = None

    def never(self, under_test: Path) -> None:
        """Refuse this file, which is the credential configuration of a setup, as the operator's identity."""
        with self._lock:
            self._under_test.append(under_test)

    def find(self) -> OperatorCredentials:
        """Return what `find_credentials` returns. Raises NoCredentials."""
        with self._lock:
            if not (self._environ.get(_TOKEN, "").strip() or self._environ.get(_TOKEN_FILE)):
                for path in self._under_test:
                    _refuse_config_under_test(self._environ, path)
                self._under_test.clear()  # the others are right for the whole command
            if self._found is None:
                try:
                    self._found = find_credentials(self._environ)
                except NoCredentials as error:
                    self._found = error
            if isinstance(self._found, NoCredentials):
                raise replace(self._found)
            return self._found


def missing(message: str, hint: str = "") -> NoCredentials:
    """Return the error for Google credentials that are missing, or that cannot be read."""
    return NoCredentials("google", "credentials", None, "NO_CREDENTIALS", message, hint or _(_HINT))


def expired(operator: OperatorCredentials, message: str) -> NoCredentials:
    """Return the error for credentials that give no access token any more. A token alone is refused, not expired."""
    if operator.is_token:
        return refused(operator, _("Google Cloud does not accept your access token"))
    text = f"{operator.source}: {message}"
    return ExpiredCredentials("google", "credentials", None, "CREDENTIALS_EXPIRED", text, operator.renew)


def refused(operator: OperatorCredentials, message: str) -> RefusedCredentials:
    """Return the error for an access token that Google does not accept: it is wrong, has expired, or was revoked."""
    text = f"{operator.source}: {message}"
    return RefusedCredentials("google", "credentials", 401, "CREDENTIALS_REFUSED", text, operator.renew)


def _from_token(environ: Mapping[str, str]) -> OperatorCredentials | None:
    from google.oauth2.credentials import Credentials

    if token := environ.get(_TOKEN, "").strip():
        return OperatorCredentials(Credentials(token=clean_token(token, _TOKEN)), _TOKEN, _(_RENEW[_TOKEN]))
    file = environ.get(_TOKEN_FILE)
    if not file:
        return None
    try:
        token = files.read_text(Path(file)).strip()
    except OSError as error:
        raise missing(
            _("the wizard cannot read {file}, which CLOUDSDK_AUTH_ACCESS_TOKEN_FILE names: {error}").format(
                file=file, error=error.strerror
            )
        ) from error
    except UnicodeDecodeError:
        raise missing(
            _("{file}, which CLOUDSDK_AUTH_ACCESS_TOKEN_FILE names, is not a text file").format(file=file)
        ) from None
    return OperatorCredentials(Credentials(token=clean_token(token, _TOKEN_FILE)), _TOKEN_FILE, _(_RENEW[_TOKEN_FILE]))


def _from_default(environ: Mapping[str, str], under_test: Path | None) -> OperatorCredentials | None:
    import google.auth
    from google.auth import exceptions

    _refuse_config_under_test(environ, under_test)
    _refuse_other_than_files(environ)
    try:
        credentials, _project = google.auth.default(scopes=SCOPES)
    except exceptions.DefaultCredentialsError as error:
        if environ.get("GOOGLE_APPLICATION_CREDENTIALS"):
            raise missing(words(error), _(_UNSET_FILE)) from None
        return None
    except exceptions.GoogleAuthError as error:
        raise missing(words(error)) from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise missing(_("google-auth cannot read the file of your Application Default Credentials")) from None
    return OperatorCredentials(credentials, _DEFAULT, _renew_file(environ))


def _renew_file(environ: Mapping[str, str]) -> str:
    path = gcloud_files.default_credentials_file(environ)
    kind = gcloud_files.default_credentials(environ).get("type", "")
    return (_(_RENEW_FILE[kind]) if kind in _RENEW_FILE else _(_HINT)).format(path=path)


def _refuse_config_under_test(environ: Mapping[str, str], under_test: Path | None) -> None:
    """Raise NoCredentials if Application Default Credentials are the configuration under test."""
    named = environ.get("GOOGLE_APPLICATION_CREDENTIALS")
    if not named or under_test is None:
        return
    same = Path(named).resolve() == under_test.resolve() or _same_document(Path(named), under_test)
    if same:
        raise missing(
            _(
                "GOOGLE_APPLICATION_CREDENTIALS names {named}, which contains the workload's credentials, not yours"
            ).format(named=named),
            _(
                "unset GOOGLE_APPLICATION_CREDENTIALS in this shell, then run `gcloud auth application-default login`, "
                "or set CLOUDSDK_AUTH_ACCESS_TOKEN"
            ),
        )


def _refuse_other_than_files(environ: Mapping[str, str]) -> None:
    """Raise NoCredentials for a file that google-auth would wait for, or read without end."""
    path = gcloud_files.default_credentials_file(environ)
    try:
        files.read_bytes(path)
    except files.UnusableFile as error:
        raise missing(
            _("the wizard cannot read your Application Default Credentials in {path}: {error}").format(
                path=path, error=error.strerror
            )
        ) from error
    except OSError:  # google-auth says what is wrong with it
        pass


def _same_document(one: Path, other: Path) -> bool:
    try:
        first, second = (json.loads(files.read_text(path)) for path in (one, other))
    except (OSError, ValueError, RecursionError):
        return False
    return bool(first == second)


def _from_gcloud(environ: Mapping[str, str]) -> OperatorCredentials:
    from google.oauth2.credentials import Credentials

    try:
        done = subprocess.run(
            ["gcloud", "auth", "print-access-token"],
            env=dict(environ),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=30,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except FileNotFoundError as error:
        raise missing(
            _("the wizard found no access token, no Application Default Credentials, and no gcloud")
        ) from error
    except subprocess.TimeoutExpired as error:
        raise missing(_("`gcloud auth print-access-token` did not answer within 30 s")) from error
    if done.returncode != 0:
        raise missing(
            _("the wizard found no access token and no Application Default Credentials, and gcloud has no account")
        )
    return OperatorCredentials(
        Credentials(token=clean_token(done.stdout.strip(), _GCLOUD)), _GCLOUD, _(_RENEW[_GCLOUD])
    )


def is_token(text: str) -> bool:
    """Return whether a text can be sent as a token: visible ASCII characters, and no blanks."""
    return bool(text) and text.isascii() and text.isprintable() and " " not in text


def clean_token(token: str, source: str) -> str:
    """Return an access token if it can be sent. Raises NoCredentials without quoting it: clients would quote it."""
    if is_token(token):
        return token
    if not token:
        raise missing(_("the access token from {source} is empty").format(source=source))
    raise missing(
        _(
            "the access token from {source} contains a line break, a space or another character that is not allowed"
        ).format(source=source)
    )
