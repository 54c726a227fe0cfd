"""Working with another AWS profile than the one that the wizard was started with."""

from __future__ import annotations

from collections.abc import MutableMapping

from wizard.clouds import aws_files

_PROFILE = "AWS_PROFILE"


def use_profile(environ: MutableMapping[str, str], name: str, at_start: str | None) -> bool:
    """Set the profile in the environment; with no name, the one that was there `at_start`.

    Answers whether that is a change: not where keys in the environment come first, nor with a name that this machine's
    files do not have.
    """
    if aws_files.keys_in_environment(environ):
        return False
    wanted = name or at_start
    known = not name or name in [each.name for each in aws_files.profiles(environ)]
    if not known or wanted == environ.get(_PROFILE):
        return False
    if wanted is None:
        del environ[_PROFILE]
    else:
        environ[_PROFILE] = wanted
    return True
