"""What the AWS configuration files of this machine say, read as botocore reads them."""

from __future__ import annotations

import configparser
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_ROLE_ARN = re.compile(r"arn:[a-z-]+:iam::(?P<account>\d{12}):role/", re.ASCII)


@dataclass(frozen=True)
class Profile:
    """A profile: its region and the account that it leads to, as far as the files tell; empty if they do not."""

    name: str
    region: str = ""
    account: str = ""

    @property
    def source(self) -> str:
        """Where something was found, in words."""
        return f"AWS profile {self.name}"


def profiles(environ: Mapping[str, str]) -> list[Profile]:
    """Every profile of the configuration and credentials files; none from a file that cannot be read.

    What is wrong with such a file is told by botocore, when it is used.
    """
    config = _sections(_path(environ, "AWS_CONFIG_FILE", "config"))
    found = {_profile_name(name): values for name, values in config.items() if _profile_name(name)}
    for name, values in _sections(_path(environ, "AWS_SHARED_CREDENTIALS_FILE", "credentials")).items():
        found[name] = {**found.get(name, {}), **values}
    return [Profile(name, values.get("region", ""), _account(values)) for name, values in found.items()]


def profile_name(environ: Mapping[str, str]) -> str:
    """The profile in use: AWS_PROFILE, or `default`."""
    return environ.get("AWS_PROFILE") or environ.get("AWS_DEFAULT_PROFILE") or "default"


def profile_in_use(environ: Mapping[str, str]) -> Profile | None:
    """The profile in use, if the files have it."""
    wanted = profile_name(environ)
    return next((each for each in profiles(environ) if each.name == wanted), None)


def keys_in_environment(environ: Mapping[str, str]) -> bool:
    """Whether AWS keys are in the environment: botocore takes them rather than those of the profile in AWS_PROFILE."""
    return bool(environ.get("AWS_ACCESS_KEY_ID") and environ.get("AWS_SECRET_ACCESS_KEY"))


def _account(values: Mapping[str, str]) -> str:
    """The account of a role that the profile assumes, or the one that it signs in to."""
    if role := _ROLE_ARN.match(values.get("role_arn", "")):
        return role["account"]
    return values.get("sso_account_id", "")


def _profile_name(section: str) -> str:
    """`[default]` and `[profile NAME]` are profiles; other sections of the file are not."""
    kind, _, name = section.partition(" ")
    if kind == "profile":
        return name.strip().strip("\"'")
    return section if section == "default" else ""


def _path(environ: Mapping[str, str], variable: str, name: str) -> Path:
    named = environ.get(variable)
    return Path(named).expanduser() if named else home(environ) / ".aws" / name


def home(environ: Mapping[str, str]) -> Path:
    """The home folder of this environment."""
    return Path(environ["HOME"]) if environ.get("HOME") else Path.home()


def _sections(path: Path) -> dict[str, dict[str, str]]:
    parser = configparser.RawConfigParser(strict=False, default_section="")
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, configparser.Error):
        return {}
    return {name: dict(parser[name]) for name in parser.sections()}
