"""Drift of the scores: the window's beside those that the same model gave to its test rows."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mainline.monitoring import counting, promised_mean
from mainline.monitoring.distribution import Classes, Distribution, Numbers
from mainline.monitoring.finding import Finding
from mainline.monitoring.input_drift import Bar, Moved, entities, most_moved
from mainline.monitoring.log_table import LogTable
from mainline.monitoring.reference import Reference
from mainline.monitoring.segments import Segment, segments
from mainline.monitoring.watched import Watched
from mainline.params.monitoring import MonitoringSettings

KIND = "prediction"


def findings(
    watched: Watched, reference: Reference, log: LogTable, settings: MonitoringSettings
) -> list[Finding]:
    """The distribution of the scores, of each segment, and their mean beside the promised one.

    Only rows that the watched version answered count. Raises MainlineError when the reference
    cannot be had.
    """
    where = counting.answered(watched.version)
    ours = counting.sample(log, where)
    if not ours.rows:
        sentence = f"no row of the window was answered by version {watched.version}."
        return [Finding(KIND, f"{KIND}.scores", "unknown", sentence)]
    scores, judged = _distribution(watched, reference), ours.rows >= settings.min_rows
    parts = segments(log, reference.test, watched.evaluation.slices)
    count = 1 + sum(map(len, parts.values()))
    bar = Bar(settings.prediction.psi, settings.prediction.alpha / 2 / count, settings.min_rows)
    everything = Segment("", np.ones(len(reference.test), bool), "TRUE")
    rows = _Rows(log, where, scores, reference.test[watched.table.entity])
    found = [each for of in ([everything], *parts.values()) for each in rows.moved(of, bar)]
    return [*found, *promised_mean.findings(watched, reference, log, settings.prediction, judged)]


def _distribution(watched: Watched, reference: Reference) -> Distribution:
    scores = reference.scores
    if watched.table.task == "multiclass":
        return Classes(scores, watched.table.labels)
    scale = 1.0 if watched.table.task == "binary" else float(scores.std()) or 1.0
    return Numbers.of(scores, scale)


@dataclass(frozen=True)
class _Rows:
    """The rows of the log that count, and the reference's scores with their entities."""

    log: LogTable
    where: str
    scores: Distribution
    entities: pd.Series

    def moved(self, parts: list[Segment], bar: Bar) -> list[Finding]:
        """A finding for each segment of one column with rows on both sides, in two passes."""
        cases = " ".join(f"WHEN {each.condition} THEN {n}" for n, each in enumerate(parts))
        part = f"CASE {cases} END"
        wanted = ", ".join(["count(*)", *self.scores.aggregates()])
        rows = self.log.rows(
            f"SELECT {part} AS part, {wanted} FROM log WHERE {self.where} GROUP BY part"
        )
        samples = counting.samples(self.log, self.where, part)
        found = []
        for place, count, *values in sorted(row for row in rows if row[0] is not None):
            segment = parts[int(place)]
            if not segment.mask.any():
                continue
            before = self.scores.reference(segment.mask)
            now = self.scores.counted(int(count), tuple(map(int, values)))
            said = most_moved(self.scores.labels, before, now)
            name = f"{KIND}.scores" + (f"[{segment.name}]" if segment.name else "")
            both = entities(self.entities[segment.mask]), samples[int(place)]
            found.append(
                Moved(name, self.scores.labels, before, now, said).finding(KIND, both, bar)
            )
        return found
