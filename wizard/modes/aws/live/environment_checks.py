"""What the doctor observes in the environment of its own process: variables that break AWS clients or auth libraries.

It reads variables and local files only, and calls no cloud.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Literal

from wizard.language import _
from wizard.modes import configurations
from wizard.modes.aws.live import test
from wizard.modes.observing import Check
from wizard.modes.opened import Observation
from wizard.setup.problems import BadInput

_ABOUT = "environment of this process"
_ID, _SECRET, _TOKEN = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"
_CREDENTIALS = "GOOGLE_APPLICATION_CREDENTIALS"
_HALF = (
    "the environment of this process sets AWS_ACCESS_KEY_ID, but not AWS_SECRET_ACCESS_KEY, so AWS clients in this "
    "process can fail"
)
_TEMPORARY = (
    "the environment of this process has a temporary AWS access key (ASIA...), but AWS_SESSION_TOKEN is not set, so "
    "AWS rejects the key"
)
_KEY = (
    "GOOGLE_APPLICATION_CREDENTIALS in the environment of this process names {path}, a service account key: Google's "
    "auth libraries in this process use the key instead of the credential configuration"
)


def of(environ: Mapping[str, str]) -> Iterator[Check]:
    """Yield what to look at."""
    yield Check(_(_ABOUT), partial(_of_keys, environ))
    yield Check(_(_ABOUT), partial(_of_file, environ))


def _of_keys(environ: Mapping[str, str]) -> Iterator[Observation]:
    key = environ.get(_ID, "")
    if key and not environ.get(_SECRET):
        yield Observation("WIF0223", (_(_HALF),))
    elif key.startswith("ASIA") and not environ.get(_TOKEN):
        yield Observation("WIF0222", (_(_TEMPORARY),))


def _of_file(environ: Mapping[str, str]) -> Iterator[Observation]:
    """Yield a service account key: a fault in the workload's own environment, and a note in that of the operator."""
    path = environ.get(_CREDENTIALS, "")
    if not path:
        return
    try:
        document = configurations.document_in(Path(path))
    except BadInput:
        return
    if document.get("type") == "service_account":
        severity: Literal["note", ""] = "" if test.likely_place(environ) == "inside" else "note"
        yield Observation("WIF0103", (_(_KEY).format(path=path),), severity=severity)
