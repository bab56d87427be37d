"""A Markdown page as one HTML file that needs nothing else."""

from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.files import write_text

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1080px; margin: 2rem auto;
  padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { border: 1px solid #ccc; padding: .3rem .6rem; text-align: left; vertical-align: top; }
th { background: #f4f4f4; } code { background: #f4f4f4; padding: 0 .2rem; }
"""


def write(source: Path, path: Path, title: str) -> Path:
    """Write the page of a Markdown file. Raises MainlineError when it cannot be read."""
    from markdown_it import MarkdownIt  # noqa: PLC0415  other commands go without it

    try:
        text = source.read_text(encoding="utf-8")
    except OSError as error:
        raise MainlineError(f"cannot be read: {error.strerror}.", where=source) from None
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    write_text(
        path,
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{title}</title>\n'
        f"<style>{STYLE}</style>\n<body>\n{body}</body></html>\n",
    )
    return path
