"""Texts in the bodies of requests."""

import pytest

from wizard.sandbox.kubernetes.bodies import parse


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (rb'{"name": "\ud800"}', "\ufffd"),
        (rb'{"name": "a\uDC00b"}', "a\ufffdb"),
        (rb'{"name": "\ud83d\ude00"}', "\U0001f600"),
        (rb'{"name": "\\ud800"}', "\\ud800"),
    ],
)
def test_half_of_a_surrogate_pair_is_replaced(body: bytes, name: str) -> None:
    assert parse(body)["name"] == name
    assert parse(body, as_yaml=True)["name"].encode(), "it can be written"


def test_keys_and_lists_are_well_formed_too() -> None:
    assert parse(rb'{"\ud800": [{"a": "\udfff"}]}') == {"\ufffd": [{"a": "\ufffd"}]}
