"""What the files of gcloud and of Application Default Credentials say, read as gcloud reads them."""

from __future__ import annotations

import configparser
import json
from collections.abc import Mapping
from pathlib import Path

from wizard.clouds.aws_files import home


def setting(environ: Mapping[str, str], section: str, key: str) -> str:
    """A property of gcloud's active configuration, such as core/project; empty if it has none."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string((_folder(environ) / "configurations" / f"config_{active(environ)}").read_text("utf-8"))
    except (OSError, ValueError, configparser.Error):
        return ""
    return parser.get(section, key, fallback="")


def active(environ: Mapping[str, str]) -> str:
    """The name of gcloud's active configuration."""
    named = environ.get("CLOUDSDK_ACTIVE_CONFIG_NAME")
    return named or _text(_folder(environ) / "active_config").strip() or "default"


def default_credentials(environ: Mapping[str, str]) -> dict[str, str]:
    """The plain texts in the file of Application Default Credentials, without what is secret; empty if there is none.

    Keys: type, quota_project_id, project_id, client_email, account.
    """
    named = environ.get("GOOGLE_APPLICATION_CREDENTIALS")
    path = Path(named) if named else _folder(environ) / "application_default_credentials.json"
    try:
        document = json.loads(_text(path) or "{}")
    except ValueError:
        return {}
    known = ("type", "quota_project_id", "project_id", "client_email", "account")
    found = document if isinstance(document, dict) else {}
    return {key: found[key] for key in known if isinstance(found.get(key), str) and found[key]}


def _folder(environ: Mapping[str, str]) -> Path:
    named = environ.get("CLOUDSDK_CONFIG")
    return Path(named) if named else home(environ) / ".config" / "gcloud"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
