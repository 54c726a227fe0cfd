"""extract(), pinned by the examples in Google's reference of condition attributes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.federation.extract import extract

OBJECT = "projects/_/buckets/acme-orders-aaa/objects/data_lake/orders/order_date=2019-11-03/aef87g87ae0876"

literals = st.text(alphabet=st.characters(exclude_characters="{}"))


@pytest.mark.parametrize(
    ("template", "part"),
    [
        ("/order_date={date}/", "2019-11-03"),
        ("buckets/{name}/", "acme-orders-aaa"),
        ("/orders/{empty}order_date", ""),
        ("{start}/objects/data_lake", "projects/_/buckets/acme-orders-aaa"),
        ("orders/{end}", "order_date=2019-11-03/aef87g87ae0876"),
        ("{all}", OBJECT),
        ("/orders/{none}/order_date=", ""),
        ("/no-such/{none}/", ""),
    ],
)
def test_googles_documented_examples_hold(template: str, part: str) -> None:
    assert extract(OBJECT, template) == part


def test_the_prefix_is_found_at_its_first_place_and_the_suffix_after_it() -> None:
    assert extract("a/b/a/c/", "a/{x}/") == "b"
    assert extract("/a/b", "a{x}/") == ""


@pytest.mark.parametrize("template", ["", "plain", "{a}{b}", "{a}/{b}", "{unclosed"])
def test_a_template_needs_one_identifier(template: str) -> None:
    with pytest.raises(ValueError, match="identifier"):
        extract(OBJECT, template)


@given(literals, literals, literals, literals)
def test_what_stands_between_prefix_and_suffix_comes_out(before: str, prefix: str, part: str, suffix: str) -> None:
    found = extract(before + prefix + part + suffix, prefix + "{x}" + suffix)
    whole = before + prefix + part + suffix
    assert prefix + found + suffix in whole or found == ""


@given(literals, literals)
def test_without_a_suffix_everything_after_the_prefix_comes_out(value: str, prefix: str) -> None:
    assert extract(prefix + value, prefix + "{x}") == value
