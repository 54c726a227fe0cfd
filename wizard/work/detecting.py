"""What can be found out before anything is answered, or from the answers so far."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.clouds.session import Clouds
from wizard.detect import lists
from wizard.detect.live import Listing
from wizard.modes.mode import Mode, table
from wizard.setup.answers import Answers
from wizard.setup.question import Found


def defaults(environ: Mapping[str, str]) -> dict[str, Found]:
    """Defaults from this machine, by the path of a question, for every mode. No cloud is asked."""
    found: dict[str, Found] = {}
    for mode in table().values():
        found |= mode.defaults(environ)
    return found


def listing(mode: Mode, name: str, clouds: Clouds, answers: Answers) -> Listing:
    """Read a live list of a mode. Raises CloudError, and KeyError for an unknown name."""
    return lists.listing(mode.readers(), name, clouds, answers)
