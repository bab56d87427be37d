"""The same weights on one core and on all: how a machine is cut must not decide a digest."""

import os
import subprocess
import sys

import pytest

SCRIPT = """
import os, sys
if sys.argv[1] == "one":
    os.sched_setaffinity(0, list(os.sched_getaffinity(0))[:1])
import hashlib
import numpy as np
import tensorflow as tf
from pathlib import Path
from mainline.core.table import TableSettings
from mainline.model import runtime
from mainline.model import minibatches as batches
from mainline.model import training_loop as loop
from mainline.model.design import Design
from mainline.model.preprocessing import Preprocessing, Scale
from mainline.model.settings import TrainSettings
from mainline.model.target import Target

runtime.deterministic(1)
settings = TrainSettings(seed=1, epochs=1, batch_size=4096)
rng = np.random.default_rng(1)
numbers = rng.normal(size=(16_384, 14)).astype(np.float32)
target = (numbers[:, :1] > 0).astype(np.float32)
categories = rng.integers(0, 5, (16_384, 2)).astype(np.int32)
names = [f"n{number}" for number in range(7)]
table = TableSettings(
    entity="e", target="t", positive="yes", numbers=names, categories=["a", "b"]
)
learnt = Preprocessing(
    dict.fromkeys(names, Scale(0.0, 1.0, 0.0, 0.0, 0.0)), dict.fromkeys("ab", ["x", "y", "z"])
)
design = Design.of(Path(sys.argv[2]), table, settings)
model = design.network(learnt, Target("binary"))
epoch = loop.epoch_of(model, design.loss(Target("binary")), design.stepper(model))
orders = batches.orders(16_384, 4096, 1, 16_384)
for _ in range(4):
    epoch(tuple(map(tf.constant, (numbers, categories, target))), next(orders))
print(hashlib.sha256(b"".join(each.tobytes() for each in model.get_weights())).hexdigest())
"""


@pytest.mark.nightly
@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="only Linux pins a process")
def test_weights_do_not_depend_on_the_number_of_cores(tiny_root):
    surroundings = {name: v for name, v in os.environ.items() if name != "TF_NUM_INTRAOP_THREADS"}
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, cores, str(tiny_root)],
            env=surroundings,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for cores in ("one", "all")
    ]
    weights = {run.communicate(timeout=120)[0] for run in runs}
    assert len(weights) == 1
    assert len(weights.pop()) == 65
