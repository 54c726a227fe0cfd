"""The annotation that names a Google service account: an email, or anything else, which is shown as it is."""

import pytest

from wizard.federation import annotation

EMAIL = "scorer@acme-payments.iam.gserviceaccount.com"


@pytest.mark.parametrize(
    "value", [EMAIL, "123-compute@developer.gserviceaccount.com", "a@b.example.com.iam.gserviceaccount.com"]
)
def test_an_email_is_shown_as_it_is(value: str) -> None:
    assert annotation.is_email(value)
    assert (annotation.shown(value), annotation.problem(value)) == (value, "")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (" ", '" "'),
        (f"{EMAIL}\n", f'"{EMAIL}\\n"'),
        (f" {EMAIL}", f'" {EMAIL}"'),
        ("scorer", '"scorer"'),
        (f"serviceAccount:{EMAIL}", f'"serviceAccount:{EMAIL}"'),
        ("\x1b[31mred@acme.example", '"\\u001b[31mred@acme.example"'),
        ("../../keys?x=@acme.example", '"../../keys?x=@acme.example"'),
    ],
)
def test_anything_else_is_quoted_visibly(value: str, shown: str) -> None:
    assert not annotation.is_email(value)
    assert annotation.shown(value) == shown
    assert annotation.problem(value).startswith(f"{shown} is not an email address; write ")


def test_what_was_meant_is_named_if_it_is_clear() -> None:
    assert annotation.problem(f"serviceAccount:{EMAIL}\n").endswith(f"write {EMAIL}")
