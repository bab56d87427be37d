"""What could ship beside what does: latency, speed and seconds to train, for the comment."""

import functools
import time
from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf

from mainline.core.layout import Layout
from mainline.gate import shipped
from mainline.gate.candidate import Candidate
from mainline.model import seconds
from mainline.model.prepared import BATCH
from mainline.model.preprocessing import tensors
from mainline.model.trained import Trained

NAME = "candidates"
CALLS, WARM = 300, 20  # with one row


def measured(candidate: Candidate) -> dict[str, Any]:
    """As `metrics/candidates.json`, with what each costs on this machine, and `train.ship`.

    Without the project's code nothing is measured: the proposal has said what each costs.
    """
    if candidate.outside:
        return shipped.unmeasured(candidate)
    each, about = costs(candidate), candidate.contenders
    found = {name: said | each[name] for name, said in about["candidates"].items()}
    return about | {"candidates": found, "asked": candidate.train.ship}


def costs(candidate: Candidate) -> dict[str, dict[str, float | None]]:
    """What each candidate costs: `cost`, and the `seconds` that its training took.

    `seconds` is None unless the models were trained on this machine.
    """
    took = seconds.read(candidate.root, Layout(candidate.root).trained)
    return {
        name: {**cost(model, candidate.test), "seconds": took.get(name)}
        for name, model in candidate.trained.candidates().items()
    }


def cost(model: Trained, frame: pd.DataFrame) -> dict[str, float]:
    """Milliseconds of one row; rows a second in batches, of the faster of two calls."""
    specs = model.preprocessing.signature
    graph = tf.function(lambda **rows: model(rows), autograph=False)
    run = graph.get_concrete_function(**specs)
    some = frame.iloc[np.arange(BATCH) % len(frame)]
    batch = tensors(some, {name: spec.dtype for name, spec in specs.items()})
    one = {name: values[:1] for name, values in batch.items()}
    single = [_timed(functools.partial(run, **one)) for _ in range(WARM + CALLS)][WARM:]
    whole = min(_timed(functools.partial(run, **batch)) for _ in range(2))
    return {
        "p99_ms": round(float(np.quantile(single, 0.99)) * 1000, 4),
        "rows_per_second": round(BATCH / whole),
    }


def _timed(call: "functools.partial[Any]") -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
