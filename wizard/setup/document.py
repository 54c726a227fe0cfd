"""Parse YAML into plain data, and remember the line of every part.

Scalars follow YAML 1.2: `on`, `yes` and `no` are text, a leading zero does not make a number octal, and dates stay
text. Anchors, tags and a second document are refused. Duplicate keys are reported as problems.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.composer import ComposerError
from yaml.reader import ReaderError

from wizard.language import _
from wizard.setup.problems import SetupError, SetupProblem

DEEPEST = 100
"""The most levels of nesting in a setup file."""

Path = tuple[str | int, ...]
"""Keys and list positions from the top of the file: ("access", "grants", 0, "on")."""

Scalar = str | int | float | bool | None

_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_CONSTANTS = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass
class Document:
    """Parsed YAML: the data, the line of each part, and the original spelling of each scalar."""

    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    written: dict[Path, str] = field(default_factory=dict)
    problems: list[SetupProblem] = field(default_factory=list)

    def line(self, path: Path) -> int | None:
        """Return the line (from 1) of the part at `path`, or of the closest part around it; None if there is none."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return None


def _check_depth(text: str) -> None:
    """Raise RecursionError for a text that is nested more deeply than any setup, before anything recurses into it."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise RecursionError


def read(text: str) -> Document:
    """Parse YAML text. Raises SetupError if it is not valid YAML; duplicate keys are among the document's problems."""
    document = Document()
    try:
        _check_depth(text)
        if node := yaml.compose(text, _Loader):
            document.data = _value(node, (), document)
    except yaml.MarkedYAMLError as error:
        raise SetupError([_syntax_problem(error)]) from error
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1
        what = _("the setup file contains a character that YAML does not allow")
        raise SetupError([SetupProblem("file", line, what, _("remove the character"))]) from error
    except RecursionError as error:
        what = _("the setup file is nested too deeply")
        raise SetupError([SetupProblem("file", None, what, _("use fewer levels of nesting"))]) from error
    return document


def scalar(text: str) -> Scalar:
    """Return the value of an unquoted YAML 1.2 scalar."""
    if text in ("True", "TRUE", "False", "FALSE", "Null", "NULL") or text in _CONSTANTS:
        return _CONSTANTS[text.lower()]
    if _INTEGER.fullmatch(text):
        # Python does not convert very long numbers. As text, they break the rule of their key.
        return int(text) if len(text) < 100 else text
    return float(text) if _FLOAT.fullmatch(text) else text


class _Loader(yaml.SafeLoader):
    """Composes nodes with their line marks. Nothing is constructed from them."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Raise ComposerError for anchors, aliases and tags: setups do not need them, and they can hide values."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise ComposerError(
                None, None, _("setup files cannot use YAML anchors and aliases (& and *)"), event.start_mark
            )
        if event.tag:
            raise ComposerError(None, None, _("setup files cannot use YAML tags (!)"), event.start_mark)
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
            document.problems.append(
                SetupProblem(where(path), line, _("a YAML key is not a string"), _("use a word as the YAML key"))
            )
            continue
        key = _text(key_node, path, document)
        part = (*path, key)
        if key in data:
            first = document.lines[part]
            what = _("the YAML key {key} appears twice (first on line {first})").format(key=key, first=first)
            document.problems.append(SetupProblem(where(part), line, what, _("remove one of the two entries")))
            continue
        document.lines[part] = line
        data[key] = _value(value_node, part, document)
    return data


def _text(node: yaml.Node, path: Path, document: Document) -> str:
    """Return a scalar's text. An escaped surrogate pair, as in JSON, becomes the character that it stands for."""
    text = str(node.value)
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        what = _("half of a surrogate pair is not a valid character")
        document.problems.append(
            SetupProblem(where(path), node.start_mark.line + 1, what, _("remove the escape sequence"))
        )
        return text.encode(errors="replace").decode()


def where(path: Path) -> str:
    """Return a path as people write it: access.grants[0].on, or "file" for the whole file."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "file"


def _syntax_problem(error: yaml.MarkedYAMLError) -> SetupProblem:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else None
    if "another document" in str(error.problem):
        return SetupProblem(
            "file", line, _("the setup file has more than one YAML document"), _("keep only one YAML document")
        )
    problem = error.problem or error.context
    what = _("the setup file is not valid YAML: {problem}").format(problem=problem)
    if "\\t" in what:
        return SetupProblem("file", line, what, _("indent with spaces, not with tabs"))
    if isinstance(error, ComposerError):
        return SetupProblem("file", line, what, _("write each value in full, without anchors, aliases or tags"))
    return SetupProblem("file", line, what, _("correct this YAML line, or the line above"))
