"""Turn pydantic's errors into problems that someone who edits a setup file can understand."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from wizard.setup import texts
from wizard.setup.document import Document, Path, where
from wizard.setup.problems import SetupProblem


def problems_of(error: ValidationError, model: type[BaseModel], document: Document) -> list[SetupProblem]:
    """Return one problem for each error that pydantic reports."""
    reported = error.errors(include_url=False)
    return [_problem(details, model, document) for details in reported if not _only_seems_empty(details)]


def _only_seems_empty(details: ErrorDetails) -> bool:
    """Return whether a list only seems too short: its only entry is wrong, and has an error of its own."""
    return details["type"] == "too_short" and bool(details["input"])


def _problem(details: ErrorDetails, model: type[BaseModel], document: Document) -> SetupProblem:
    path: Path = details["loc"]
    what, fix = _what_and_fix(details, path, model, document)
    return SetupProblem(where(path), document.line(path), what, fix)


def _what_and_fix(details: ErrorDetails, path: Path, model: type[BaseModel], document: Document) -> tuple[str, str]:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "rule":
        return str(context["what"]), str(context["fix"])
    if kind == "extra_forbidden":
        return _unknown_key(path, model)
    if kind == "missing":
        return "a required key is missing", _how_to_add(path, model)
    if kind == "literal_error":
        return _not_a_choice(details["input"], _choices(_field(path, model)))
    if kind == "choice":
        return _not_a_choice(details["input"], context["choices"])
    if kind == "string_type":
        return _not_text(details["input"], path, model, document)
    return _wrong_kind(kind, details, path, model)


def _unknown_key(path: Path, model: type[BaseModel]) -> tuple[str, str]:
    key, known = path[-1], list(_section(path[:-1], model).model_fields)
    close = get_close_matches(str(key), known, n=1)
    if close:
        similar = close[0]
        return f'"{key}" is not a valid setup key', f"did you mean {similar}?"
    homes = [name for name, part in _parts(model) if key in part.model_fields]
    if homes:
        section = homes[0]
        return f'"{key}" belongs in another section', f"move this key to {section}"
    keys = ", ".join(known)
    return f'"{key}" is not a valid setup key', f"remove this key, or use one of the keys of its section: {keys}"


def _not_a_choice(value: object, choices: list[str]) -> tuple[str, str]:
    what = "the value is empty" if value is None else f'"{value}" is not a valid choice'
    close, listed = get_close_matches(str(value), choices, n=1), ", ".join(choices)
    if close:
        similar = close[0]
        return what, f"did you mean {similar}? The choices are: {listed}"
    return what, f"use one of these values: {listed}"


def _not_text(value: object, path: Path, model: type[BaseModel], document: Document) -> tuple[str, str]:
    """Return the problem of a value that must be text, but that YAML reads as a number, a boolean or null."""
    written = document.written.get(path)
    if written is None:
        return "the value must be one string", "write the value on the same line as the key"
    if value is None:
        return "the value is empty", "write a value, or remove the key"
    rule = texts.rule_of(_field(path, model))
    broken = rule(written) if rule else None
    if broken is None and written.isdigit():
        return (
            "YAML reads the value as a number and drops leading zeros, because the value has no quotes",
            f'write "{written}"',
        )
    if broken is None:
        return f"YAML does not read {written} as a string, because the value has no quotes", f'write "{written}"'
    if '"' in broken.fix or "`" in broken.fix:
        return broken.what, broken.fix
    return broken.what, f"{broken.fix}; put the value in quotes"


_KINDS = {
    "bool_type": ("the value is not true or false", "write true or false"),
    "int_type": ("the value is not a whole number", "write a whole number without quotes"),
    "tuple_type": (
        "the value must be a list",
        "write [ITEM, ...], or start a line with a dash for each item",
    ),
    "dict_type": ("the value must be a mapping of keys to values", "write lines of the form KEY: VALUE below the key"),
    "too_short": ("the list is empty", "add at least one item, or remove the entry that contains the list"),
}


def _wrong_kind(kind: str, details: ErrorDetails, path: Path, model: type[BaseModel]) -> tuple[str, str]:
    if kind in ("model_type", "model_attributes_type", "dataclass_type"):
        keys = ", ".join(_required(_section(path, model)))
        return "the value must be a mapping of keys to values", f"write these keys: {keys}"
    return _KINDS.get(kind, (details["msg"], "see the format of setup files in the README"))


def _required(model: type[BaseModel]) -> list[str]:
    return [name for name, field in model.model_fields.items() if field.is_required()]


def _how_to_add(path: Path, model: type[BaseModel]) -> str:
    field, key = _field(path, model), path[-1]
    section = next(_models(field.annotation), None) if field else None
    if field and section:
        keys = ", ".join(_required(section))
        if get_origin(field.annotation) is tuple:
            return f"add {key}: a list, in which each item has these keys: {keys}"
        return f"add {key}: with these keys below it: {keys}"
    if field and field.examples:
        example = field.examples[0]
        if isinstance(example, str) and example.isdigit():
            return f'add {key}: "{example}"'
        return f"add {key}: {example}"
    choices = _choices(field)
    return f"add {key}: {choices[0]}" if choices else f"add {key} with a value"


def _field(path: Path, model: type[BaseModel]) -> FieldInfo | None:
    names = [part for part in path if isinstance(part, str)]
    return _section(path[:-1], model).model_fields.get(names[-1]) if names else None


def _section(path: Path, model: type[BaseModel]) -> type[BaseModel]:
    """Return the model of the part at a path; of the closest part around it if there is none at the path."""
    for name in (part for part in path if isinstance(part, str)):
        field = model.model_fields.get(name)
        model = next(_models(field.annotation), model) if field else model
    return model


def _parts(model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield the key and the model of each section of the file."""
    for name, field in model.model_fields.items():
        yield from ((name, part) for part in _models(field.annotation))


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def _choices(field: FieldInfo | None) -> list[str]:
    return [str(choice) for choice in get_args(field.annotation)] if field else []
