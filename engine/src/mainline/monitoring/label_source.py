"""Labels as the project's own source has them on a day: one row for each key."""

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mainline.core import config
from mainline.core.errors import DataError, MainlineError
from mainline.core.table import TableSettings
from mainline.data.conversion import typed
from mainline.data.settings import DataSettings
from mainline.data.sources import database
from mainline.data.sources.columns import cleaned, renamed, to_frame
from mainline.data.sources.file import FileSource
from mainline.data.sources.sql import SqlSource
from mainline.params.monitoring import LabelSettings
from mainline.snapshots.read_source import ask

PLACE = "_place"  # numbers the rows of the source
KNOWN = "monitoring.labels.known"
DAY = 86_400_000_000  # microseconds
# A table of keys alone: its target is the place of a row.
AS_NUMBER: dict[str, Any] = {
    "task": "regression",
    "target": PLACE,
    "positive": None,
    "classes": [],
}
EVERY = 28  # days between two looks at what a source without `known` had


def read(
    root: Path,
    table: TableSettings,
    settings: LabelSettings,
    as_of: datetime.date,
    first: datetime.date,
    *,
    last: datetime.date | None = None,
) -> pd.DataFrame:
    """The source's rows as of `as_of`, one for each key, for predictions from `first` to `last`.

    Columns: entity (text); moment (microseconds since 1970, 0 in a table without time); target
    (float64, NaN: not known yet, or contradictory); contradictory (bool); known (microseconds, the
    day on which a label first became known); early (bool: the source had this label on `first`
    already). Without a column that says when, the source is asked what it had on `first` and, up to
    `last`, every 28 days after it: `known` is the first of those days on which it had the label,
    else NaN. Raises DataError when the source cannot be read or cannot say when a label became
    known.
    """
    data = config.section(root, "data", DataSettings)
    raw, as_of = _newest(root, data, as_of)
    found = _one_a_key(_labels(raw, table, settings.known, as_of))
    if settings.known is not None:
        return found.assign(early=False)
    if isinstance(data.source, FileSource) and "{as_of}" not in data.source.path:
        raise DataError(
            f"{data.source.path} is the same file for every day, so it cannot say which labels "
            f"were known when a prediction was made: let {KNOWN} name the column with that day, "
            "or write {as_of} into data.source.path."
        )
    keys = ["entity", "moment"]
    asked = [_had(root, data, table, first)]
    for day in _days_after(first, min(last or first, as_of)):
        try:
            asked.append(_had(root, data, table, day))
        except DataError:
            if not isinstance(data.source, FileSource):  # files are of some days only
                raise
    then = pd.concat(asked, ignore_index=True).drop_duplicates(keys)
    found = found.drop(columns="known").merge(then, on=keys, how="left")
    return found.assign(early=found["known"] == pd.Timestamp(first).value // 1000)


def _days_after(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """Every 28th day after `first`."""
    count = max((last - first).days, 0) // EVERY
    return [first + datetime.timedelta(days=EVERY * number) for number in range(1, count + 1)]


def _had(root: Path, data: DataSettings, table: TableSettings, day: datetime.date) -> pd.DataFrame:
    """Keys of the labels that the source had on a day, which is `known`."""
    raw = _raw(root, data, day)
    raw = raw[_has(raw, table.target).notna()]
    return _keys(raw, table, day)[["entity", "moment"]].assign(
        known=float(pd.Timestamp(day).value // 1000)
    )


def _newest(
    root: Path, data: DataSettings, day: datetime.date
) -> tuple[pd.DataFrame, datetime.date]:
    """The source's rows on a day, or on `data.as_of` where files are of some days only."""
    try:
        return _raw(root, data, day), day
    except DataError:
        dated = isinstance(data.source, FileSource) and "{as_of}" in data.source.path
        if not dated or data.as_of >= day:
            raise
        return _raw(root, data, data.as_of), data.as_of


def _raw(root: Path, data: DataSettings, day: datetime.date) -> pd.DataFrame:
    """The source's rows on a day. A live source is asked, and nothing of it is stored."""
    source = data.source
    if isinstance(source, FileSource):
        source = source.model_copy(update={"sha256": None})  # it pins the rows of training
    try:
        if not isinstance(source, SqlSource):
            return source.read(day, root).frame
        answer = ask(source, root, None, day)
        where = f"SQL {database.describe(source.url)}"
        return renamed(cleaned(to_frame(answer), [""]), source.rename, where)
    except MainlineError as error:
        raise DataError(f"the labels as of {day} cannot be read: {error}") from None
    except Exception as error:  # the project's own function, or its client, may raise anything
        why = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        raise DataError(f"the labels as of {day} cannot be read: {why}") from error


def _labels(
    raw: pd.DataFrame, table: TableSettings, known: str | None, as_of: datetime.date
) -> pd.DataFrame:
    """All rows: entity, moment, target (NaN: none on this day), known (NaN without a column)."""
    raw = raw.reset_index(drop=True)
    labelled = _has(raw, table.target).notna()
    when = pd.Series(np.nan, raw.index)
    if known is not None:
        when = _moments(_has(raw, known, KNOWN))
        end = (pd.Timestamp(as_of) + pd.Timedelta(days=1)).value // 1000
        labelled &= when < end  # a label without its day is not known yet
    keys = _keys(raw, table, as_of)
    target = np.full(len(raw), np.nan)
    if labelled.any():
        found = _targets(_numbered(raw[labelled]), table, as_of)
        target[found[PLACE].to_numpy(np.int64)] = found[table.target].to_numpy(np.float64)
    place = keys.pop(PLACE).to_numpy(np.int64)
    return keys.assign(target=target[place], known=when.where(labelled).to_numpy()[place])


def _targets(raw: pd.DataFrame, table: TableSettings, as_of: datetime.date) -> pd.DataFrame:
    """Place and target of the rows, the target as in the table.

    The first labels may lack a class, which a table of training must not: those are read as text.
    """
    narrow = table.model_copy(update={"time": None, "numbers": [PLACE], "categories": []})
    if table.task != "regression":
        as_text = narrow.model_copy(
            update=AS_NUMBER | {"numbers": [], "categories": [table.target]}
        )
        found = typed(raw, as_text, as_of)
        text = found[table.target]
        if table.task == "binary" and text.nunique() == 1:
            return found.assign(**{table.target: text.eq(str(table.positive))})
        if set(text) < set(table.labels):
            return found.assign(**{table.target: text.map(table.labels.index)})
    return typed(raw, narrow, as_of)


def _keys(raw: pd.DataFrame, table: TableSettings, day: datetime.date) -> pd.DataFrame:
    """entity, moment and place of the rows up to a day that have a key."""
    raw = raw.reset_index(drop=True)
    lacking = [name for name in table.key if name not in raw.columns]
    if not lacking and table.time is not None:
        last = (pd.Timestamp(day) + pd.Timedelta(days=1)).value // 1000
        raw = raw[_moments(raw[table.time]) < last]
    if raw.empty and not lacking:
        return pd.DataFrame({"entity": pd.Series(dtype="str"), "moment": 0, PLACE: 0.0})
    narrow = table.model_copy(update=AS_NUMBER | {"numbers": [], "categories": []})
    found = typed(_numbered(raw), narrow, day).dropna()
    at = 0 if table.time is None else found[table.time].astype("datetime64[us]").astype("int64")
    return pd.DataFrame({"entity": found[table.entity], "moment": at, PLACE: found[PLACE]})


def _one_a_key(labels: pd.DataFrame) -> pd.DataFrame:
    """Of several rows of a key, those that became known last count.

    When they differ, the key is contradictory and has no target.
    """
    labels = labels.sort_values(["entity", "moment"], kind="stable")
    twice = labels.duplicated(["entity", "moment"], keep=False)
    single = labels[~twice].assign(contradictory=False)
    if not twice.any():
        return single.reset_index(drop=True)
    several = labels[twice]
    keys = ["entity", "moment"]
    newest = several.groupby(keys)["known"].transform("max")
    of_key = several[(several["known"] == newest) | newest.isna()].groupby(keys)["target"]
    merged = of_key.agg(target="first", different="nunique").reset_index()
    first = several.groupby(keys)["known"].min().reset_index()
    merged = merged.merge(first, on=keys)
    merged["contradictory"] = merged.pop("different") > 1
    merged["target"] = merged["target"].mask(merged["contradictory"])
    return pd.concat([single, merged], ignore_index=True)


def _moments(values: pd.Series) -> pd.Series:
    """Microseconds since 1970, NaN where there is no time."""
    times = pd.to_datetime(values, errors="coerce", format="ISO8601", utc=True)
    whole = times.dt.tz_localize(None).astype("datetime64[us]")
    return (
        pd.Series(whole.to_numpy().astype("int64"), values.index).where(whole.notna()).astype(float)
    )


def _has(raw: pd.DataFrame, name: str, setting: str = "table.target") -> pd.Series:
    if name not in raw.columns:
        names = ", ".join(map(repr, raw.columns))
        raise DataError(f"{setting}: the source has no column '{name}'; it has: {names}.")
    return raw[name]


def _numbered(raw: pd.DataFrame) -> pd.DataFrame:
    return raw.assign(**{PLACE: raw.index.to_numpy(np.float64)})
