"""What the gateway's log says of one request: which version answered it, and what."""

from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.request_log.read import Log, Row
from mainline.request_log.show_log import words_of_score, words_of_status


def answered(
    root: Path, request: str, spool: Path | None, settings_file: Path | None, store: str | None
) -> list[str]:
    """Print what is logged of a request. Returns the versions that answered it, each once.

    Raises MainlineError when the log does not have the request, or no version answered it.
    """
    rows = Log.of(root, spool, settings_file, store).of_request(request)
    for row in rows:
        print(_line(row))
    versions = list(dict.fromkeys(row["version"] for row in rows if row["version"]))
    if not versions:
        raise MainlineError(f"no version answered the request '{request}'.")
    return versions


def _line(row: Row) -> str:
    parts = [
        f"{'request':<10}{row['time']:%Y-%m-%d %H:%M:%S} UTC",
        f"row {row['row'] + 1} of {row['rows']}",
        f"status {words_of_status(row)}",
        f"score {words_of_score(row)}",
        f"version {row['version'] or 'unknown'}",
        row["digest"],
    ]
    return ", ".join(part for part in parts if part)
