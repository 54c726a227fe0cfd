"""Reading one of the live lists that questions name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.detect import google_lists
from wizard.detect.live import Listing
from wizard.setup.answers import Answers

Reader = Callable[[Clouds, Answers], Listing]
"""Reads a live list for some answers. Raises CloudError."""


def listing(readers: Mapping[str, Reader], name: str, clouds: Clouds, answers: Answers) -> Listing:
    """Read a list. Raises CloudError when that is not allowed, or does not work, and KeyError for an unknown name.

    A Google API that is still off in the project refuses to list: that is usual for a new project and no reason to
    stop, as applying enables it. The list is then empty (of roles: what is usual), and its note says why.
    """
    try:
        return readers[name](clouds, answers)
    except CloudError as error:
        disabled = error.service_disabled
        if disabled is None or not clouds.google.quota_project:
            raise
        known = google_lists.usual(answers) if name == google_lists.GRANTABLE_ROLES else []
        return Listing(known, f"{disabled} is not enabled yet, so nothing can be listed; Apply enables it")
