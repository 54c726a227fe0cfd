"""The JSON Schema of setup files."""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise
from textwrap import dedent
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from wizard.setup.load import Forms
from wizard.setup.sections import Section


def json_schema(forms: Forms) -> dict[str, Any]:
    """Return the JSON Schema of setup files, for every mode."""
    models = [form.model() for form in forms.values()]
    references, definitions = models_json_schema([(model, "validation") for model in models])
    for section in _kinds_of(Section):
        _describe(definitions["$defs"].get(section.__name__), section)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "wif-wizard setup",
        "oneOf": [references[model, "validation"] for model in models],  # `mode` decides which
        "$defs": definitions["$defs"],
    }


def _kinds_of(model: type[BaseModel]) -> list[type[BaseModel]]:
    """Return a model, and the models derived from it."""
    return [model, *(kind for derived in model.__subclasses__() for kind in _kinds_of(derived))]


def _describe(definition: dict[str, Any] | None, model: type[BaseModel]) -> None:
    """Describe the fields of a model by the docstrings below them, also those of the models it derives from.

    Pydantic can do so when a class is made: it then reads the source of every class whenever the program starts.
    """
    if definition is None:
        return
    for base in reversed(model.__mro__):
        if issubclass(base, Section):
            for name, docstring in _field_docstrings(base).items():
                definition["properties"][name]["description"] = docstring


def _field_docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Return the docstring below each field of a class."""
    (source,) = ast.parse(dedent(inspect.getsource(model))).body
    assert isinstance(source, ast.ClassDef)
    found = {}
    for field, below in pairwise(source.body):
        if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            found[ast.unparse(field.target)] = inspect.cleandoc(str(below.value.value))
    return found
