"""Runs in AutoGluon's environment: `gluon_child.py FOLDER`, which holds rows and gets scores."""

import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from autogluon.tabular import TabularPredictor

METRICS = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "root_mean_squared_error"}


def main(folder: Path) -> None:
    """Fit on all known rows, score the test rows."""
    asked = json.loads((folder / "asked.json").read_text())
    known, test = (pd.read_parquet(folder / f"{name}.parquet") for name in ("known", "test"))
    task = asked["task"]
    predictor = TabularPredictor(
        asked["target"], problem_type=task, eval_metric=METRICS[task], path=str(folder / "models")
    )
    start = time.perf_counter()
    predictor.fit(known, presets="best_quality", time_limit=asked["seconds"])
    seconds, used = time.perf_counter() - start, os.times()
    test = test.drop(columns=asked["target"])
    predictor.persist(max_memory=None)  # else each call would read its models from disk
    walls = []
    for _ in range(3):
        start = time.perf_counter()
        scores = predictor.predict(test) if task == "regression" else predictor.predict_proba(test)
        walls.append(time.perf_counter() - start)
    if task == "binary":
        scores = scores[1]
    np.save(folder / "scores.npy", np.asarray(scores, dtype=np.float64))
    board = predictor.leaderboard()
    about = {
        "seconds": round(seconds, 1),
        "cpu_seconds": round(sum(used[:4]), 1),
        "rows_per_second": round(len(test) / min(walls)),
        "best": predictor.model_best,
        "models": dict(zip(board["model"], board["score_val"].round(5), strict=True)),
    }
    (folder / "about.json").write_text(json.dumps(about))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
