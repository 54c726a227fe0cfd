"""Reads the AWS configuration files of this machine, by the same rules as botocore."""

from __future__ import annotations

import configparser
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wizard.outside import files

_ROLE_ARN = re.compile(r"arn:[a-z-]+:iam::(?P<account>\d{12}):role/", re.ASCII)


@dataclass(frozen=True)
class AwsProfile:
    """A profile of the AWS configuration files. Region and account are empty if the files do not name them."""

    name: str
    region: str = ""
    account: str = ""
    kind: str = ""
    """How it signs in: sso, login, role, process or keys. Empty if it does not have credentials."""

    @property
    def source(self) -> str:
        """The source of a default that was taken from the profile, as a text for the user."""
        return f"AWS profile {self.name}"


def profiles(environ: Mapping[str, str]) -> list[AwsProfile]:
    """Return all profiles of the configuration and credentials files.

    Ignores a file that cannot be read: botocore reports its problem when the file is used.
    """
    config = _sections(_path(environ, "AWS_CONFIG_FILE", "config"))
    merged = {_profile_name(name): values for name, values in config.items() if _profile_name(name)}
    for name, values in _sections(_path(environ, "AWS_SHARED_CREDENTIALS_FILE", "credentials")).items():
        merged[name] = {**merged.get(name, {}), **values}
    return [
        AwsProfile(name, values.get("region", ""), _account(values), _kind(values, merged))
        for name, values in merged.items()
    ]


def profile_name(environ: Mapping[str, str]) -> str:
    """Return the name of the profile in use: that of AWS_PROFILE, or `default`."""
    return environ.get("AWS_PROFILE") or environ.get("AWS_DEFAULT_PROFILE") or "default"


def profile_in_use(environ: Mapping[str, str]) -> AwsProfile | None:
    """Return the profile in use; None if the files do not have it."""
    return {profile.name: profile for profile in profiles(environ)}.get(profile_name(environ))


def keys_in_environment(environ: Mapping[str, str]) -> bool:
    """Return whether the environment has AWS keys. botocore prefers them to the profile in AWS_PROFILE."""
    return bool(environ.get("AWS_ACCESS_KEY_ID") and environ.get("AWS_SECRET_ACCESS_KEY"))


def _account(values: Mapping[str, str]) -> str:
    """Return the account of the role that the profile assumes, or the account that it signs in to."""
    if role := _ROLE_ARN.match(values.get("role_arn", "")):
        return role["account"]
    return values.get("sso_account_id", "")


_SIGNS_IN = {
    "aws_access_key_id": "keys",
    "sso_session": "sso",
    "sso_start_url": "sso",
    "login_session": "login",
    "credential_process": "process",
}
"""A setting of a profile -> how it signs in, in the order in which botocore looks."""


def _kind(values: Mapping[str, str], profiles_by_name: Mapping[str, Mapping[str, str]]) -> str:
    """Return how a profile signs in. One that assumes a role from another profile signs in as that one does."""
    if "role_arn" in values:
        base = profiles_by_name.get(values.get("source_profile", ""), {})
        return "role" if "role_arn" in base else _kind(base, {}) or "role"
    for setting, kind in _SIGNS_IN.items():
        if setting in values:
            return kind
    return ""


def _profile_name(section: str) -> str:
    """Return the profile of a section: `[default]` and `[profile NAME]` are profiles, others are not (empty name)."""
    kind, _, name = section.partition(" ")
    if kind == "profile":
        return name.strip().strip("\"'")
    return section if section == "default" else ""


def _path(environ: Mapping[str, str], variable: str, name: str) -> Path:
    named = environ.get(variable)
    return Path(named).expanduser() if named else home(environ) / ".aws" / name


def home(environ: Mapping[str, str]) -> Path:
    """Return the home directory of this environment."""
    return Path(environ["HOME"]) if environ.get("HOME") else Path.home()


def _sections(path: Path) -> dict[str, dict[str, str]]:
    parser = configparser.RawConfigParser(strict=False, default_section="")
    try:
        parser.read_string(files.read_text(path))
    except (OSError, ValueError, configparser.Error):
        return {}
    return {name: dict(parser[name]) for name in parser.sections()}
