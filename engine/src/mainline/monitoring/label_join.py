"""Predictions beside labels, in DuckDB: each entity and label has its last prediction."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from mainline.monitoring.counting import HASHED, quoted
from mainline.monitoring.label_source import DAY
from mainline.monitoring.log_table import LogTable
from mainline.params.monitoring import LabelSettings
from mainline.request_log.typed_columns import PREFIX

MOST = 200_000  # rows with a label that figures are computed on
SHOWN = 50_000  # scores of predictions without a label that are compared with the others
HISTORY = 5_000_000  # predictions with an entity that a long window is joined by
# Whole microseconds, since arithmetic on times with a zone would need an extension of DuckDB.
_OF_VERSION = """
CREATE OR REPLACE TEMP VIEW answered AS
SELECT epoch_us("time") AS t, hash(request_id, "row") AS h, * FROM log
WHERE version = '{version}' AND arm = 'main' AND {score} IS NOT NULL
"""
_ASKED = """
CREATE OR REPLACE TEMP TABLE asked AS
SELECT t, h, entity, {score} FROM answered
WHERE entity IS NOT NULL AND hash(entity) % {parts} = 0
"""
_HASHED = f"SELECT bool_and(regexp_full_match(entity, '{HASHED}')), 0 FROM asked"
_LABEL = """
CREATE OR REPLACE TEMP TABLE label AS
SELECT entity, CAST(moment AS BIGINT) AS moment, target, contradictory,
    CAST(known AS BIGINT) AS known, early
FROM label_rows
"""
_BESIDE = """
SELECT asked.*, label.moment, label.target, label.contradictory, label.known, label.early
FROM asked {kind} LEFT JOIN label ON asked.entity = label.entity AND {condition}
"""
_NEARER = """
SELECT * FROM ({before} UNION ALL {after}) QUALIFY row_number() OVER (
    PARTITION BY h, t, entity ORDER BY abs(t - moment) NULLS LAST
) = 1
"""
# `first` and `last` are of all predictions of the entity and period, of which one is kept: where
# entities ask often, the one that is kept is always young.
_JOINED = """
CREATE OR REPLACE TEMP TABLE joined AS
SELECT * EXCLUDE (moment), min(t) OVER period AS first, max(t) OVER period AS last, CASE
    WHEN moment IS NULL OR abs(t - moment) > $within THEN 'unlabelled'
    WHEN contradictory THEN 'contradictory'
    WHEN target IS NULL THEN 'unlabelled'
    WHEN early OR known <= t THEN 'known before'
    ELSE 'labelled' END AS found
FROM ({beside})
WINDOW period AS (PARTITION BY entity, CASE WHEN abs(t - moment) <= $within THEN moment END)
QUALIFY row_number() OVER (
    PARTITION BY entity, CASE WHEN abs(t - moment) <= $within THEN moment END
    ORDER BY coalesce(early OR known <= t, false), t DESC, h
) = 1
"""
# Of months ago labels have come, and would hide for months that none come any more.
_COUNTED = """
SELECT found, count(*) AS n, count(*) FILTER (
    first < {due} AND last >= least({due}, (SELECT max(last) FROM joined)) - {wait}
) AS old FROM joined GROUP BY found
"""
_LABELLED = """
SELECT t, entity, target, {score}{inputs} FROM joined {beside}
WHERE found = 'labelled' AND hash(entity, 1) % {parts} = 0 ORDER BY t, entity, h
"""
# Inputs are read for rows with a label only: those of all predictions would fill the memory.
_INPUTS = "JOIN (SELECT t, h, entity, {names} FROM answered) AS given USING (t, h, entity)"
_OTHERS = "SELECT {score} FROM joined WHERE found = 'unlabelled' ORDER BY h LIMIT {most}"


@dataclass(frozen=True)
class Join:
    """The tables `asked`, `label` and `joined` of a log. `score` is its column with the scores."""

    log: LogTable
    score: str
    names: Sequence[str]  # of inputs that are read, too

    def count(self, version: str) -> tuple[int, int]:
        """Look at the predictions of a version. Returns how many there are, and with an entity.

        A version is digits, as `Watched` has it.
        """
        self.log.execute(_OF_VERSION.format(version=int(version), score=self.score))
        return self._two("SELECT count(*), count(entity) FROM answered")

    def ask(self, parts: int) -> None:
        """Take those with an entity: all, or of one of so many parts of the entities."""
        self.log.execute(_ASKED.format(score=self.score, parts=parts))

    @property
    def hashed(self) -> bool:
        """Whether every entity of the log has the form of a keyed hash."""
        return bool(self._two(_HASHED)[0])

    def put(self, labels: pd.DataFrame) -> int:
        """Take labels, as `label_source.read` gives them. Returns how many entities have both."""
        self.log.connection.register(
            "label_rows", pa.Table.from_pandas(labels, preserve_index=False)
        )
        self.log.execute(_LABEL)
        self.log.connection.unregister("label_rows")
        return self._two("SELECT count(*), 0 FROM asked SEMI JOIN label USING (entity)")[0]

    def run(self, settings: LabelSettings, *, timed: bool) -> None:
        """Find the label of each prediction. Without a time, every label of the entity is near."""
        within = settings.within_days * DAY if timed else np.iinfo(np.int64).max
        if not timed:
            beside = _BESIDE.format(kind="", condition="true")
        elif settings.direction == "nearest":
            beside = _NEARER.format(before=_beside(">="), after=_beside("<"))
        else:
            beside = _beside(">=" if settings.direction == "backward" else "<=")
        self.log.execute(_JOINED.format(beside=beside), {"within": int(within)})

    def counts(self, due: int, wait: int) -> pd.DataFrame:
        """Entities and periods by what they found: `n`, and `old` of those that were due lately.

        Their first prediction is of before the microsecond `due`, and their last one of at most
        `wait` microseconds before it, or before the newest one.
        """
        return self.log.frame(_COUNTED.format(due=due, wait=wait)).set_index("found")

    def rows(self, labelled: int) -> pd.DataFrame:
        """Those with a label: time, entity, target, scores and inputs, in the order of time.

        Inputs have the log's names: one of them may be called `time`. Of more than `MOST` rows
        those of some entities, about as many.
        """
        inputs = [quoted(f"{PREFIX}{name}") for name in self.names]
        sql = _LABELLED.format(
            score=self.score,
            inputs="".join(f", {column}" for column in inputs),
            beside=_INPUTS.format(names=", ".join(inputs)) if inputs else "",
            parts=max(1, math.ceil(labelled / MOST)),
        )
        rows = self.log.frame(sql)
        rows.insert(0, "time", pd.to_datetime(rows.pop("t"), unit="us", utc=True))
        return rows

    def others(self) -> pd.DataFrame:
        """Scores of predictions without a label, a fixed sample of them."""
        return self.log.frame(_OTHERS.format(score=self.score, most=SHOWN))

    def _two(self, sql: str) -> tuple[int, int]:
        first, second = self.log.frame(sql).iloc[0]
        return int(first or 0), int(second or 0)


def _beside(sign: str) -> str:
    return _BESIDE.format(kind="ASOF", condition=f"asked.t {sign} label.moment")
