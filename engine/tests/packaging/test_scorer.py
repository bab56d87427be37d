import shutil

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from mainline.core.errors import MainlineError
from mainline.packaging import saved_model
from mainline.packaging.saved_model import Scorer


@pytest.fixture(scope="module")
def exported(tiny_model, tmp_path_factory):
    directory = tmp_path_factory.mktemp("scorer") / "model"
    saved_model.export(tiny_model, directory)
    return directory


@pytest.fixture
def copy(exported, tmp_path):
    return shutil.copytree(exported, tmp_path / "copy")


def test_it_scores_as_the_trained_network(exported, tiny_model, tiny_rows):
    scores = Scorer(exported).score(tiny_rows["test"])
    assert scores.dtype == np.float64
    assert scores == pytest.approx(tiny_model.score(tiny_rows["test"]), abs=1e-6)


def test_inputs_are_the_raw_columns(exported):
    number, text = tf.float32, tf.string
    assert Scorer(exported).inputs == {"age": number, "income": number, "city": text, "plan": text}


def test_no_rows_give_no_scores(exported, tiny_rows):
    assert Scorer(exported).score(tiny_rows["test"].head(0)).shape == (0,)


def test_an_absent_column_is_named(exported):
    with pytest.raises(MainlineError, match="lack: city, plan"):
        Scorer(exported).score(pd.DataFrame({"age": [1.0], "income": [1.0]}))


def test_an_absent_model_is_a_users_error(tmp_path):
    with pytest.raises(MainlineError, match="none: cannot be loaded as a model"):
        Scorer(tmp_path / "none")


@pytest.mark.parametrize(
    "name",
    ["saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001"],
)
@pytest.mark.parametrize("damage", ["absent", "empty", "cut", "garbage"])
def test_damaged_bytes_are_a_users_error(copy, name, damage):
    path = copy / name
    whole = path.read_bytes()
    path.write_bytes({"cut": whole[: len(whole) // 2], "garbage": b"\xff" * 300}.get(damage, b""))
    if damage == "absent":
        path.unlink()
    with pytest.raises(MainlineError, match="cannot be loaded as a model"):
        Scorer(copy)


@pytest.mark.parametrize("output", ["score", "other"])
def test_a_model_that_is_not_ours_is_a_users_error(tmp_path, output):
    """Either its output has another name or it has no serving signature at all."""
    module = tf.Module()
    serve = tf.function(lambda x: {output: x}, input_signature=[tf.TensorSpec([None], name="x")])
    name = "other_signature" if output == "score" else "serving_default"
    tf.saved_model.save(module, str(tmp_path), signatures={name: serve})
    with pytest.raises(MainlineError, match="KeyError"):
        Scorer(tmp_path)
