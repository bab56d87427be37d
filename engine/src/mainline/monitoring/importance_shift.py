"""Whether the released model relies on other columns now than on its test rows."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from mainline.core.errors import DataError
from mainline.core.table import TableSettings
from mainline.evaluation import sample, tasks
from mainline.evaluation.importance import Importance, of_model
from mainline.evaluation.interval import reach
from mainline.evaluation.rows import Rows
from mainline.evaluation.tasks import Task
from mainline.gate.stability import ROWS, SEED, SHUFFLES, compared
from mainline.monitoring.counting import HASHED
from mainline.monitoring.finding import Finding, Status
from mainline.monitoring.labels import Labelled
from mainline.monitoring.quality import few
from mainline.monitoring.reference import Reference
from mainline.monitoring.watched import Watched
from mainline.params.monitoring import ImportanceTrigger, MonitoringSettings

KIND, NAME = "importance", "importance.rank_correlation"
CONFIDENCE = 0.95  # of the interval from which a standard error is taken


def findings(
    watched: Watched, reference: Reference, found: Labelled, settings: MonitoringSettings
) -> list[Finding]:
    """One finding. Raises DataError when the log lacks an input, or it was hashed."""
    trigger, rows = settings.triggers.importance, len(found.rows)
    least = trigger or ImportanceTrigger()
    enough = max(settings.min_rows, least.min_rows)
    if rows < enough:
        return [few(KIND, NAME, rows, enough)]
    committed = released(reference.figures)
    frame = inputs(found.inputs, watched.table)
    with watched.champion.model() as directory:
        from mainline.packaging.saved_model import Scorer  # noqa: PLC0415  imports TensorFlow
        from mainline.packaging.settings import operations  # noqa: PLC0415  as above

        scorer = Scorer(directory, operations(watched.root))
        now, used = measured(
            scorer, tasks.of(watched.table), frame, found, list(watched.table.features)
        )
    then_rows = int(reference.figures["importance"]["rows"])
    counts = used, then_rows
    alpha = settings.quality.alpha
    needed = trigger is not None
    finding = judged(now, committed, counts, least.least, alpha, needed=needed)
    return [counted(finding, rows)]


def released(figures: dict[str, Any]) -> dict[str, Importance]:
    """The importances that were committed with the model. Raises DataError without any."""
    columns = (figures.get("importance") or {}).get("columns") or {}
    found = {
        name: Importance(each["value"], each["deviation"])
        for name, each in columns.items()
        if None not in (each.get("value"), each.get("deviation"))
    }
    if not found:
        raise DataError("metrics/evaluation.json of the release has no importances.")
    return found


def counted(finding: Finding, rows: int) -> Finding:
    """The finding of `rows` labelled rows; `sampled` of them were scored.

    A wide table has a small sample, which would keep every trigger from its `min_rows`.
    """
    return replace(finding, rows=rows, details=finding.details | {"sampled": finding.rows})


def inputs(rows: pd.DataFrame, table: TableSettings) -> pd.DataFrame:
    """The model's inputs as the log has them. Raises DataError naming one that it has not."""
    for name in table.features:
        if name not in rows.columns:
            raise DataError(f"the log leaves out the input '{name}', which importances need.")
        some = rows[name].dropna().head(100)
        if len(some) and some.astype("str").str.fullmatch(re.compile(HASHED)).all():
            raise DataError(f"the log has hashes of the input '{name}', whose values are needed.")
    return rows[table.features]


def measured(
    model: Any, task: Task, frame: pd.DataFrame, found: Labelled, columns: list[str]
) -> tuple[dict[str, Importance], int]:
    """Importances on a sample of labelled rows, with deviations by chance of rows and shuffles.

    Returns them and the number of rows.
    """
    total = len(columns) + len(model.derived)
    repeats = sample.shuffles(SHUFFLES, total)
    some = sample.places(len(frame), sample.bounded(ROWS, total, repeats), SEED)
    rows = Rows.of(found.target[some], found.rows["entity"].to_numpy()[some])
    kept: list[np.ndarray] = []

    def lead(target: np.ndarray, scores: np.ndarray) -> float:
        value, influence = task.influences(target, scores)
        kept.append(influence)
        return value

    plain = of_model(
        model,
        frame.iloc[some].reset_index(drop=True),
        rows.target,
        lead,
        columns=columns,
        seed=SEED,
        repeats=repeats,
    )
    strata, deviations = task.strata(rows.target), []
    for group in (kept[: 1 + len(columns) * repeats], kept[1 + len(columns) * repeats :]):
        for start in range(1, len(group), repeats):  # the first is that of the whole
            moved = group[0] - np.mean(group[start : start + repeats], axis=0)
            deviations.append(reach(moved, strata, rows.clusters, CONFIDENCE))
    z = norm.ppf(0.5 + CONFIDENCE / 2)
    return {
        name: Importance(each.value, max(each.deviation, float(deviation / z)))
        for (name, each), deviation in zip(plain.items(), deviations, strict=True)
    }, len(some)


def judged(
    now: dict[str, Importance],
    then: dict[str, Importance],
    rows: tuple[int, int],
    least: float,
    alpha: float,
    *,
    needed: bool = False,
) -> Finding:
    """Alarms when the ranks differ, and a column's importance has changed beyond chance.

    Ranks that cannot be compared are `unknown` where they are `needed` by a trigger.

    Ranks alone are noise where columns are nearly equal. The deviation at release, by chance of its
    rows, is that of now, scaled to the number of rows.
    """
    scale = np.sqrt(rows[0] / max(rows[1], 1))
    before = {
        name: Importance(
            each.value, max(each.deviation, now[name].deviation * scale if name in now else 0.0)
        )
        for name, each in then.items()
    }
    both = [name for name in now if name in before]
    z = float(norm.isf(alpha / 2 / max(len(both), 1)))
    changed = {
        name: (now[name].value - before[name].value)
        for name in both
        if abs(now[name].value - before[name].value)
        > z * np.hypot(now[name].deviation, before[name].deviation)
    }
    found = compared(now, before)
    value = found["rank_correlation"]
    details = {"changed": sorted(changed), "columns": found["columns"]}
    if value is None:
        said = "Fewer than 3 columns have a clear importance: their ranks cannot be compared."
        unknown: Status = "unknown" if needed else "quiet"
        return Finding(KIND, NAME, unknown, said, bar=least, rows=rows[0], details=details)
    alarm = bool(value < least and changed)
    said = f"The ranks of the columns' importances correlate by {value:.2f} with those at release"
    if changed:
        most = max(changed, key=lambda name: abs(changed[name]))
        said += f"; '{most}' changed most, by {changed[most]:+.4f}"
    status = "alarm" if alarm else "quiet"
    return Finding(KIND, NAME, status, f"{said}.", value, bar=least, rows=rows[0], details=details)  # type: ignore[arg-type]
