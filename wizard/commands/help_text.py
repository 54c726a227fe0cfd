"""The help of the commands, and what argparse says about arguments, in the language that is spoken.

The catalogue of translations has the texts of the options from the parser itself (tests/translations/sources.py).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from wizard import columns, recognised
from wizard.language import N_, _, current, translated

_SECTIONS = {"positional arguments": N_("arguments"), "options": N_("options")}
"""The headings of argparse, and ours for other languages than English."""

_PROBLEMS = (
    N_("the following arguments are required: {names}"),
    N_("unrecognized arguments: {arguments}"),
    N_("argument {name}: invalid choice: {value} (choose from {choices})"),
    N_("argument {name}: not allowed with argument {other}"),
    N_("argument {name}: invalid {type} value: {value}"),
    N_("argument {name}: expected one argument"),
    N_("argument {name}: expected at least one argument"),
    N_("argument {name}: ignored explicit argument {value}"),
)
"""What argparse says about arguments that are not valid."""


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Formats the help of a command, which is in English, in the language that is spoken."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, usage_prefix() if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        if heading in _SECTIONS and current() != "en":
            heading = translated(_SECTIONS[heading])
        super().start_section(heading)

    def add_text(self, text: str | None) -> None:
        super().add_text(translated(text) if text and text != argparse.SUPPRESS else text)

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return translated(action.help) if action.help else action.help

    def _split_lines(self, text: str, width: int) -> list[str]:
        return super()._split_lines(text, width) if current() == "en" else columns.wrapped(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        filled = super()._fill_text(text, width, indent)
        if current() == "en":
            return filled
        return "\n".join(part for line in filled.splitlines() for part in _lines(line, width))


def usage_prefix() -> str:
    """Return what begins the usage of a command."""
    return _("usage: ")


def problem(message: str) -> str:
    """Return what argparse says about arguments, in the language that is spoken."""
    found = recognised.find(message, _PROBLEMS)
    if found is None:
        return message
    template, fields = found
    return translated(template).format(**fields)


def _lines(line: str, width: int) -> list[str]:
    """Break a line of prose. An example, which is indented, stays one line."""
    return columns.wrapped(line, width) if line and not line.startswith(" ") else [line]
