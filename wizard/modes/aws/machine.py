"""Defaults from this machine: the environment and the AWS files. Calls no cloud."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wizard.clouds import aws_files
from wizard.detect.machine import Candidate, first_that_fit
from wizard.modes.aws import rules
from wizard.setup.question import Found


def aws_defaults(environ: Mapping[str, str]) -> dict[str, Found]:
    """Return the default region and account, each with its source."""
    return first_that_fit(_candidates(environ), {"aws.region": rules.region, "aws.account": rules.account_id})


def _candidates(environ: Mapping[str, str]) -> Iterator[Candidate]:
    for variable in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        yield "aws.region", environ.get(variable, ""), variable
    profile = aws_files.profile_in_use(environ)
    if profile:
        yield "aws.region", profile.region, profile.source
    if profile and not aws_files.keys_in_environment(environ):
        yield "aws.account", profile.account, profile.source
