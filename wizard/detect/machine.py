"""Defaults from this machine: the environment and the files of aws and gcloud. No cloud is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wizard.clouds import aws_files, gcloud_files
from wizard.setup import rules
from wizard.setup.question import Found

_RULES = {"aws.region": rules.region, "aws.account": rules.account_id, "google.project": rules.project_id}


def defaults(environ: Mapping[str, str]) -> dict[str, Found]:
    """Question -> default, the first that fits its rule; a few small files are read, nothing else."""
    found: dict[str, Found] = {}
    for path, value, source in (*_aws(environ), *_google(environ)):
        if path not in found and value and _RULES[path](value) is None:
            found[path] = Found(value, source)
    return found


def _aws(environ: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for variable in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        yield "aws.region", environ.get(variable, ""), variable
    profile = aws_files.profile_in_use(environ)
    if profile:
        yield "aws.region", profile.region, profile.source
    if profile and not aws_files.keys_in_environment(environ):
        yield "aws.account", profile.account, profile.source


def _google(environ: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for variable in ("CLOUDSDK_CORE_PROJECT", "GOOGLE_CLOUD_PROJECT"):
        yield "google.project", environ.get(variable, ""), variable
    yield "google.project", gcloud_files.setting(environ, "core", "project"), "gcloud config"
    credentials = gcloud_files.default_credentials(environ)
    for key in ("quota_project_id", "project_id"):
        yield "google.project", credentials.get(key, ""), "Application Default Credentials"
