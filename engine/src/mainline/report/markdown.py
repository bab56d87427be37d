"""Builds the comment: Markdown with escaped data, cut to GitHub's size limit."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from mainline.core.markdown import clip, code, escape, table

__all__ = ["LIMIT", "Section", "clip", "code", "escape", "fit", "table"]

LIMIT = 65_000  # GitHub accepts 65,536 characters; the watermark of the comment needs some


@dataclass(frozen=True)
class Section:
    """A part of the comment. Only `lines` may be cut, at their end. With a title it is folded."""

    lines: Sequence[str]
    title: str = ""
    head: Sequence[str] = field(default_factory=list)
    tail: Sequence[str] = field(default_factory=list)

    def render(self, budget: int) -> str:
        """The text in at most `budget` characters. Whole lines are cut, with a note; else ""."""
        whole = self._render(self.lines)
        if len(whole) <= budget:
            return whole
        for kept in range(len(self.lines) - 1, -1, -1):
            more = len(self.lines) - kept
            text = self._render([*self.lines[:kept], *self.tail_note(more)])
            if len(text) <= budget:
                return text
        return ""

    def tail_note(self, more: int) -> list[str]:
        """The note on the lines that were cut."""
        return ["", f"_{more} more lines were cut here to fit the comment._"]

    def _render(self, lines: Sequence[str]) -> str:
        body = [*self.head, *lines, *self.tail]
        if self.title:
            body = ["<details>", f"<summary>{self.title}</summary>", "", *body, "", "</details>"]
        return "\n".join([*body, "", ""])


def fit(sections: Sequence[Section], limit: int = LIMIT) -> str:
    """All sections in order. Earlier sections use the limit first."""
    text = ""
    for section in sections:
        text += section.render(limit - len(text))
    return text.rstrip() + "\n"
