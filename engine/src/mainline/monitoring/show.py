"""The command `drift`: compares the training rows with those of main's model."""

import subprocess
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.files import remove
from mainline.drift.tables import ColumnDrift, drift
from mainline.gate import pipeline, training_rows
from mainline.gate.candidate import Candidate
from mainline.gate.champion import Champion
from mainline.git import Git
from mainline.monitoring import evidently_page as evidently

MAKES_ROWS = ("ingest", "split")
HEADER = ("column", "PSI", "KS", "missing before", "now", "moved")


def run(root: Path, *, against: str | None = None, page: Path | None = None) -> None:
    """Print the figures, largest drift first, and write `page` if it is given.

    If the rows are the same, a line says so and no page is written. Raises MainlineError when main
    has no model.
    """
    if page is not None:
        remove(root / page)  # an old page must not be taken for the new one
    git = Git(root)
    base = git.known(against or git.main() or "main")
    champion = Champion.at(git, base)
    if champion is None:
        raise MainlineError(f"{git.describe(base)} has released no model to compare with.")
    with pipeline.started_status(root) as status:
        rows = training_rows.of_both(Candidate(root), champion)
        old = _old(status)
    if old:
        print(old)
    if rows is None:
        print(f"the same training rows as in {git.describe(base)}")
        return
    found = drift(rows.reference, rows.current, rows.columns, as_categories=rows.categories)
    old_rows = f"{len(rows.reference):,} of the champion"
    print(f"{len(rows.current):,} training rows compared with {old_rows}")
    print(_table(sorted(found, key=lambda each: -1.0 if each.psi is None else -1 - each.psi)))
    if page is None:
        return
    left = evidently.write(rows.reference, rows.current, rows.columns, rows.categories, root / page)
    if left:
        print(f"not on the page, without values in both tables: {', '.join(left)}")
    print(f"{page}: Evidently's page, with at most {evidently.MOST:,} rows of each table")


def _old(status: "subprocess.Popen[str]") -> str:
    """A warning if the rows are out of date."""
    try:
        stale = [stage for stage in pipeline.outdated(status) if stage in MAKES_ROWS]
    except MainlineError as error:
        return f"It is not known whether these rows are out of date: {error}"
    if not stale:
        return ""
    return f"These rows are out of date: {' and '.join(stale)} must run again. Run `make run`."


def _table(columns: list[ColumnDrift]) -> str:
    rows = [HEADER, *(_row(each) for each in columns)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADER))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _row(column: ColumnDrift) -> tuple[str, ...]:
    figures = ("" if value is None else f"{value:.3f}" for value in (column.psi, column.ks))
    before, now = ("", "") if column.nulls is None else (f"{share:.1%}" for share in column.nulls)
    said = "; ".join(text for text in (column.note, column.moved) if text)
    return (column.name, *figures, before, now, " ".join(said.split()))
