"""Google's addition to CEL: the string method `extract(template)`.

Source: https://docs.cloud.google.com/iam/docs/conditions-attribute-reference#extract
"""

import re

_IDENTIFIER = re.compile(r"\{[^{}]*\}")


def extract(value: str, template: str) -> str:
    """The part of `value` that stands where the template has its {identifier}; "" where nothing matches.

    The text before the identifier is looked for from the left, then the text after it, from there on. An empty
    prefix means the start of the value, an empty suffix its end. ValueError if there is not exactly one identifier.
    """
    if len(_IDENTIFIER.findall(template)) != 1:
        raise ValueError(f'the template of extract() needs one {{identifier}}, and "{template}" does not have that')
    prefix, suffix = _IDENTIFIER.split(template)
    start = value.find(prefix)
    if start < 0:
        return ""
    start += len(prefix)
    end = value.find(suffix, start) if suffix else len(value)
    return value[start:end] if end >= 0 else ""
