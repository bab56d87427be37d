"""Markdown that survives what people write into data."""

from collections.abc import Sequence


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
