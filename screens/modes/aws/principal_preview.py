"""The preview on the Trust page: how Google maps a sample of the workload, whether it accepts it, and the principal."""

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
from wizard.language import _, translated
from wizard.modes.aws.admission import CONDITION, Admission, Mistake

Mark = Literal["ok", "failed", "unsure", "wide", ""]
"""The mark of a value, shown as a glyph; "" is no mark."""

_GLYPHS: dict[Mark, str] = {"ok": "✓", "failed": "✗", "unsure": "?", "wide": "!", "": ""}

_MARKS: dict[bool | None, Mark] = {True: "ok", False: "failed", None: "unsure"}


_WIDENED = (
    "true: Google Cloud accepts this workload. The wizard widens the condition of the existing provider, and all "
    "identities that the condition already accepts keep access"
)
_KEPT = "true: Google Cloud accepts this workload. The condition of the existing provider does not change"


@dataclass(frozen=True)
class Line:
    """One line of the preview: a label, a value, its mark, and a remark."""

    label: str
    value: str
    mark: Mark = ""
    remark: str = ""
    whole: bool = False
    """Whether the value must always be shown in full."""
    session: bool = False
    """Whether only the session name in the value can be shortened."""


def lines_of(admission: Admission, note: str = "") -> tuple[Line, ...]:
    """Return the lines of the preview. `note` is an additional remark on the principal."""
    attributes = "\n".join(f"{name} = {value}" for name, value in sorted(admission.attributes.items()))
    remarks = [_principal(admission), note] if note else [_principal(admission)]
    return (
        Line(translated(admission.label), admission.arn, session=True),
        Line("subject", admission.subject or _("not known"), *_subject(admission)),
        Line(_("attributes"), attributes or (_("not known") if admission.subject is None else _("none"))),
        Line(_("condition"), admission.condition or _("none"), *_condition(admission)),
        Line(translated(admission.others_label), *_others(admission), _weaknesses(admission), whole=True),
        Line(_("principal"), admission.principal, _MARKS[admission.named], "\n".join(remarks), whole=True),
    )


