"""Every rule of the doctor, read from the files in `rules`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from inspect import cleandoc
from pkgutil import iter_modules
from types import ModuleType
from typing import get_args

from wizard.doctor import rules
from wizard.doctor.rule import Drift, Layer, Rule
from wizard.engine.resource import FieldChange

LAYERS: tuple[Layer, ...] = get_args(Layer)

_NAME = re.compile(r"wif(?P<digits>\d{4})_(?P<name>\w+)")


@cache
def all_rules() -> dict[str, Rule]:
    """Return every rule by its code, in the order of the codes."""
    found = [_rule(layer, module.name) for layer in LAYERS for module in iter_modules(_folder(layer).__path__)]
    return {rule.code: rule for rule in sorted(found, key=lambda rule: rule.code)}


def rule(code: str) -> Rule | None:
    """Return the rule with a code, in upper or lower case; None if there is none."""
    return all_rules().get(code.strip().upper())


def _folder(layer: str) -> ModuleType:
    return import_module(f"{rules.__name__}.{layer}")


def _rule(layer: Layer, module_name: str) -> Rule:
    named = _NAME.fullmatch(module_name)
    if named is None:
        raise ValueError(f"rules/{layer}/{module_name}.py: the name must be wifNNNN_name.py")
    module = import_module(f"{rules.__name__}.{layer}.{module_name}")
    title, _, text = cleandoc(module.__doc__ or "").partition("\n")
    return Rule(
        code=f"WIF{named['digits']}",
        name=named["name"],
        layer=layer,
        title=title,
        text=text.strip(),
        severity=getattr(module, "SEVERITY", "broken"),
        look_at=module.LOOK_AT,
        ask=module.ASK,
        messages=getattr(module, "MESSAGES", ()),
        drifts=getattr(module, "DRIFTS", ()),
        about_operator=getattr(module, "ABOUT_OPERATOR", False),
        unseen=getattr(module, "UNSEEN", ""),
    )


def rule_of_refusal(kind: str, reason: str) -> Rule | None:
    """Return the rule about a resource that no plan can change, for a reason of our own; None if there is none."""
    for rule in all_rules().values():
        if reason and any(drift.kind == kind and drift.reason == reason for drift in rule.drifts):
            return rule
    return None


def rule_of_change(kind: str, fields: Sequence[FieldChange], action: str) -> Rule | None:
    """Return the most specific rule about a difference of a resource; None if there is none.

    `fields` are the values that differ; `action` is what the plan would do.
    """
    fitting = [
        (drift.weight, rule)
        for rule in all_rules().values()
        for drift in rule.drifts
        if drift.kind == kind and not drift.reason and drift.action in ("", action) and _is_about(drift, fields)
    ]
    return max(fitting, key=lambda pair: pair[0], default=(0, None))[1]


def _is_about(drift: Drift, fields: Sequence[FieldChange]) -> bool:
    if not drift.key:
        return True
    ours = [field for field in fields if field.key == drift.key or field.key.startswith(f"{drift.key}.")]
    return any(drift.how in ("", _how(field)) for field in ours)


def _how(field: FieldChange) -> str:
    if field.before is None:
        return "added"
    return "removed" if field.after is None else "changed"
