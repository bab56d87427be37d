"""What Mainline ships from the same rows with the worked project's network.py and settings."""

import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import trainers
from measure import ROOT, timed

from mainline.core import config
from mainline.model import baseline, runtime, train
from mainline.model.design import Design
from mainline.model.preprocessing import tensors
from mainline.model.settings import TrainSettings
from mainline.packaging.saved_model import Scorer, export
from mainline.scoring.score import BATCH
from mainline.scoring.scores import BatchScorer
from references.tables import Rows

CALLS, WARM, REPEAT = 300, 20, 3


@dataclass(frozen=True)
class Ours:
    """Test scores of what ships and of the plain trees, and what the one that ships costs."""

    scores: np.ndarray
    trees: np.ndarray
    about: dict[str, Any]


def compute(rows: Rows) -> Ours:
    """Train, choose, export and score, with the functions of the stages."""
    settings, table = config.section(ROOT, "train", TrainSettings), rows.table
    runtime.deterministic(settings.seed)
    start, used = time.perf_counter(), time.process_time()
    model, _ = train.fit(rows.train, rows.validation, table, Design.of(project(), table, settings))
    model, _ = train.with_trees(model, rows.train, rows.validation, table, settings)
    about = {
        "ships": model.choice.name,
        "share": model.choice.share,
        "seconds": round(time.perf_counter() - start, 1),
        "cpu_seconds": round(time.process_time() - used, 1),
    }
    trees = baseline.fit(rows.train, table, settings.baseline, settings.seed)
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch) / "model"
        export(model, directory)
        scores, cost = packaged(directory, rows)
    return Ours(scores, baseline.score(trees, rows.test, table), about | cost)


def packaged(directory: Path, rows: Rows) -> tuple[np.ndarray, dict[str, Any]]:
    """Scores of the test rows as `mainline score` makes them, and what that takes."""
    scorer = Scorer(directory)
    some = rows.test.iloc[np.arange(WARM + CALLS) % len(rows.test)]
    single = [timed(call) for call in scorer.calls(some)]
    with closing(BatchScorer(directory)) as batches:
        test = rows.test.iloc[:BATCH]
        values = arrays(test, batches)
        walls = [timed(lambda: batches.score(values)) for _ in range(REPEAT)]
    size = sum(file.stat().st_size for file in directory.rglob("*") if file.is_file())
    return scorer.score(rows.test), {
        "rows_per_second": round(len(test) / min(walls)),
        "p99_ms": round(float(np.quantile(single[WARM:], 0.99)) * 1000, 3),
        "mb": round(size / 1e6, 2),
    }


def arrays(frame: pd.DataFrame, scorer: BatchScorer) -> dict[str, np.ndarray]:
    """The columns as `mainline score` hands them to the model."""
    found = tensors(frame, scorer.inputs)
    return {name: value.numpy() for name, value in found.items()}


@cache
def project() -> Path:
    """A project with the worked example's network alone, which fits any columns."""
    root = trainers.project()
    [network] = (ROOT / "src").glob("*/network.py")
    (root / "src/small/network.py").write_text(network.read_text())
    return root
