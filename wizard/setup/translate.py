"""What pydantic reports, in the words of someone who edits a setup file."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from wizard.setup import texts
from wizard.setup.document import Document, Path, where
from wizard.setup.problems import SetupProblem


def problems_of(error: ValidationError, model: type[BaseModel], document: Document) -> list[SetupProblem]:
    """One problem for each thing that pydantic reports."""
    reported = error.errors(include_url=False)
    return [_problem(details, model, document) for details in reported if not _only_seems_empty(details)]


def _only_seems_empty(details: ErrorDetails) -> bool:
    """A list is also reported as too short when something is wrong with its only entry, which is reported itself."""
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
        return "it is missing", f"add {_sample(path, model)}"
    if kind == "literal_error":
        return _not_a_choice(details["input"], _choices(_field(path, model)))
    if kind == "choice":
        return _not_a_choice(details["input"], context["choices"])
    if kind == "string_type":
        return _not_text(details["input"], path, model, document)
    return _wrong_kind(kind, details, path, model)


def _unknown_key(path: Path, model: type[BaseModel]) -> tuple[str, str]:
    known = list(_section(path[:-1], model).model_fields)
    close = get_close_matches(str(path[-1]), known, n=1)
    if close:
        return "there is no such key", f"did you mean {close[0]}?"
    homes = [name for name, part in _parts(model) if path[-1] in part.model_fields]
    if homes:
        return "there is no such key here", f"write it under {homes[0]}"
    return "there is no such key", f"remove it; known keys here: {', '.join(known)}"


def _not_a_choice(value: object, choices: list[str]) -> tuple[str, str]:
    close = get_close_matches(str(value), choices, n=1)
    fix = f"did you mean {close[0]}? The choices are {', '.join(choices)}" if close else f"write {_or(choices)}"
    return f'"{value}" is none of the choices' if value is not None else "it is empty", fix


def _not_text(value: object, path: Path, model: type[BaseModel], document: Document) -> tuple[str, str]:
    """A number, a boolean or nothing where a text belongs: YAML reads them so unless they are quoted."""
    written = document.written.get(path)
    if written is None:
        return "a single text belongs here", "write it on the key's own line"
    if value is None:
        return "it is empty", "write a value, or remove the key"
    rule = texts.rule_of(_field(path, model))
    broken = rule(written) if rule else None
    if broken is None and written.isdigit():
        return "without quotes this is a number, which loses leading zeros", f'write "{written}"'
    if broken is None:
        return f"without quotes, {written} is not a text", f'write "{written}"'
    quoted = '"' in broken.fix or "`" in broken.fix
    return broken.what, broken.fix if quoted else f"{broken.fix}, in quotes"


_KINDS = {
    "bool_type": ("this is neither true nor false", "write true or false"),
    "int_type": ("this is no whole number", "write a number without quotes"),
    "tuple_type": ("a list belongs here", "write [ITEM, ...], or lines that start with a dash"),
    "dict_type": ("keys and values belong here", "write KEY: VALUE lines below it"),
    "too_short": ("the list is empty", "name at least one, or remove the entry around it"),
}


def _wrong_kind(kind: str, details: ErrorDetails, path: Path, model: type[BaseModel]) -> tuple[str, str]:
    if kind in ("model_type", "model_attributes_type", "dataclass_type"):
        return "keys belong here", f"write below it: {', '.join(_required(_section(path, model)))}"
    return _KINDS.get(kind, (details["msg"], "see `wif-wizard` README for the form of the file"))


def _required(model: type[BaseModel]) -> list[str]:
    return [name for name, field in model.model_fields.items() if field.is_required()]


def _sample(path: Path, model: type[BaseModel]) -> str:
    field = _field(path, model)
    if field and field.examples:
        example = field.examples[0]
        return (
            f'{path[-1]}: "{example}"'
            if str(example).isdigit() and isinstance(example, str)
            else f"{path[-1]}: {example}"
        )
    if choices := _choices(field):
        return f"{path[-1]}: {choices[0]}"
    return f"{path[-1]}: with {', '.join(_required(_section(path, model)))} below it"


def _field(path: Path, model: type[BaseModel]) -> FieldInfo | None:
    names = [part for part in path if isinstance(part, str)]
    return _section(path[:-1], model).model_fields.get(names[-1]) if names else None


def _section(path: Path, model: type[BaseModel]) -> type[BaseModel]:
    """The model of the part of the file at a path; the nearest one around it where the path leads nowhere."""
    for name in (part for part in path if isinstance(part, str)):
        field = model.model_fields.get(name)
        model = next(_models(field.annotation), model) if field else model
    return model


def _parts(model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    """The sections of the file, by their keys."""
    for name, field in model.model_fields.items():
        yield from ((name, part) for part in _models(field.annotation))


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def _choices(field: FieldInfo | None) -> list[str]:
    return [str(choice) for choice in get_args(field.annotation)] if field else []


def _or(choices: list[str]) -> str:
    return ", ".join(choices[:-1]) + f" or {choices[-1]}" if len(choices) > 1 else choices[0]
