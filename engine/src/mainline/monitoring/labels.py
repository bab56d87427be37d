"""Predictions of the log, each with the label that the source has got for it since."""

import datetime
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mainline.core.errors import DataError, MainlineError
from mainline.monitoring import label_source
from mainline.monitoring.counting import HASHED
from mainline.monitoring.label_join import HISTORY, Join
from mainline.monitoring.log_table import LogTable
from mainline.monitoring.watched import Watched
from mainline.monitoring.window import Window
from mainline.params.monitoring import MonitoringSettings
from mainline.request_log.settings import LogSettings
from mainline.request_log.ship_settings import ENTITY, HASH_KEY
from mainline.request_log.typed_columns import PREFIX, Privacy

NAMES_IT = "callers name it in the header x-entity-key"


class NothingAskedError(DataError):
    """The log has no prediction of a version in some days."""

    def __init__(self, version: str, window: Window) -> None:
        super().__init__(f"the log has no prediction of version {version} in {window}.")


@dataclass(frozen=True)
class Labelled:
    """The predictions of a window that have a label, and counts of the others.

    `rows` has time (UTC), entity, target, score (or scores: a list) and the inputs asked for, under
    the log's names; one row for each entity and label, that of the last prediction. Of more than
    `label_join.MOST` it has the rows of some entities. The counts, `labelled` among them, are of
    entities and periods; `due` are those that asked first more than `overdue_days` ago, without
    those of long before, and `overdue` of those have no label. `asked` are all predictions, and the
    log names no entity of `nameless` ones. `others` are scores of predictions without a label.
    """

    window: Window
    rows: pd.DataFrame
    labelled: int
    unlabelled: int
    due: int
    overdue: int
    contradictory: int
    known_before: int
    asked: int
    nameless: int
    others: np.ndarray

    @property
    def predictions(self) -> int:
        """Those whose entity is named: with a label of any kind, and without."""
        return self.labelled + self.unlabelled + self.contradictory + self.known_before

    @property
    def target(self) -> np.ndarray:
        """As in the project's table, (rows,)."""
        return self.rows["target"].to_numpy()

    @property
    def inputs(self) -> pd.DataFrame:
        """The inputs, under their own names."""
        names = [name for name in self.rows.columns if name.startswith(PREFIX)]
        return self.rows[names].rename(columns=lambda name: name.removeprefix(PREFIX))

    @property
    def scores(self) -> np.ndarray:
        """(rows,), of several classes (rows, classes)."""
        return stacked(self.rows)


def stacked(rows: pd.DataFrame) -> np.ndarray:
    """The scores of rows, (rows,), of several classes (rows, classes)."""
    if "scores" not in rows:
        return rows["score"].to_numpy(np.float64)
    return np.stack(rows["scores"].to_list()) if len(rows) else np.zeros((0, 0))


def labelled(
    root: Path,
    watched: Watched,
    log: LogTable,
    settings: MonitoringSettings,
    *,
    as_of: datetime.date,
    window: Window,
    inputs: bool = True,
) -> Labelled:
    """Join the log's predictions of the watched version with the source's labels as of a day.

    Without `inputs`, a window of more than `HISTORY` predictions is joined for some of its
    entities, and all counts but `asked` and `nameless` are of those.

    Raises NothingAskedError when the version has no prediction; DataError when no prediction names
    its entity, no entity is the source's, or the source cannot be read.
    """
    table = watched.table
    names = [name for name in table.features if inputs and f"{PREFIX}{name}" in log.columns]
    join = Join(log, "scores" if table.task == "multiclass" else "score", names)
    asked, named = join.count(watched.version)
    if not asked:
        raise NothingAskedError(watched.version, window)
    if not named:
        raise DataError(
            f"no prediction of {window} names its entity, so none finds its label: {NAMES_IT}."
        )
    labels = label_source.read(root, table, settings.labels, as_of, window.first, last=window.last)
    join.ask(1 if inputs else max(1, math.ceil(named / HISTORY)))
    if not join.put(_hashed_alike(labels, join)):
        why = f" Or {HASH_KEY} is not the gateway's." if join.hashed else ""
        raise DataError(
            f"no entity of the log is one of the source's: {NAMES_IT}, with the values of the "
            f"column '{table.entity}'.{why}"
        )
    join.run(settings.labels, timed=table.time is not None)
    wait = settings.labels.overdue_days * label_source.DAY
    end = pd.Timestamp(as_of).value // 1000 + label_source.DAY
    counts = join.counts(end - wait, wait)
    rows = join.rows(int(counts["n"].get("labelled", 0)))
    if table.task != "regression":
        rows["target"] = rows["target"].astype("int64")

    def count(found: str, column: str = "n") -> int:
        return int(counts[column].get(found, 0))

    return Labelled(
        window,
        rows,
        labelled=count("labelled"),
        unlabelled=count("unlabelled"),
        due=int(counts["old"].sum()),
        overdue=count("unlabelled", "old"),
        contradictory=count("contradictory"),
        known_before=count("known before"),
        asked=asked,
        nameless=asked - named,
        others=stacked(join.others()),
    )


def _hashed_alike(labels: pd.DataFrame, join: Join) -> pd.DataFrame:
    """Labels with entities as the log has them. Raises DataError without the key of its hashes."""
    if not join.hashed or labels["entity"].str.fullmatch(HASHED).all():
        return labels
    try:
        privacy = Privacy(LogSettings(hash=[ENTITY]))
    except MainlineError:
        raise DataError(
            "the log has hashes of the entities, so no prediction finds its label: set "
            f"{HASH_KEY} here to the key that the gateway has."
        ) from None
    keys = {key: privacy.entity(key) for key in labels["entity"].unique()}
    return labels.assign(entity=labels["entity"].map(keys))
