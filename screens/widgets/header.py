"""The first line of the screen: mode, project, account, and the sandbox if there is one."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.visual import VisualType
from textual.widget import Widget


class Header(Widget, can_focus=False):
    """Shows what the setup is for. Empty attributes are left out."""

    mode: reactive[str] = reactive("AWS -> Google Cloud")
    project: reactive[str] = reactive("")
    account: reactive[str] = reactive("")
    sandbox: reactive[str] = reactive("")

    def render(self) -> VisualType:
        """Return the line: the setup on the left, the sandbox on the right. Parts that do not fit are left out."""
        right = Content.styled(" SANDBOX ", "bold $background on $warning") if self.sandbox else Content("")
        room = self.size.width - right.cell_length - (1 if self.sandbox else 0)
        parts = [Content.styled(" wif-wizard", "bold")]
        if self.mode:
            parts.append(Content.styled(self.mode, "$text-muted"))
        parts += [Content.styled(text, "$accent") for text in (self.project, self.account) if text]
        while len(parts) > 1 and _length(parts) > room:
            del parts[1]
        left = Content("   ").join(parts)
        name = Content.styled(f"   {self.sandbox}", "$text-muted")
        if self.sandbox and left.cell_length + name.cell_length + 3 <= room:
            right = right + name
        gap = max(1, self.size.width - left.cell_length - right.cell_length - 1)
        return Content.assemble(left, " " * gap, right)


def _length(parts: list[Content]) -> int:
    return sum(part.cell_length for part in parts) + 3 * (len(parts) - 1)
