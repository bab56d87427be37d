"""The command `log show`: the last predictions as a table."""

from pathlib import Path

from mainline.core.errors import SettingsError
from mainline.request_log.read import Log, Row
from mainline.request_log.typed_columns import PREFIX

INPUTS = 3  # of the first columns
WIDEST = 24  # characters of a value


def run(
    root: Path, last: int, spool: Path | None, settings_file: Path | None, store: str | None
) -> None:
    """Print the last rows, the newest at the end. Raises MainlineError when there are none."""
    if last < 1:
        raise SettingsError("--last must be 1 or more.", found=last)
    rows = Log.of(root, spool, settings_file, store).last(last)
    lines: list[tuple[str, ...]] = [
        ("time (UTC)", "request", "version", "score", "entity", "inputs", "status")
    ]
    lines += [_line(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(map(str.ljust, line, widths)).rstrip())


def words_of_score(row: Row) -> str:
    """The number, or the label with the largest one."""
    if row["score"] is not None:
        return f"{row['score']:.6g}"
    scores = row["scores"] or []
    number = f"{max(scores):.4g}" if scores else ""
    return " ".join(part for part in (row["label"], number) if part) or "-"


def words_of_status(row: Row) -> str:
    """Status, problem, and the arm when it is not main."""
    arm = "" if row["arm"] == "main" else row["arm"]
    return " ".join(part for part in (str(row["status"]), row["problem"], arm) if part)


def _line(row: Row) -> tuple[str, ...]:
    return (
        f"{row['time']:%Y-%m-%d %H:%M:%S}",
        _value(row["request_id"], 36),
        row["version"] or "-",
        words_of_score(row),
        _value(row["entity"]) if row["entity"] else "-",
        _inputs(row),
        words_of_status(row),
    )


def _inputs(row: Row) -> str:
    """The first inputs; a request that could not be read has none."""
    found = {name: value for name, value in row.items() if name.startswith(PREFIX)}
    if all(value is None for value in found.values()):
        return "-"
    shown = [f"{name.removeprefix(PREFIX)}={_value(value)}" for name, value in found.items()]
    return ", ".join(shown[:INPUTS] + ["…"] * (len(shown) > INPUTS))


def _value(value: object, widest: int = WIDEST) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else "-" if value is None else str(value)
    text = "".join(each if each.isprintable() else " " for each in text)
    return text if len(text) <= widest else f"{text[: widest - 1]}…"
