"""The preview of Trust: the workload's sample, what it is mapped to, the verdicts, and the principal to be bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from screens.widgets.elided import Elided, without_session
from wizard.federation.aws import SUBJECT_LIMIT
from wizard.modes.aws.admission import CONDITION, Admission, Mistake

Verdict = Literal["ok", "failed", "unsure", "wide", ""]
"""What is to be said of a value; "" is: nothing."""

GLYPHS: dict[Verdict, str] = {"ok": "✓", "failed": "✗", "unsure": "?", "wide": "!", "": ""}

_OF: dict[bool | None, Verdict] = {True: "ok", False: "failed", None: "unsure"}


@dataclass(frozen=True)
class Line:
    """One line of the preview: what it tells of, the value, its verdict if it has one, and a remark in plain words."""

    label: str
    value: str
    verdict: Verdict = ""
    remark: str = ""
    whole: bool = False
    """Is the value of use only when nothing is left out of it?"""
    session: bool = False
    """Is the session all that may be left out?"""


def lines_of(found: Admission, note: str = "") -> tuple[Line, ...]:
    """The preview as texts; `note` is on the principal."""
    attributes = "\n".join(f"{name} = {value}" for name, value in sorted(found.attributes.items()))
    return (
        Line("arrives as", found.arn, session=True),
        Line("subject", found.subject or "not known", *_subject(found)),
        Line("attributes", attributes or ("not known" if found.subject is None else "none")),
        Line("condition", found.condition, *_condition(found)),
        Line("other roles", *_others(found), whole=True),
        Line("bound", found.principal, _OF[found.named], "\n".join(filter(None, [_binding(found), note])), whole=True),
    )


def pointed(mistake: Mistake, width: int = 60) -> str:
    """A mistake in words, and, where its place is known, the line of the expression with a caret under the place."""
    if mistake.line is None or mistake.column is None:
        return mistake.problem
    said = f"line {mistake.line}, column {mistake.column}: {mistake.problem}"
    lines = mistake.expression.split("\n")
    line = lines[mistake.line - 1] if mistake.line <= len(lines) else ""
    begin = max(0, mistake.column - 1 - width // 2) if len(line) > width else 0
    shown = line[begin : begin + width]
    indent = Content(line[begin : mistake.column - 1]).cell_length
    return f"{said}\n{shown}\n{' ' * indent}^"


class PreviewLine(Horizontal):
    """A line of the preview on the screen."""

    def compose(self) -> ComposeResult:
        """Label, value with its remark, and glyph."""
        yield Static(classes="preview--label", markup=False)
        with Vertical(classes="preview--middle"):
            yield Elided(classes="preview--value")
            yield Static(classes="preview--remark", markup=False)
        yield Static(classes="preview--glyph", markup=False)

    def show(self, line: Line, *, whole: bool) -> None:
        """Put texts into their places; `whole` leaves nothing out of the value."""
        texts = {"label": line.label, "remark": line.remark, "glyph": GLYPHS[line.verdict]}
        for place, text in texts.items():
            self.query_one(f".preview--{place}", Static).update(Content(text))
        value = without_session(line.value) if line.session and not whole else line.value
        self.query_one(Elided).put(value, whole=whole or line.whole or line.session)
        self.query_one(".preview--remark").display = bool(line.remark)
        for verdict in filter(None, GLYPHS):
            self.set_class(verdict == line.verdict, f"-{verdict}")


class PrincipalPreview(Vertical, can_focus=True):
    """Shows an Admission, or a sentence where there is none yet."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy", "Copy the principal", id="preview.copy", tooltip="Copy the principal that is bound")
    ]

    def __init__(self) -> None:
        super().__init__()
        self._found: Admission | None = None
        self._note = ""
        self._whole = False

    def compose(self) -> ComposeResult:
        """A place for the sentence, and one line for each thing to tell."""
        yield Static("Your workload will arrive at Google like this:", classes="preview--title", markup=False)
        yield Static(classes="preview--sentence", markup=False)
        with Vertical(classes="preview--lines"):
            for _ in range(6):
                yield PreviewLine()
        yield Static(classes="preview--foreseen", markup=False)

    def say(self, sentence: str) -> None:
        """Show a sentence in place of the preview: what is missing for it, or that it is being computed."""
        self._found = None
        self._turn(to_lines=False)
        self.query_one(".preview--sentence", Static).update(Content(sentence))

    def show(self, found: Admission, note: str = "") -> None:
        """Show what became of the sample; `note` is on the principal."""
        self._found, self._note = found, note
        self._turn(to_lines=True)
        for widget, line in zip(self.query(PreviewLine), lines_of(found, note), strict=True):
            widget.show(line, whole=self._whole)
        foreseen = self.query_one(".preview--foreseen", Static)
        foreseen.display = found.shortened is not None
        if found.shortened is not None:
            foreseen.update(Content(_foreseen(found.shortened)))

    def leave_nothing_out(self, whole: bool) -> None:
        """Show every value whole, over as many lines as it takes; or, again, the short form of some."""
        if whole == self._whole:
            return
        self._whole = whole
        if self._found:
            self.show(self._found, self._note)

    def action_copy(self) -> None:
        """Copy the principal, by the terminal's own means: some terminals do not take it, and it stays in view."""
        if self._found:
            self.app.copy_to_clipboard(self._found.principal)
            self.notify("The principal was sent to the terminal's clipboard.", markup=False)

    def _turn(self, *, to_lines: bool) -> None:
        self.query_one(".preview--sentence").display = not to_lines
        self.query_one(".preview--lines").display = to_lines
        if not to_lines:
            self.query_one(".preview--foreseen").display = False


def _subject(found: Admission) -> tuple[Verdict, str]:
    mistake = next((each for each in found.mistakes if each.key != CONDITION), None)
    if found.subject is not None:
        return "ok", f"{found.size} of {SUBJECT_LIMIT} bytes"
    if mistake is None:
        return "unsure", ""
    return "failed", f"{mistake.key or 'the mapping'}: {_short(mistake)}"


def _others(found: Admission) -> tuple[str, Verdict]:
    verdicts: dict[bool | None, tuple[str, Verdict]] = {
        False: ("are turned away", "ok"),
        True: ("of the account may enter too: wider than this workload needs", "wide"),
        None: ("not known", "unsure"),
    }
    return verdicts[found.others]


def _condition(found: Admission) -> tuple[Verdict, str]:
    if mistake := found.mistake(CONDITION):
        return "failed", _short(mistake)
    words = {
        True: "true: this workload may enter",
        False: "false: this workload is turned away",
        None: "not known before the mapping is right",
    }
    return _OF[found.admitted], words[found.admitted]


def _binding(found: Admission) -> str:
    if found.named is None:
        return "not known before the mapping is right"
    if found.named:
        return "this workload is one of them"
    if "aws_role" not in found.attributes:
        return "attribute.aws_role is not mapped, and grants are made to it: this workload would get none"
    return f"attribute.aws_role is {found.attributes['aws_role']}: this workload would get none of the grants"


def _short(mistake: Mistake) -> str:
    """The place and the beginning: the engine lists every token that could follow."""
    return pointed(mistake).partition("\n")[0].partition(" expecting ")[0]


def _foreseen(size: int) -> str:
    return (
        f"The session's ARN could have {size} bytes, and Google refuses a subject of more than {SUBJECT_LIMIT}, only "
        "when the workload runs. So the subject is made from the account and the role, without the session: it always "
        "fits, and the log tells the role, not the single task."
    )
