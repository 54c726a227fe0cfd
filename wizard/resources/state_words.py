"""Words of ours that states have as values. They are data, so states and the journal have them in English."""

from __future__ import annotations

from typing import Any

from wizard import recognised
from wizard.language import N_, translated

OTHER_WORKLOADS = N_("{service} (for other workloads)")
NO_SERVICE = N_("no service")
SURGE = N_("surge {count}")
BLUE_GREEN = N_("blue-green")
"""How a node pool recreates its nodes."""

_ALL = (OTHER_WORKLOADS, NO_SERVICE, SURGE, BLUE_GREEN)


def in_language(value: Any) -> Any:
    """Return a value of a state as people read it: one of these words in the language that is spoken."""
    found = recognised.find(value, _ALL) if isinstance(value, str) else None
    if found is None:
        return value
    template, fields = found
    return translated(template).format(**fields)
