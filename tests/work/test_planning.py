"""A setup is planned once, unless something that a killed live test left was removed meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest

from wizard.modes.leftover import Leftover
from wizard.work import leftovers, planning


def planned(monkeypatch: pytest.MonkeyPatch, *found: Leftover) -> tuple[int, list[str]]:
    """How often a setup is planned if live tests left these things, and what is said of them."""
    plans: list[int] = []
    said: list[str] = []

    def review(*_: object, **__: object) -> Any:
        plans.append(1)
        return len(plans)

    def search(*_: object) -> list[Leftover]:
        return list(found)

    replacements: list[tuple[object, str, Callable[..., Any]]] = [
        (planning, "review", review),
        (leftovers, "found", search),
    ]
    for module, name, replacement in replacements:
        monkeypatch.setattr(module, name, replacement)
    result: Any = planning.review_tidied(object(), None, said.append)  # type: ignore[arg-type]
    assert result == len(plans), "the last plan counts"
    return len(plans), said


def leftover(*, is_over: bool) -> Leftover:
    return Leftover("one-off pod wif-probe", is_over, lambda: None)


def test_without_leftovers_there_is_one_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    assert planned(monkeypatch) == (1, [])


def test_what_another_test_uses_needs_no_other_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    count, said = planned(monkeypatch, leftover(is_over=False))
    assert (count, len(said)) == (1, 1)
    assert "might still use it" in said[0]


def test_after_a_removal_the_setup_is_planned_again(monkeypatch: pytest.MonkeyPatch) -> None:
    count, said = planned(monkeypatch, leftover(is_over=False), leftover(is_over=True))
    assert (count, len(said)) == (2, 2)
