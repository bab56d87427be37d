"""A comment that fits its limit, of Markdown that survives what people write into data."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from mainline.core.markdown import clip, code, escape, table

__all__ = ["LIMIT", "Section", "clip", "code", "escape", "fit", "table"]

LIMIT = 65_000  # GitHub takes 65,536 characters; the poster's watermark needs some of them


@dataclass(frozen=True)
class Section:
    """`head` and `tail` always stand; `lines` may be cut from the end. A title folds it away."""

    lines: Sequence[str]
    title: str = ""
    head: Sequence[str] = field(default_factory=list)
    tail: Sequence[str] = field(default_factory=list)

    def render(self, budget: int) -> str:
        """At most `budget` characters, cut by whole lines and saying so, or else nothing."""
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
        """The line that says what was cut."""
        return ["", f"_{more} more lines were cut here to fit the comment._"]

    def _render(self, lines: Sequence[str]) -> str:
        body = [*self.head, *lines, *self.tail]
        if self.title:
            body = ["<details>", f"<summary>{self.title}</summary>", "", *body, "", "</details>"]
        return "\n".join([*body, "", ""])


def fit(sections: Sequence[Section], limit: int = LIMIT) -> str:
    """All sections in their order; earlier ones take from the limit first."""
    text = ""
    for section in sections:
        text += section.render(limit - len(text))
    return text.rstrip() + "\n"
