"""Evidently's page of a window: a sample of its inputs beside the training rows of the model."""

from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.monitoring import counting, evidently_page
from mainline.monitoring.log_table import ANSWERED, LogTable
from mainline.monitoring.reference import Reference
from mainline.monitoring.watched import Watched
from mainline.request_log.typed_columns import PREFIX


def write(watched: Watched, reference: Reference, log: LogTable, path: Path) -> str:
    """Write the page. Returns a line that says so, or why there is none.

    The page is a picture, so what keeps it from being drawn stops nothing.
    """
    table = watched.table
    columns = {
        name: column
        for name in table.features
        if (column := _column(log, name, number=name in table.numbers))
    }
    try:
        if not columns:
            raise MainlineError("the log holds no input of this model.")
        listed = ", ".join(f"{sql} AS {counting.quoted(name)}" for name, sql in columns.items())
        sample = f"reservoir({evidently_page.MOST} ROWS) REPEATABLE ({evidently_page.SEED})"
        current = log.frame(
            f"SELECT * FROM (SELECT {listed} FROM log WHERE {ANSWERED}) USING SAMPLE {sample}"
        )
        left = evidently_page.write(
            reference.train, current, table.features, table.categories, path
        )
    except MainlineError as error:
        return f"no page of Evidently: {error}"
    without = f", without {', '.join(left)}" if left else ""
    return f"{path}, at most {evidently_page.MOST:,} rows of each table{without}"


def _column(log: LogTable, name: str, *, number: bool) -> str | None:
    """SQL of an input; None when it is not in the log, or has no numbers where it should."""
    logged = PREFIX + name
    if logged not in log.types:
        return None
    if number:
        return counting.as_float(logged, log.types[logged])
    return f"CAST({counting.quoted(logged)} AS VARCHAR)"