def explain_mistake(mistake: Mistake, width: int = 60) -> str:
    """Return the problem and, if its place is known, the line of the expression with a caret under the place.

    The line is cut to `width` columns around the place.
    """
    if mistake.line is None or mistake.column is None:
        return mistake.problem
    problem = _("line {line}, column {column}: {problem}").format(
        line=mistake.line, column=mistake.column, problem=mistake.problem
    )
    lines = mistake.expression.split("\n")
    line = lines[mistake.line - 1] if mistake.line <= len(lines) else ""
    begin = max(0, mistake.column - 1 - width // 2) if len(line) > width else 0
    shown = line[begin : begin + width]
    indent = Content(line[begin : mistake.column - 1]).cell_length
    return f"{problem}\n{shown}\n{' ' * indent}^"


class PreviewLine(Horizontal):
    """Shows one line of the preview."""

    def compose(self) -> ComposeResult:
        """Yield the label, the value with its remark, and the glyph."""
        yield Static(classes="preview--label", markup=False)
        with Vertical(classes="preview--middle"):
            yield Elided(classes="preview--value")
            yield Static(classes="preview--remark", markup=False)
        yield Static(classes="preview--glyph", markup=False)

    def show(self, line: Line, *, whole: bool) -> None:
        """Show this line; if `whole`, with the full value."""
        texts = {"label": line.label, "remark": line.remark, "glyph": _GLYPHS[line.mark]}
        for place, text in texts.items():
            self.query_one(f".preview--{place}", Static).update(Content(text))
        value = without_session(line.value) if line.session and not whole else line.value
        self.query_one(Elided).put(value, whole=whole or line.whole or line.session)
        self.query_one(".preview--remark").display = bool(line.remark)
        for mark in filter(None, _GLYPHS):
            self.set_class(mark == line.mark, f"-{mark}")


class PrincipalPreview(Vertical, can_focus=True):
    """Shows an Admission, or a sentence if there is none yet."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy", "Copy principal", id="preview.copy", tooltip="Copy the principal")
    ]

    def __init__(self) -> None:
        super().__init__()
        self._admission: Admission | None = None
        self._note = ""
        self._whole = False

    def compose(self) -> ComposeResult:
        """Yield the title, the sentence, and the lines."""
        yield Static(_("Google Cloud will identify your workload as follows:"), classes="preview--title", markup=False)
        yield Static(classes="preview--sentence", markup=False)
        with Vertical(classes="preview--lines"):
            for _ignored in range(6):
                yield PreviewLine()
        yield Static(classes="preview--shortened", markup=False)

    def show_sentence(self, sentence: str) -> None:
        """Show a sentence in place of the lines, such as what is missing for the preview."""
        self._admission = None
        self._show_lines(False)
        self.query_one(".preview--sentence", Static).update(Content(sentence))

    def show(self, admission: Admission, note: str = "") -> None:
        """Show the admission. `note` is an additional remark on the principal."""
        self._admission, self._note = admission, note
        self._show_lines(True)
        for widget, line in zip(self.query(PreviewLine), lines_of(admission, note), strict=True):
            widget.show(line, whole=self._whole)
        shortened = self.query_one(".preview--shortened", Static)
        shortened.display = admission.shortened is not None
        if admission.shortened is not None:
            shortened.update(Content(_shortened(admission.shortened)))

    def show_whole(self, whole: bool) -> None:
        """Show all values in full, over as many lines as they need, or shorten long ones."""
        if whole == self._whole:
            return
        self._whole = whole
        if self._admission:
            self.show(self._admission, self._note)

    def action_copy(self) -> None:
        """Send the principal to the terminal's clipboard. Some terminals ignore this, so it stays in view."""
        if self._admission:
            self.app.copy_to_clipboard(self._admission.principal)
            self.notify(_("The wizard sent the principal to the terminal's clipboard."), markup=False)

    def _show_lines(self, show: bool) -> None:
        self.query_one(".preview--sentence").display = not show
        self.query_one(".preview--lines").display = show
        if not show:
            self.query_one(".preview--shortened").display = False


def _subject(admission: Admission) -> tuple[Mark, str]:
    mistakes = [mistake for mistake in admission.mistakes if mistake.key != CONDITION]
    if admission.subject is not None:
        return "ok", _("{size} of {subject_limit} bytes").format(size=admission.size, subject_limit=SUBJECT_LIMIT)
    if not mistakes:
        return "unsure", ""
    return "failed", f"{mistakes[0].key or _('the mapping')}: {_short(mistakes[0])}"


def _others(admission: Admission) -> tuple[str, Mark]:
    marks: dict[bool | None, tuple[str, Mark]] = {
        False: (_("refused"), "wide" if admission.weaknesses else "ok"),
        True: (_("Google Cloud also accepts this identity, but the workload does not need it"), "wide"),
        None: (_("not known"), "unsure"),
    }
    return marks[admission.others]


def _weaknesses(admission: Admission) -> str:
    """Return who else gets in. That other roles do is said already."""
    return "\n".join(admission.weaknesses[1:] if admission.others else admission.weaknesses)


def _condition(admission: Admission) -> tuple[Mark, str]:
    if mistake := admission.mistake(CONDITION):
        return "failed", _short(mistake)
    if admission.refusal:
        return "failed", admission.refusal
    if admission.admitted and admission.old_condition is not None:
        return "ok", _(_WIDENED) if admission.condition != admission.old_condition else _(_KEPT)
    remarks = {
        True: _("true: Google Cloud accepts this workload"),
        False: _("false: Google Cloud rejects this workload"),
        None: _("not known: correct the mapping first"),
    }
    return _MARKS[admission.admitted], remarks[admission.admitted]


def _principal(admission: Admission) -> str:
    remarks = {
        True: _("includes this workload"),
        False: _("no grant can refer to this workload"),
        None: _("not known: correct the mapping first"),
    }
    return remarks[admission.named]


def _short(mistake: Mistake) -> str:
    """Return the place and the start of the problem, without the list of tokens that the engine expects."""
    return explain_mistake(mistake).partition("\n")[0].partition(" expecting ")[0]


def _shortened(size: int) -> str:
    return _(
        "The ARN of the session can have up to {size} bytes. If a subject has more than {subject_limit} bytes, Google "
        "Cloud rejects the workload at runtime. Therefore the subject contains the account and the role, without the "
        "session. This subject is always short enough, but audit logs then show the role, not the task."
    ).format(size=size, subject_limit=SUBJECT_LIMIT)
