"""Markdown tables and text with escaped data."""

from collections.abc import Sequence


def clip(text: object, most: int) -> str:
    """The text on one line, in at most `most` characters; a cut is marked with `…`."""
    whole = " ".join(str(text).split())
    return whole if len(whole) <= most else f"{whole[: most - 1]}…"


def code(text: object) -> str:
    """A code span for a table cell; pipes, backticks, mentions and tags in `text` are harmless."""
    plain = " ".join(str(text).split()).replace("`", "'").replace("|", "\\|")
    return f"`{plain}`" if plain else ""


def escape(text: object) -> str:
    """Escape foreign text: no links, mentions or tags, and no broken table."""
    plain = " ".join(str(text).split()).replace("&", "&amp;").replace("<", "&lt;")
    for sign in "\\`*_[]|~":
        plain = plain.replace(sign, f"\\{sign}")
    return plain.replace("@", "@\u200b").replace("#", "#\u200b")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table; cells are Markdown already."""
    return [_row(header), _row(["---"] * len(header)), *(_row(row) for row in rows)]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
