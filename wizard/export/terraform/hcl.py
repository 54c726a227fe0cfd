"""The part of Terraform's language that the export needs, laid out as `terraform fmt` lays it out.

Sources: Terraform language, "Strings and Templates" and "Style Guide".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)
_NAMED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SPECIAL = re.compile('[\\\\"\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ufeff]|[$%]\\{')
_UNPRINTABLE = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ufeff]")
_STEP = "  "
_FIRST = "for_each"
_META = (_FIRST, "depends_on")
"""Arguments that Terraform itself understands. They stand apart, the others between them."""


@dataclass(frozen=True)
class Raw:
    """An expression that is written as it is, such as `var.project`."""

    text: str


@dataclass(frozen=True)
class Template:
    """A text with expressions in it, in their order."""

    parts: tuple[str | Raw, ...]


Value: TypeAlias = str | bool | int | Raw | Template | Sequence["Value"] | Mapping[str, "Value"]
"""The value of an argument. A `str` is a literal: nothing in it is interpolated."""


@dataclass(frozen=True)
class Block:
    """A block with its labels, its arguments in their order, and the blocks in it."""

    type: str
    labels: tuple[str, ...] = ()
    arguments: Mapping[str, Value] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()

    def text(self) -> str:
        """Return the block, ending with a newline."""
        return "".join(f"{line}\n" for line in _block(self))


def quoted(text: str) -> str:
    """Return a string literal that has this value: quotes, control characters and templates are escaped."""
    return f'"{_escaped(text)}"'


def template(parts: Iterable[Value]) -> str | Raw | Template:
    """Return the text that consists of these parts: texts, expressions, and texts with expressions."""
    flat: list[str | Raw] = []
    for part in parts:
        if isinstance(part, Template):
            flat += part.parts
        elif isinstance(part, str | Raw):
            flat.append(part)
        else:
            raise TypeError(f"not a text: {part!r}")
    listed = [part for part in flat if part != ""]
    if not any(isinstance(part, Raw) for part in listed):
        return "".join(str(part) for part in listed)
    if len(listed) == 1 and isinstance(listed[0], Raw):
        return listed[0]
    return Template(tuple(listed))


def index(address: str, key: str) -> str:
    """Return the address of one instance of a block with `for_each`."""
    return f"{address}[{quoted(key)}]"


def call(function: str, argument: Value) -> Raw:
    """Return the call of a function with one argument, which can have several lines."""
    lines = _value(argument)
    return Raw("\n".join([f"{function}({lines[0]}", *lines[1:]]) + ")")


def comment(text: str) -> str:
    """Return a comment, one line for each line of `text`. Control characters become visible."""
    lines = text.split("\n")
    shown = (_UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", line) for line in lines)
    return "".join(f"# {line}".rstrip() + "\n" for line in shown)


def name_of(text: str) -> str:
    """Return a name for a block: lower case letters, digits and underscores, and a letter first."""
    plain = re.sub("[^a-z0-9]+", "_", text.lower()).strip("_")
    return plain if plain[:1].isalpha() else f"x_{plain}".rstrip("_")


def _inside(value: Template) -> Iterator[str]:
    """Yield the parts between the quotes. Dollars before an expression would escape it, so they become one."""
    for part, following in zip(value.parts, [*value.parts[1:], ""], strict=True):
        if isinstance(part, Raw):
            yield f"${{{part.text}}}"
        elif part.endswith("$") and isinstance(following, Raw):
            text = part.rstrip("$")
            yield f"{_escaped(text)}${{{quoted(part[len(text) :])}}}"
        else:
            yield _escaped(part)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    special = found[0]
    if special in ("${", "%{"):
        return special[0] + special
    return _NAMED.get(special) or f"\\u{ord(special):04x}"


def _block(block: Block) -> list[str]:
    head = " ".join([block.type, *(quoted(label) for label in block.labels)])
    inside = _body(block)
    if not inside:
        return [f"{head} {{}}"]
    return [f"{head} {{", *_indented(inside), "}"]


def _body(block: Block) -> list[str]:
    """Return the arguments, then the blocks. An empty line separates whatever has several lines."""
    meta = {key: value for key, value in block.arguments.items() if key in _META}
    arguments = {key: value for key, value in block.arguments.items() if key not in _META}
    inner = [_block(each) for each in block.blocks]
    first = [_argument(key, value) for key, value in meta.items() if key == _FIRST]
    last = [_argument(key, value) for key, value in meta.items() if key != _FIRST]
    lines: list[str] = []
    for paragraph in [*first, *_paragraphs(arguments), *inner, *last]:
        lines += ["", *paragraph] if lines else paragraph
    return lines


def _paragraphs(arguments: Mapping[str, Value]) -> Iterator[list[str]]:
    """Yield the arguments: those of one line together, with their equals signs aligned, and each other one alone."""
    aligned: list[tuple[str, str]] = []
    for key, value in arguments.items():
        lines = _value(value)
        if len(lines) == 1:
            aligned.append((key, lines[0]))
            continue
        if aligned:
            yield _aligned(aligned)
            aligned = []
        yield _argument(key, value)
    if aligned:
        yield _aligned(aligned)


def _argument(key: str, value: Value) -> list[str]:
    lines = _value(value)
    return [f"{key} = {lines[0]}", *lines[1:]]


def _aligned(pairs: Sequence[tuple[str, str]]) -> list[str]:
    width = max(len(key) for key, _ in pairs)
    return [f"{key:{width}} = {value}" for key, value in pairs]


def _value(value: Value) -> list[str]:
    """Return an expression as lines."""
    if isinstance(value, Raw):
        return value.text.split("\n")
    if isinstance(value, Template):
        return [f'"{"".join(_inside(value))}"']
    if isinstance(value, str):
        return [quoted(value)]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, int):
        return [str(value)]
    if isinstance(value, Mapping):
        return _object(value)
    return _list(value)


def _object(value: Mapping[str, Value]) -> list[str]:
    if not value:
        return ["{}"]
    keyed = {_key(key): inner for key, inner in value.items()}
    return ["{", *_indented(line for paragraph in _paragraphs(keyed) for line in paragraph), "}"]


def _key(key: str) -> str:
    return key if _IDENTIFIER.fullmatch(key) else quoted(key)


def _list(value: Sequence[Value]) -> list[str]:
    """Return a list, on one line if it has at most one item, and that item one line."""
    items = [_value(item) for item in value]
    if len(items) <= 1 and all(len(lines) == 1 for lines in items):
        return [f"[{''.join(line for lines in items for line in lines)}]"]
    inside = [line for lines in items for line in [*lines[:-1], f"{lines[-1]},"]]
    return ["[", *_indented(inside), "]"]


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"{_STEP}{line}" if line else "" for line in lines)
