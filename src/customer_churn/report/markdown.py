"""Markdown that survives what people write into data, and a comment that fits its limit."""

from collections.abc import Sequence
from dataclasses import dataclass, field

LIMIT = 65_000  # GitHub takes 65,536 characters; the poster's watermark needs some of them


def clip(text: object, most: int) -> str:
    """At most `most` characters; a cut is shown."""
    whole = " ".join(str(text).split())
    return whole if len(whole) <= most else f"{whole[: most - 1]}…"


def code(text: object) -> str:
    """A code span for a table cell: no pipe, backtick, mention or tag in `text` has an effect."""
    plain = " ".join(str(text).split()).replace("`", "'").replace("|", "\\|")
    return f"`{plain}`" if plain else ""


def escape(text: object) -> str:
    """Running text of unknown origin: nothing in it links, mentions, tags or breaks a table."""
    plain = " ".join(str(text).split()).replace("&", "&amp;").replace("<", "&lt;")
    for sign in "\\`*_[]|~":
        plain = plain.replace(sign, f"\\{sign}")
    return plain.replace("@", "@\u200b").replace("#", "#\u200b")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table; cells are Markdown already."""
    return [_row(header), _row(["---"] * len(header)), *(_row(row) for row in rows)]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


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
