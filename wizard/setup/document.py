"""A YAML text as plain data, with the line of everything in it.

Scalars are read as YAML 1.2 does: `on`, `yes` and `no` are texts, a leading zero makes nothing octal, and dates
stay texts. Anchors, tags and further documents are refused, duplicate keys reported.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.composer import ComposerError
from yaml.reader import ReaderError

from wizard.setup.problems import SetupError, SetupProblem

Path = tuple[str | int, ...]
"""Keys and positions from the top: ("access", "grants", 0, "on")."""

Scalar = str | int | float | bool | None

_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_CONSTANTS = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass
class Document:
    """The data, and where each part of it stands and how each scalar was written."""

    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    written: dict[Path, str] = field(default_factory=dict)
    problems: list[SetupProblem] = field(default_factory=list)

    def line(self, path: Path) -> int | None:
        """The line, from 1, of this part, or of the nearest around it that there is."""
        around = (path[:end] for end in range(len(path), -1, -1))
        return next((self.lines[part] for part in around if part in self.lines), None)


def read(text: str) -> Document:
    """Take a YAML text apart; SetupError when it is not YAML. Duplicate keys are among the document's problems."""
    document = Document()
    try:
        if node := yaml.compose(text, _Loader):
            document.data = _value(node, (), document)
    except yaml.MarkedYAMLError as error:
        raise SetupError([_syntax_problem(error)]) from error
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise SetupError([SetupProblem("file", line, "a character that YAML forbids", "remove it")]) from error
    except RecursionError as error:
        raise SetupError([SetupProblem("file", None, "it is nested too deeply", "write it flatter")]) from error
    return document


def scalar(text: str) -> Scalar:
    """What an unquoted YAML 1.2 scalar means."""
    if text in ("True", "TRUE", "False", "FALSE", "Null", "NULL") or text in _CONSTANTS:
        return _CONSTANTS[text.lower()]
    if _INTEGER.fullmatch(text):
        # Python refuses to convert very long numbers; as a text they are refused in their place.
        return int(text) if len(text) < 100 else text
    return float(text) if _FLOAT.fullmatch(text) else text


class _Loader(yaml.SafeLoader):
    """Only the composer is used: nodes with their marks."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse what a setup never needs and what can hide what it says."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise ComposerError(None, None, "anchors and aliases (& and *) are not read", event.start_mark)
        if event.tag:
            raise ComposerError(None, None, "tags (!) are not read", event.start_mark)
        return super().compose_node(parent, index)


def _value(node: yaml.Node, path: Path, document: Document) -> Any:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, document)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, position), document) for position, item in enumerate(node.value)]
    text = _text(node, path, document)
    document.written[path] = text
    return scalar(text) if isinstance(node, yaml.ScalarNode) and node.style is None else text


def _mapping(node: yaml.MappingNode, path: Path, document: Document) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            document.problems.append(SetupProblem(where(path), line, "a key that is no text", "write a word"))
            continue
        key = _text(key_node, path, document)
        part = (*path, key)
        if key in data:
            first = document.lines[part]
            what = f"the key is there twice (first on line {first})"
            document.problems.append(SetupProblem(where(part), line, what, "remove one of them"))
            continue
        document.lines[part] = line
        data[key] = _value(value_node, part, document)
    return data


def _text(node: yaml.Node, path: Path, document: Document) -> str:
    """A scalar's text; escaped surrogate pairs, as JSON writes them, become the character that they mean."""
    text = str(node.value)
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        what = "half of a surrogate pair is no character"
        document.problems.append(SetupProblem(where(path), node.start_mark.line + 1, what, "remove the escape"))
        return text.encode(errors="replace").decode()


def where(path: Path) -> str:
    """A path as people write it: access.grants[0].on."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "file"


def _syntax_problem(error: yaml.MarkedYAMLError) -> SetupProblem:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else None
    what = f"this is not YAML that can be read: {error.problem or error.context}"
    if "\\t" in what:
        return SetupProblem("file", line, what, "indent with spaces, not with tabs")
    if "another document" in what or isinstance(error, ComposerError):
        return SetupProblem("file", line, what, "write everything out, in one document")
    return SetupProblem("file", line, what, "correct the line, or the one before it")
