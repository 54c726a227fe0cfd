"""The live lists that questions name."""

from __future__ import annotations

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.detect import google_lists
from wizard.detect.live import Listing
from wizard.modes.aws import lists as aws_lists
from wizard.setup.answers import Answers

_READERS = {**aws_lists.READERS, **google_lists.READERS}

NAMES = tuple(_READERS)
"""Every list there is."""


def listing(name: str, clouds: Clouds, answers: Answers) -> Listing:
    """Read a list; KeyError when there is none of this name. Raises CloudError when it may not, or cannot, be read.

    A Google API that is still off in the project refuses to list: that is usual for a new project and no reason to
    stop, as applying switches it on. The list is then empty (of roles: what is usual), and its note says why.
    """
    try:
        return _READERS[name](clouds, answers)
    except CloudError as error:
        off = error.service_disabled
        if off is None or not clouds.google.quota_project:
            raise
        known = google_lists.usual(answers) if name == "grantable-roles" else []
        return Listing(known, f"{off} is still off, so nothing can be listed; applying switches it on")
