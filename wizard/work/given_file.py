"""Tells apart the files that the user can give: a setup, and a credential configuration.

The wizard asks before its first frame, so this module imports little.
"""

from __future__ import annotations

from pathlib import Path

from wizard.outside import files
from wizard.setup import recognise


def is_configuration(file: str) -> bool:
    """Return whether a file is to be tested as a credential configuration, and not as a setup, which can be JSON too.

    The content decides; the name does where the content is neither, or cannot be read.
    """
    by_name = not file.endswith((".yaml", ".yml"))
    try:
        text = files.read_text(Path(file))
    except (OSError, UnicodeDecodeError):
        return by_name
    kind = recognise.kind_of_text(text)
    if kind is not None and kind.is_configuration:
        return True
    return by_name and not recognise.is_setup(text)
