"""Reads the files of gcloud and of Application Default Credentials, by the same rules as gcloud."""

from __future__ import annotations

import configparser
import json
from collections.abc import Mapping
from pathlib import Path

from wizard.clouds.aws_files import home
from wizard.outside import files


def setting(environ: Mapping[str, str], section: str, key: str) -> str:
    """Return a property of gcloud's active configuration, such as core/project; empty if it is not set."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(files.read_text(_folder(environ) / "configurations" / f"config_{active(environ)}"))
    except (OSError, ValueError, configparser.Error):
        return ""
    return parser.get(section, key, fallback="")


def active(environ: Mapping[str, str]) -> str:
    """Return the name of gcloud's active configuration."""
    named = environ.get("CLOUDSDK_ACTIVE_CONFIG_NAME")
    return named or _text(_folder(environ) / "active_config").strip() or "default"


def default_credentials(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the values of the Application Default Credentials file that are not secret; empty without such a file.

    Possible keys: type, quota_project_id, project_id, client_email, account.
    """
    try:
        document = json.loads(_text(default_credentials_file(environ)) or "{}")
    except (ValueError, RecursionError):
        return {}
    known = ("type", "quota_project_id", "project_id", "client_email", "account")
    values = document if isinstance(document, dict) else {}
    return {key: values[key] for key in known if isinstance(values.get(key), str) and values[key]}


def default_credentials_file(environ: Mapping[str, str]) -> Path:
    """Return the path of the Application Default Credentials file, which need not exist."""
    named = environ.get("GOOGLE_APPLICATION_CREDENTIALS")
    return Path(named) if named else _folder(environ) / "application_default_credentials.json"


def _folder(environ: Mapping[str, str]) -> Path:
    named = environ.get("CLOUDSDK_CONFIG")
    return Path(named) if named else home(environ) / ".config" / "gcloud"


def _text(path: Path) -> str:
    try:
        return files.read_text(path)
    except (OSError, ValueError):
        return ""
