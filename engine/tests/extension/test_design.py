"""`network.py`: what `build`, `optimizer` and `loss` get and have to give."""

import numpy as np
import pytest

from mainline.core.errors import SettingsError
from mainline.core.layout import Layout
from mainline.model import runtime, train, trained
from mainline.model.design import Design
from mainline.packaging import saved_model

GOOD = """
import keras
import tensorflow as tf
def build(columns, options, task):
    score = keras.layers.Dense(task.width, task.activation)(columns.scaled)
    return keras.Model(columns.inputs, score)
"""
RAW = """
import keras
def build(columns, options, task):
    age, city = columns.numbers[0], columns.categories[0]
    assert [each.name for each in columns.numbers] == ["age", "income"]
    assert (age.derived, city.derived, columns.numbers[1].name) == (False, False, "income")
    assert city.size == len(city.vocabulary) + 2 and 20 < age.scale.mean < 70
    assert (task.name, task.classes, task.width, task.activation) == ("binary", (), 1, "sigmoid")
    known = keras.ops.where(keras.ops.isnan(age.raw), 45.0, age.raw)[:, None] / 100
    text = keras.layers.StringLookup(vocabulary=list(city.vocabulary), output_mode="one_hot")
    picked = keras.layers.Embedding(city.size, 2)(city.encoded)
    whole = keras.layers.Concatenate()([known, picked, columns.numbers[1].encoded])
    return keras.Model([age.raw, *columns.inputs], keras.layers.Dense(1, "sigmoid")(whole))
"""


@pytest.fixture
def design(code, tiny_table, tiny_settings):
    def made(text, **changes):
        code.write("network", text)
        settings = type(tiny_settings).model_validate(
            {"seed": 5, "epochs": 3, "batch_size": 64} | changes
        )
        runtime.deterministic(5)
        return Design.of(code.root, tiny_table, settings)

    return made


@pytest.fixture
def fit(design, tiny_rows, tiny_table):
    def fitted(text, **changes):
        made = design(text, **changes)
        return train.fit(tiny_rows["train"], tiny_rows["validation"], tiny_table, made)

    return fitted


def test_a_network_may_read_raw_columns_and_is_served_the_same(
    fit, code, tiny_rows, tiny_table, tiny_settings, tmp_path
):
    model, curve = fit(RAW, learning_rate=0.05)
    assert curve["loss"].iloc[-1] < curve["loss"].iloc[0]
    rows = tiny_rows["test"]
    saved_model.export(model, tmp_path / "model")
    packed = saved_model.Scorer(tmp_path / "model").score(rows)
    assert packed == pytest.approx(model.score(rows), abs=1e-6)
    settings = tiny_settings.model_copy(update={"epochs": 3, "options": {}})
    parts = tiny_rows["train"], tiny_rows["validation"], tiny_table
    model, held_out = train.with_trees(model, *parts, settings)
    trained.save(model, settings, Layout(code.root).trained, held_out)
    again = trained.load(code.root, tiny_table)
    assert np.array_equal(again.score(rows), model.score(rows))


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        ("None", "returns no network. Found a NoneType, expected keras.Model(columns.inputs, out"),
        ("keras.Sequential()", "returns no network. Found a Sequential"),
        (
            "keras.Model(columns.inputs, keras.layers.Dense(2)(columns.scaled))",
            "does not fit a binary task. Found shape (None, 2), expected shape (None, 1). `task.w",
        ),
        (
            "keras.Model(x := keras.Input((4,), name='mine'), keras.layers.Dense(1)(x))",
            "the network has an input that is not a column. Found 'mine'",
        ),
    ],
)
def test_what_is_no_network_for_these_columns(fit, returned, said):
    with pytest.raises(SettingsError) as caught:
        fit(f"import keras\ndef build(columns, options, task): return {returned}")
    assert str(caught.value).startswith("src/small/network.py, function build: ")
    assert said in str(caught.value)


def test_another_optimizer_takes_the_steps(fit):
    sgd = GOOD + "def optimizer(options): return keras.optimizers.SGD(options['rate'])\n"
    still, _ = fit(sgd, options={"rate": 0.0})
    moved, curve = fit(sgd, options={"rate": 0.5})
    weights = [model.network.get_weights()[0] for model in (still, moved)]
    assert not np.allclose(*weights)
    assert curve["loss"].iloc[-1] < curve["loss"].iloc[0]


def test_an_optimizer_that_is_none_and_a_setting_that_it_replaces(fit, design):
    with pytest.raises(SettingsError, match=r"function optimizer: returns no optimizer\. Found a"):
        fit(GOOD + "def optimizer(options): return 'adam'\n")
    with pytest.raises(SettingsError, match=r"'train\.learning_rate' has no effect"):
        design(GOOD + "def optimizer(options): pass\n", learning_rate=0.1)


def test_another_loss_is_learnt_from_and_decides_the_best_epoch(fit):
    weighted = GOOD + (
        "def loss(target, outputs, options, task):\n"
        "    return options['weight'] * keras.losses.binary_crossentropy(target, outputs)\n"
    )
    _, one = fit(weighted, options={"weight": 1.0})
    _, three = fit(weighted, options={"weight": 3.0})
    assert three["validation_loss"][0] == pytest.approx(3 * one["validation_loss"][0], rel=0.01)


@pytest.mark.parametrize(
    ("returned", "shown"),
    [
        ("tf.reduce_mean(outputs)", "float32 ()"),
        ("tf.square(outputs - target)", "float32 (2, 1)"),
        ("1.0", "1.0"),
        ("tf.cast(outputs[:, 0], tf.float64)", "float64 (2,)"),
    ],
)
def test_a_loss_that_is_none_for_each_row(fit, returned, shown):
    with pytest.raises(SettingsError) as caught:
        fit(GOOD + f"def loss(target, outputs, options, task): return {returned}\n")
    assert "function loss: gives no loss for each row." in str(caught.value)
    assert f"Found {shown}, expected a tensor, float32 (rows,)" in str(caught.value)


def test_options_of_the_wrong_kind_are_refused_before_training(design):
    typed = "from mainline.extension import Settings\nclass Options(Settings):\n    depth: int\n"
    with pytest.raises(SettingsError, match=r"'train\.options\.dept' is not a setting"):
        design(typed + GOOD.replace("options,", "options: Options,"), options={"dept": 1})
