"""How often quiet windows alarm, and how often a shift is found, at the default settings.

Each window is a file of the log, watched as `mainline monitor` does. With the default sizes, the
picture of docs/monitoring.md is drawn anew.
"""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import falls
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from curves import Curve, picture
from measure import ROOT, Result, main
from monitor import LAST, logged

from mainline.core.table import TableSettings
from mainline.evaluation.settings import EvaluationSettings
from mainline.monitoring import input_drift, prediction_drift, service
from mainline.monitoring.finding import Finding
from mainline.monitoring.log_table import LogTable
from mainline.monitoring.window import Window
from mainline.params.monitoring import MonitoringSettings
from mainline.request_log.log_store import folder_of

PICTURE = ROOT / "docs/alarms.svg"
WINDOWS, MOST = 200, 10  # quiet ones, and how many of them may alarm
SHIFT, FALL = 0.5, 0.05  # in deviations; of ROC AUC
JUDGED, LEAST = 10_000, 0.8  # rows at which both are found so often
SHIFTS = (0.5, 0.4, 0.3)
SIZES = [500, 1_000, 2_000, 5_000, 10_000, 20_000]
QUIET = tuple(product((500, 1_000, 5_000, 20_000), (1, 5)))  # rows, and rows of each entity
TRAIN, TEST = 12_000, 4_000
NUMBERS = [f"number_{place}" for place in range(12)]
CATEGORIES = [f"category_{place}" for place in range(4)]
TABLE = TableSettings(
    entity="who", target="left", positive="yes", numbers=NUMBERS, categories=CATEGORIES
)
WATCHED = SimpleNamespace(
    table=TABLE,
    version="7",
    known=frozenset({"7"}),
    evaluation=EvaluationSettings(threshold=0.5, slices={"category_0": None, "number_0": [0.0]}),
)
SETTINGS = MonitoringSettings()
HOUR = int(LAST.timestamp()) // 3600


def measure(sizes: list[int], repeat: int) -> list[Result]:
    """Quiet windows that alarm; the shares of seeds in which a shift is found, by size."""
    alarmed = quiet_windows(WINDOWS)
    found = [
        Result.of("quiet windows that alarm", f"{WINDOWS} windows", [len(alarmed)], "", most=MOST)
    ]
    shares = {
        (shift, size): share(partial(shifted, size=size, shift=shift), repeat)
        for shift, size in product(SHIFTS, sizes)
    }
    for (shift, size), value in shares.items():
        least = LEAST if (shift, size) == (SHIFT, JUDGED) else None
        what = f"a shift by {shift:g} deviations is found"
        found.append(Result.of(what, f"{size:,} rows", [value], "of seeds", least=least))
    falling = {size: share(partial(fallen, size=size), repeat) for size in sizes}
    for size, value in falling.items():
        least = LEAST if size == JUDGED else None
        what = f"a fall of ROC AUC by {FALL:g} is found"
        found.append(Result.of(what, f"{size:,} rows", [value], "of seeds", least=least))
    curves = [
        *(
            Curve(f"shift by {shift:g}", [(size, shares[shift, size]) for size in sizes])
            for shift in SHIFTS
        ),
        Curve(f"ROC AUC {FALL:g} lower", list(falling.items())),
    ]
    if sizes == SIZES:
        PICTURE.write_text(picture("How often a change is found", "rows", curves))
    return found


def quiet_windows(count: int) -> dict[int, list[str]]:
    """The alarms of windows without drift, by number; those without an alarm are left out."""
    with ThreadPoolExecutor(2) as threads:
        found = dict(enumerate(threads.map(quiet, range(count))))
    return {place: names for place, names in found.items() if names}


