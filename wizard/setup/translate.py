"""Turn pydantic's errors into problems that someone who edits a setup file can understand."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from wizard.language import N_, _, translated
from wizard.phrases import sentences
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
        return _("a required key is missing"), _how_to_add(path, model)
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
        return _('"{key}" is not a valid setup key').format(key=key), _("did you mean {similar}?").format(
            similar=similar
        )
    homes = [name for name, part in _parts(model) if key in part.model_fields]
    if homes:
        section = homes[0]
        return _('"{key}" belongs in another section').format(key=key), _("move this key to {section}").format(
            section=section
        )
    keys = ", ".join(known)
    return _('"{key}" is not a valid setup key').format(key=key), _(
        "remove this key, or use one of the keys of its section: {keys}"
    ).format(keys=keys)


def _not_a_choice(value: object, choices: list[str]) -> tuple[str, str]:
    what = _("the value is empty") if value is None else _('"{value}" is not a valid choice').format(value=value)
    close, listed = get_close_matches(str(value), choices, n=1), ", ".join(choices)
    if close:
        similar = close[0]
        return what, _("did you mean {similar}? The choices are: {listed}").format(similar=similar, listed=listed)
    return what, _("use one of these values: {listed}").format(listed=listed)


def _not_text(value: object, path: Path, model: type[BaseModel], document: Document) -> tuple[str, str]:
    """Return the problem of a value that must be text, but that YAML reads as a number, a boolean or null."""
    written = document.written.get(path)
    if written is None:
        return _("the value must be one string"), _("write the value on the same line as the key")
    if value is None:
        return _("the value is empty"), _("write a value, or remove the key")
    rule = texts.rule_of(_field(path, model))
    broken = rule(written) if rule else None
    if broken is None and written.isdigit():
        return (
            _("YAML reads the value as a number and drops leading zeros, because the value has no quotes"),
            _('write "{written}"').format(written=written),
        )
    if broken is None:
        return _("YAML does not read {written} as a string, because the value has no quotes").format(
            written=written
        ), _('write "{written}"').format(written=written)
    if '"' in broken.fix or "`" in broken.fix:
        return broken.what, broken.fix
    return broken.what, sentences((broken.fix, _("put the value in quotes")))


_KINDS = {
    "bool_type": (N_("the value is not true or false"), N_("write true or false")),
    "int_type": (N_("the value is not a whole number"), N_("write a whole number without quotes")),
    "tuple_type": (
        N_("the value must be a list"),
        N_("write [ITEM, ...], or write each item on a line that starts with a dash"),
    ),
    "dict_type": (
        N_("the value must be a mapping of keys to values"),
        N_("write lines of the form KEY: VALUE below the key"),
    ),
    "too_short": (
        N_("the list is empty"),
        N_("add at least one item, or remove the entry that contains the list"),
    ),
}


def _wrong_kind(kind: str, details: ErrorDetails, path: Path, model: type[BaseModel]) -> tuple[str, str]:
    if kind in ("model_type", "model_attributes_type", "dataclass_type"):
        keys = ", ".join(_required(_section(path, model)))
        return _("the value must be a mapping of keys to values"), _("write these keys: {keys}").format(keys=keys)
    if kind not in _KINDS:
        return details["msg"], _("see the format of setup files in the README")
    what, fix = _KINDS[kind]
    return translated(what), translated(fix)


def _required(model: type[BaseModel]) -> list[str]:
    return [name for name, field in model.model_fields.items() if field.is_required()]


def _how_to_add(path: Path, model: type[BaseModel]) -> str:
    field, key = _field(path, model), path[-1]
    section = next(_models(field.annotation), None) if field else None
    if field and section:
        keys = ", ".join(_required(section))
        if get_origin(field.annotation) is tuple:
            return _("add {key}, a list in which each item has these keys: {keys}").format(key=key, keys=keys)
        return _("add {key}, with these keys below it: {keys}").format(key=key, keys=keys)
    if field and field.examples:
        example = field.examples[0]
        if isinstance(example, str) and example.isdigit():
            return _('add {key}: "{example}"').format(key=key, example=example)
        return _("add {key}: {example}").format(key=key, example=example)
    choices = _choices(field)
    return (
        _("add {key}: {choices}").format(key=key, choices=choices[0])
        if choices
        else _("add {key} with a value").format(key=key)
    )


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
