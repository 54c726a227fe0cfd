"""A document of titled parts, as Markdown and as one HTML page without scripts and without links to other files."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>body{{font-family:sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}\
pre{{background:#f4f4f4;padding:1rem;overflow-x:auto}}li{{overflow-wrap:anywhere}}</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""


@dataclass(frozen=True)
class Part:
    """A part of a document: a title, and list items or lines of code. No line has a line break."""

    title: str
    lines: tuple[str, ...]
    is_code: bool = False


def markdown(title: str, parts: Iterable[Part]) -> str:
    """Return the document as Markdown."""
    text = [f"# {escaped(title)}", ""]
    for part in parts:
        text += [f"## {escaped(part.title)}", ""]
        if part.is_code:
            text += ["```yaml", *part.lines, "```", ""]
        else:
            text += [*(f"- {escaped(line)}" for line in part.lines), ""]
    return "\n".join(text)


def as_html(title: str, parts: Iterable[Part]) -> str:
    """Return the document as HTML."""
    return _PAGE.format(title=html.escape(title), body="\n".join(_html(part) for part in parts))


def escaped(text: str) -> str:
    """Return a text in which Markdown and HTML have no meaning."""
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", text)


def _html(part: Part) -> str:
    title = f"<h2>{html.escape(part.title)}</h2>"
    if part.is_code:
        return f"{title}\n<pre>{html.escape(chr(10).join(part.lines))}</pre>"
    items = "\n".join(f"<li>{html.escape(line)}</li>" for line in part.lines)
    return f"{title}\n<ul>\n{items}\n</ul>"
