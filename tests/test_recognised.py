"""English sentences are recognised by the templates that they are filled from."""

import pytest

from wizard import recognised

TEMPLATES = ("{what}: {reason} (line {line})", "{what}: {reason}", "no answer within {seconds} s")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a.yaml: no colon (line 3)", (TEMPLATES[0], {"what": "a.yaml", "reason": "no colon", "line": "3"})),
        ("a.yaml: no colon", (TEMPLATES[1], {"what": "a.yaml", "reason": "no colon"})),
        ("no answer within 5 s", (TEMPLATES[2], {"seconds": "5"})),
        ("no answer within 5 seconds", None),
        ("", None),
    ],
)
def test_the_first_template_that_fits_is_found_with_its_fields(text: str, found: object) -> None:
    assert recognised.find(text, TEMPLATES) == found


def test_signs_of_a_template_are_no_pattern() -> None:
    assert recognised.find("statement 1 [Sid a]", ("statement {number} (Sid {sid})",)) is None
