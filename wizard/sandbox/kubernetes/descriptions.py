"""What Kubernetes' types and fields mean, in the words of lightkube's models, which have them from Kubernetes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module

_MODULES = (
    *("core_v1", "apps_v1", "batch_v1", "rbac_v1", "policy_v1", "networking_v1", "node_v1", "scheduling_v1"),
    *("admissionregistration_v1", "authentication_v1", "authorization_v1", "autoscaling_v1", "meta_v1"),
)
_PARAMETERS = "**parameters**"
_PARAMETER = re.compile(r"^\s*\* \*\*(\w+)\*\* ``[^`]*``(?: - )?", re.MULTILINE)


def of_message(name: str) -> str | None:
    """What a message is; None for those that have no model."""
    text = _docstring(name)
    return _joined(text.partition(_PARAMETERS)[0]) if text else None


@cache
def of_fields(name: str) -> Mapping[str, str]:
    """What the fields of a message are, by their names."""
    parameters = _docstring(name).partition(_PARAMETERS)[2]
    _, *parts = _PARAMETER.split(parameters)
    names = (each.rstrip("_") for each in parts[::2])
    return dict(zip(names, map(_joined, parts[1::2]), strict=True))


def _docstring(name: str) -> str:
    # Importing them takes longer than anything else here, and only `kubectl explain` needs it.
    for each in _MODULES:
        model = getattr(import_module(f"lightkube.models.{each}"), name, None)
        if model is not None:
            return model.__doc__ or ""
    return ""


def _joined(text: str) -> str:
    """A text on one line; an empty line stays a new paragraph."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join(" ".join(each.split()) for each in paragraphs)
