"""Switch to another AWS profile than the one that the wizard was started with."""

from __future__ import annotations

from collections.abc import MutableMapping

from wizard.clouds import aws_files

_PROFILE = "AWS_PROFILE"


def use_profile(environ: MutableMapping[str, str], name: str, at_start: str | None) -> bool:
    """Set AWS_PROFILE in `environ`; without a name, reset it to `at_start`. Return whether it changed.

    Nothing changes if `environ` has AWS keys, which take precedence, or if the AWS files have no such profile.
    """
    if aws_files.keys_in_environment(environ):
        return False
    wanted = name or at_start
    known = not name or name in [profile.name for profile in aws_files.profiles(environ)]
    if not known or wanted == environ.get(_PROFILE):
        return False
    if wanted is None:
        del environ[_PROFILE]
    else:
        environ[_PROFILE] = wanted
    return True
