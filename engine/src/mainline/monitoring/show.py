"""The command `drift`: the training rows beside those of main's model, as figures and as a page."""

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
    """Print the figures, what moved most first, and write the page when one is asked for.

    Raises MainlineError when there is nothing to compare with. The same rows are no error: then
    there is neither.
    """
    if page is not None:
        remove(root / page)  # yesterday's must not stand for today's
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
    print(f"{len(rows.current):,} training rows beside {len(rows.reference):,} of the champion's")
    print(_table(sorted(found, key=lambda each: -1.0 if each.psi is None else -1 - each.psi)))
    if page is None:
        return
    left = evidently.write(rows.reference, rows.current, rows.columns, rows.categories, root / page)
    if left:
        print(f"not on the page, for want of values in both tables: {', '.join(left)}")
    print(f"{page}: Evidently's page, on {evidently.MOST:,} rows of each table at most")


def _old(status: "subprocess.Popen[str]") -> str:
    """What a person has to know of rows that no run has brought up to date."""
    try:
        stale = [stage for stage in pipeline.outdated(status) if stage in MAKES_ROWS]
    except MainlineError as error:
        return f"Nobody knows whether these rows are old: {error}"
    if not stale:
        return ""
    return f"These rows are old: {' and '.join(stale)} would run again. `make run` does that."


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
