"""The rows of both arms that have a label, from the project's own source."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from mainline.core.errors import MainlineError
from mainline.experiments.arms import Arms
from mainline.monitoring import label_source
from mainline.monitoring.watched import Watched
from mainline.params.monitoring import LabelSettings
from mainline.request_log.settings import LogSettings
from mainline.request_log.ship_settings import ENTITY
from mainline.request_log.typed_columns import Privacy


def labelled(
    root: Path, watched: Watched, arms: Arms, log: LogSettings, as_of: date
) -> tuple[Arms, list[str]]:
    """Both arms with `target`, rows without a label left out, and notes on those.

    Raises MainlineError when no row has a label.
    """
    settings = watched.settings.labels
    labels = label_source.read(root, watched.table, settings, as_of, arms.first.date())
    if ENTITY in log.hash:
        privacy = Privacy(log)
        labels = labels.assign(entity=labels["entity"].map(privacy.entity))
    timed = watched.table.time is not None
    main = _with_target(arms.main, labels, settings, timed=timed)
    if arms.paired:
        challenger = arms.challenger.assign(**{name: main[name] for name in ("target", "found")})
    else:
        challenger = _with_target(arms.challenger, labels, settings, timed=timed)
    every = main if arms.paired else pd.concat([main, challenger])
    counts = every["found"].value_counts()
    if not counts.get("labelled"):
        raise MainlineError(
            f"of {len(every):,} predictions none has a label as of {as_of}.",
            hint="Labels are joined by `table.entity` and time (`monitoring.labels`): has the "
            "source got them, and do callers name the entity in x-entity-key?",
        )
    notes = [
        f"{counts[name]:,} of {len(every):,} predictions {text}"
        for name, text in (
            ("unlabelled", f"have no label as of {as_of} and are left out"),
            ("contradictory", "have labels that contradict each other and are left out"),
            ("known before", "were made when their label was known already and are left out"),
        )
        if counts.get(name)
    ]
    kept = (
        each[each["found"].eq("labelled")].reset_index(drop=True) for each in (main, challenger)
    )
    return replace(arms, main=next(kept), challenger=next(kept)), notes


def _with_target(
    rows: pd.DataFrame, labels: pd.DataFrame, settings: LabelSettings, *, timed: bool
) -> pd.DataFrame:
    """Rows in their order, with `target` and what was `found`."""
    asked = pd.DataFrame(
        {
            "place": np.arange(len(rows)),
            "entity": rows["entity"].fillna("").astype("str"),
            "t": rows["time"].astype("datetime64[us]").astype("int64"),
        }
    )
    labels = labels.astype({"entity": "str", "moment": "int64"})
    if timed:
        joined = pd.merge_asof(
            asked.sort_values("t"),
            labels.sort_values("moment"),
            left_on="t",
            right_on="moment",
            by="entity",
            direction=settings.direction,
            tolerance=settings.within_days * label_source.DAY,
        )
    else:
        joined = asked.merge(labels, on="entity", how="left")
    joined = joined.sort_values("place")
    before = joined["early"].eq(True) | joined["known"].le(joined["t"])  # NaN is neither
    found = np.select(
        [joined["contradictory"].eq(True), joined["target"].isna(), before],
        ["contradictory", "unlabelled", "known before"],
        "labelled",
    )
    return rows.assign(target=joined["target"].to_numpy(np.float64), found=found)
