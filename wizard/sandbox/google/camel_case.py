"""The two spellings of a field: `update_mask` in Protocol Buffers, `updateMask` in JSON. Google's APIs take both."""

import re

_WORD = re.compile(r"_([a-z0-9])")


def camel_case(name: str) -> str:
    """The name in the spelling of JSON. A name that is in it already, or that begins with `$`, stays as it is."""
    return name if name.startswith("$") else _WORD.sub(lambda found: found[1].upper(), name)
