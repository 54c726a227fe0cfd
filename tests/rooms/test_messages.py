"""The sentences can be collected: each is one template, with fields that have names."""

import ast

from tests.messages import collected, templates


def of(source: str) -> list[str]:
    return [template for _, template in templates(ast.parse(source))]


def test_a_sentence_with_fields_is_one_template() -> None:
    assert of('say(f"the role {role} does not exist in {setup.account}")') == [
        "the role {role} does not exist in {setup.account}"
    ]


def test_docstrings_and_single_words_are_not_sentences() -> None:
    assert of('"""A module that says much."""\nNAME = "one-word"\n"""What it is for."""\nx = "two words"') == []


def test_the_products_sentences_are_found_with_their_places() -> None:
    found = collected()
    assert len(found) > 500
    assert any(place.startswith("screens/welcome.py:") for places in found.values() for place in places)
    assert not any(place.startswith("wizard/sandbox/") for places in found.values() for place in places)
