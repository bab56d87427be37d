"""A multiclass and a regression model as they ship: bytes, shapes, golden rows, card."""

import json

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from mainline.core import parquet
from mainline.core.errors import MainlineError
from mainline.model import trained
from mainline.packaging.saved_model import Scorer
from task_fixtures import TASKS

LABELS = TASKS["multiclass"]["classes"]


@pytest.mark.parametrize("task", TASKS)
def test_it_scores_as_the_trained_network_and_beats_chance(task_run, task_tables, task):
    root = task_run[task]
    rows = parquet.read_part(root, "test")
    model, packed = trained.load(root, task_tables[task]), Scorer(root / "dist/model").score(rows)
    assert packed.dtype == np.float64
    assert packed == pytest.approx(model.score(rows), rel=1e-5)
    shape = (300, 3) if task == "multiclass" else (300,)
    assert packed.shape == shape
    assert Scorer(root / "dist/model").score(rows.head(0)).shape == (0, *shape[1:])
    assert model.score(rows.head(0)).shape == (0, *shape[1:])
    figures = json.loads((root / "metrics/evaluation.json").read_text())
    assert figures["task"] == task
    leading = next(iter(figures["model"].values()))
    assert leading["low"] > (0.6 if task == "multiclass" else 0.3)
    assert "threshold" not in figures


@pytest.mark.parametrize("task", TASKS)
def test_golden_rows_say_what_a_server_has_to(task_run, task):
    root = task_run[task]
    golden = json.loads((root / "dist/model/assets.extra/golden.json").read_text())
    scores = Scorer(root / "dist/model").score(pd.DataFrame([row["inputs"] for row in golden]))
    assert np.array([row["score"] for row in golden]) == pytest.approx(scores, rel=1e-6)
    if task == "multiclass":
        assert [row["label"] for row in golden] == [LABELS[place] for place in scores.argmax(1)]
    else:
        (within,) = {row["within"] for row in golden}
        assert 0.3 < within < 1  # a hundred-thousandth of some 50,000


def test_the_label_is_text_made_in_the_graph_without_a_lookup_table(task_run):
    directory = task_run["multiclass"] / "dist/model"
    served = tf.saved_model.load(str(directory)).signatures["serving_default"]
    inputs = {
        "age": tf.constant([30.0, 70.0]),
        "income": tf.constant([20.0, float("nan")]),
        "city": tf.constant(["bonn", "ulm"]),
        "plan": tf.constant(["plus", ""]),
    }
    answer = served(**inputs)
    places = answer["score"].numpy().argmax(axis=1)
    assert [label.decode() for label in answer["label"].numpy()] == [LABELS[p] for p in places]
    assert b"HashTable" not in (directory / "saved_model.pb").read_bytes()


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ("multiclass", ["`stays`, `über`, `leaves`; `label` is", "| Macro F1 |"]),
        ("regression", ["Predicts `y`, an amount", "| R² |", "| Root mean squared error | "]),
    ],
)
def test_the_card_speaks_of_the_task(task_run, task, words):
    card = (task_run[task] / "dist/model-card.md").read_text()
    for word in [*words, "| plan missing | "]:
        assert word in card
    assert "called positive" not in card
    assert "| ROC AUC |" not in card


@pytest.mark.parametrize("shape", ["a column too many", "one score for all"])
def test_scores_of_another_shape_are_refused(tmp_path, shape):
    """Bytes that say one thing in their signature and do another."""

    def serve(x):
        wrong = tf.zeros([tf.shape(x)[0] + 1]) if shape == "one score for all" else tf.stack([x, x])
        return {"score": tf.ensure_shape(wrong, [None] * len(wrong.shape))}

    serve = tf.function(serve, input_signature=[tf.TensorSpec([None], name="x")])
    tf.saved_model.save(tf.Module(), str(tmp_path), signatures={"serving_default": serve})
    with pytest.raises(MainlineError, match="gives scores of shape"):
        Scorer(tmp_path).score(pd.DataFrame({"x": [1.0, 2.0, 3.0]}))