def quiet(seed: int) -> list[str]:
    """The names of what alarms in a window like its reference: none should."""
    size, repeated = QUIET[seed % len(QUIET)]
    train, test = (world(seed, part, rows, repeated) for part, rows in ((0, TRAIN), (1, TEST)))
    reference = SimpleNamespace(train=train, test=test, scores=test["score"].to_numpy())
    with watched(world(seed, 2, size, repeated)) as log:
        found = [
            *input_drift.findings(WATCHED, reference, log, SETTINGS),
            *prediction_drift.findings(WATCHED, reference, log, SETTINGS),
            *service.findings(WATCHED, log, SETTINGS),
        ]
    return alarms(found) + falls.quiet(seed, size)


def shifted(seed: int, size: int, shift: float) -> bool:
    """Whether the column that moved alarms, and no other one."""
    moved = world(seed, 2, size, 1)
    moved["number_0"] += shift
    with watched(moved) as log:
        reference = SimpleNamespace(train=trained_on(seed))
        return alarms(input_drift.findings(WATCHED, reference, log, SETTINGS)) == ["drift.number_0"]


def fallen(seed: int, size: int) -> bool:
    """Whether a fall of the ROC AUC, from 0.80, alarms in a window whose labels are all there."""
    return "quality.roc_auc" in falls.alarms(seed, size, falls.AUC - FALL)


def share(step: partial[bool], seeds: int) -> float:
    """Of seeds for which a step says yes."""
    with ThreadPoolExecutor(2) as threads:
        return sum(threads.map(step, range(seeds))) / seeds


def alarms(findings: list[Finding]) -> list[str]:
    """Names of findings."""
    return [each.name for each in findings if each.status == "alarm"]


@contextmanager
def watched(frame: pd.DataFrame) -> Iterator[LogTable]:
    """These rows as the log of one hour."""
    with tempfile.TemporaryDirectory() as store:
        path = Path(store) / folder_of(HOUR) / "compact-1.parquet"
        path.parent.mkdir(parents=True)
        pq.write_table(logged(frame, TABLE, HOUR, WATCHED.version, frame["score"]), path)
        with LogTable.opened(store, Window(LAST.date(), LAST.date())) as log:
            yield log


@lru_cache(64)
def trained_on(seed: int) -> pd.DataFrame:
    """The training rows of a seed, one an entity."""
    return world(seed, 0, TRAIN, 1)


def world(seed: int, part: int, rows: int, repeated: int) -> pd.DataFrame:
    """Rows of what tables hold: ties, long tails, missing values, rare and many categories.

    Each entity has `repeated` rows, equal but for a little noise in some columns: this is where
    counting rows instead of entities alarms. Scores are calibrated.
    """
    rng = np.random.default_rng([seed, part])
    entities = -(-rows // repeated)
    owner = np.arange(rows) // repeated
    columns: dict[str, object] = {"who": [f"c{part}-{each}" for each in owner]}
    for place, name in enumerate(NUMBERS):
        values = [
            rng.normal(0, 1, entities),
            rng.lognormal(0, 1, entities),
            rng.poisson(0.4, entities).astype(float),
            np.where(rng.random(entities) < 0.7, 0.0, rng.gamma(2, 10, entities)),
        ][place % 4][owner]
        columns[name] = np.where(rng.random(rows) < 0.01 * (place // 4), np.nan, values)
    for place, name in enumerate(CATEGORIES):
        count = (3, 2, 12, 300)[place]
        weights = 1 / np.arange(1, count + 1) ** (0.5 if place != 1 else 7)  # one is rare
        drawn = rng.choice(count, entities, p=weights / weights.sum())[owner]
        columns[name] = pd.Series(drawn).map("value {}".format)
    risk = 0.5 * np.asarray(columns["number_0"]) - 2 + rng.normal(0, 0.3, entities)[owner]
    columns["score"] = 1 / (1 + np.exp(-risk))
    columns["left"] = (rng.random(rows) < columns["score"]).astype(np.int8)
    return pd.DataFrame(columns)


if __name__ == "__main__":
    main(__doc__, measure, SIZES, 50)
