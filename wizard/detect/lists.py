"""Reads the live list that a question names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.detect import google_lists
from wizard.detect.live import Listing
from wizard.language import _
from wizard.setup.answers import Answers

Reader = Callable[[Clouds, Answers], Listing]
"""A function that reads a live list; which entries it has depends on the answers. Raises CloudError."""


def listing(readers: Mapping[str, Reader], name: str, clouds: Clouds, answers: Answers) -> Listing:
    """Return a live list. Raises CloudError if the cloud refuses, and KeyError for an unknown name.

    If the Google API is not enabled in the project, as in a new one, the list is empty (for roles: the usual ones), and
    its note says why. That is not an error, because apply enables the API.
    """
    try:
        return readers[name](clouds, answers)
    except CloudError as error:
        disabled = error.service_disabled
        if disabled is None or not clouds.google.quota_project:
            raise
        known = google_lists.usual(answers) if name == google_lists.GRANTABLE_ROLES else []
        return Listing(
            known,
            _(
                "the wizard cannot read the list yet, because the API {disabled} is not enabled; wif-wizard apply "
                "enables the API"
            ).format(disabled=disabled),
        )
