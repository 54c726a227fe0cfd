"""The string method `extract(template)`, which Google adds to CEL.

Source: https://docs.cloud.google.com/iam/docs/conditions-attribute-reference#extract
"""

import re

_IDENTIFIER = re.compile(r"\{[^{}]*\}")


def extract(value: str, template: str) -> str:
    """Return the part of `value` at the place of the template's {identifier}; "" if the template does not match.

    Finds the first occurrence of the text before the identifier, then the first occurrence of the text after it. An
    empty prefix means the start of the value, an empty suffix its end. Raises ValueError unless the template has
    exactly one identifier.
    """
    if len(_IDENTIFIER.findall(template)) != 1:
        raise ValueError(f'the template of extract() must have exactly one {{identifier}}: "{template}"')
    prefix, suffix = _IDENTIFIER.split(template)
    start = value.find(prefix)
    if start < 0:
        return ""
    start += len(prefix)
    end = value.find(suffix, start) if suffix else len(value)
    return value[start:end] if end >= 0 else ""
