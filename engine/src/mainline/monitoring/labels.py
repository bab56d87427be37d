"""Predictions of the log, each with the label that the source has got for it since."""

import datetime
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mainline.core.errors import DataError, MainlineError
from mainline.monitoring import label_source
from mainline.monitoring.label_join import HASHED, Join
from mainline.monitoring.log_table import LogTable
from mainline.monitoring.watched import Watched
from mainline.monitoring.window import Window
from mainline.params.monitoring import MonitoringSettings
from mainline.request_log.settings import LogSettings
from mainline.request_log.ship_settings import ENTITY, HASH_KEY
from mainline.request_log.typed_columns import PREFIX, Privacy

NAMES_IT = "callers name it in the header x-entity-key"


@dataclass(frozen=True)
class Labelled:
    """The predictions of a window that have a label, and counts of the others.

    `rows` has time (UTC), entity, target, score (or scores: a list) and the inputs asked for, under
    their own names; one row for each entity and label, that of the last prediction. Of more than
    `label_join.MOST` it has the rows of some entities. The counts, `labelled` among them, are of
    all predictions counted so; `due` are older than `overdue_days`, and `overdue` of those have no
    label. `asked` are all predictions, and the log names no entity of `nameless` ones. `others` are
    scores of predictions without a label.
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

    Raises DataError when no prediction names its entity, no entity is the source's, or the source
    cannot be read.
    """
    table = watched.table
    names = [name for name in table.features if inputs and f"{PREFIX}{name}" in log.columns]
    join = Join(log, "scores" if table.task == "multiclass" else "score", names)
    asked, named = join.count(watched.version)
    if not asked:
        raise DataError(f"the log has no prediction of version {watched.version} in {window}.")
    if not named:
        raise DataError(
            f"no prediction of {window} names its entity, so none finds its label: {NAMES_IT}."
        )
    labels = label_source.read(root, table, settings.labels, as_of, window.first)
    join.ask()
    if not join.put(_hashed_alike(labels, join)):
        why = f" Or {HASH_KEY} is not the gateway's." if join.hashed else ""
        raise DataError(
            f"no entity of the log is one of the source's: {NAMES_IT}, with the values of the "
            f"column '{table.entity}'.{why}"
        )
    join.run(settings.labels, timed=table.time is not None)
    wait = pd.Timedelta(days=settings.labels.overdue_days - 1)
    counts = join.counts((pd.Timestamp(as_of) - wait).value // 1000)
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
