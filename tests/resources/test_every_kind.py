"""Every kind of resource can be reverted, or says in one sentence why it stays."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest

import wizard.resources
from wizard.engine.resource import Resource


def _all_kinds() -> list[type[Resource]]:
    for module in pkgutil.iter_modules(wizard.resources.__path__):
        importlib.import_module(f"wizard.resources.{module.name}")
    found = {kind for kind in _below(Resource) if kind.__module__.startswith("wizard.resources.")}
    return sorted((kind for kind in found if not inspect.isabstract(kind)), key=lambda kind: kind.__name__)


def _below(kind: type[Resource]) -> Iterator[type[Resource]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


KINDS = _all_kinds()


def _supplies(kind: type[Resource], member: str) -> bool:
    return getattr(kind, member) is not getattr(Resource, member)


def _creates(kind: type[Resource]) -> bool:
    """Whether a kind creates things of its own: some only refuse, and a part of a policy is added and removed."""
    only_refuses = "raise Refused" in inspect.getsource(kind.create) and "clouds." not in inspect.getsource(kind.create)
    return not (only_refuses or kind.shared)


def test_there_are_kinds() -> None:
    assert len(KINDS) >= 20


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_kind_is_reverted_or_says_why_not(kind: type[Resource]) -> None:
    if _supplies(kind, "stays"):
        reason = kind.stays(object.__new__(kind))
        assert reason is None or reason.endswith("."), "a sentence"
        assert reason or _supplies(kind, "delete") or _supplies(kind, "restore")
        return
    if _creates(kind):
        assert _supplies(kind, "delete"), "it creates something, and revert cannot delete it"
        assert _supplies(kind, "in_use"), "revert deletes it without asking who uses it"
    if not _is_only_created(kind):
        assert _supplies(kind, "restore"), "it changes something, and revert cannot restore it"


def _is_only_created(kind: type[Resource]) -> bool:
    return "raise Refused" in inspect.getsource(kind.update)
