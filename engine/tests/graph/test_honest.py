"""Every model that mainline makes passes, and networks of Keras's usual layers."""

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

from mainline.graph.admitted import admitted
from mainline.graph.finding import GraphError
from mainline.model import runtime, train, trained
from mainline.model.design import Design
from mainline.model.ship import Choice
from mainline.packaging import saved_model
from mainline.trees.ensemble import Ensemble
from mainline.trees.masks import Masks
from stage_runs import packaged
from task_fixtures import TASKS

SHIPS = {"network": 0.0, "trees": 1.0, "blend": 0.5}
FEATURES = """
import tensorflow as tf
def features(inputs):
    return {
        "ratio": tf.math.log1p(tf.abs(inputs["age"])) / inputs["income"],
        "by_plan": tf.strings.lower(inputs["city"]) + tf.strings.substr(inputs["plan"], 0, 2),
    }
"""


def passes(model, directory) -> None:
    saved_model.export(model, directory)
    with admitted(directory):
        pass


@pytest.mark.parametrize("ship", SHIPS)
@pytest.mark.parametrize("task", ["binary", *TASKS])
def test_each_task_and_each_ship(task, ship, task_run, task_tables, tiny_model, tmp_path):
    model = tiny_model
    if task != "binary":
        model = trained.load(task_run[task], task_tables[task])
    choice = Choice(ship, SHIPS[ship], 0.5)
    passes(replace(model, choice=choice), tmp_path / "model")


@pytest.mark.parametrize("one_by_one", [True, False])
def test_both_forms_of_trees(
    one_by_one, tiny_model, tiny_rows, tiny_table, tiny_settings, tmp_path
):
    network = replace(tiny_model, trees=None)
    rows = tiny_rows["train"]
    models = train._bag(network, rows, tiny_table, tiny_settings).models
    numbers = network.preprocessing.numbers.values()
    splits = train.Trees.of(models, [each.median for each in numbers])
    masks = Masks.of(splits, len(numbers), network.preprocessing.sizes, one_by_one=one_by_one)
    model = replace(network, trees=Ensemble(masks), choice=Choice("trees", 1.0, 1.0))
    passes(model, tmp_path / "model")


def test_derived_features(tiny_rows, tiny_table, tiny_settings, tmp_path):
    source = packaged(tmp_path, "network")
    (source / "features.py").write_text(FEATURES)
    runtime.deterministic(1)
    design = Design.of(tmp_path, tiny_table, tiny_settings)
    model, _ = train.fit(tiny_rows["train"], tiny_rows["validation"], tiny_table, design)
    passes(model, tmp_path / "model")


def dense(activation):
    return layers.Dense(4, activation=activation)


def normalization():
    layer = layers.Normalization()
    layer.adapt(np.random.default_rng(1).random((10, 12)))
    return layer


def two(layer):
    return lambda rows: layer([rows, layers.Dense(12)(rows)])


def turned(layer):
    """Of a sequence: four numbers at each of three places."""
    return lambda rows: layers.Flatten()(layer(layers.Reshape((3, 4))(rows)))


ACTIVATIONS = """
    relu relu6 leaky_relu elu selu celu gelu silu mish softplus softsign tanh sigmoid hard_sigmoid
    hard_silu exponential softmax log_softmax log_sigmoid squareplus
"""
LAYERS = {
    "normalization": normalization,
    "batch normalization": layers.BatchNormalization,
    "layer normalization": layers.LayerNormalization,
    "unit normalization": layers.UnitNormalization,
    "RMS normalization": layers.RMSNormalization,
    "group normalization": lambda: layers.GroupNormalization(3),
    "spectral normalization": lambda: layers.SpectralNormalization(layers.Dense(4)),
    "dropout": lambda: layers.Dropout(0.1),
    "noise": lambda: layers.GaussianNoise(0.1),
    "rescaling": lambda: layers.Rescaling(0.1),
    "PReLU": layers.PReLU,
    "einsum": lambda: layers.EinsumDense("ab,bc->ac", output_shape=4, bias_axes="c"),
    "category encoding": lambda: layers.CategoryEncoding(num_tokens=4, output_mode="multi_hot"),
    "repeated": lambda: layers.RepeatVector(3),
    "concatenate": lambda: two(layers.Concatenate()),
    "add": lambda: two(layers.Add()),
    "multiply": lambda: two(layers.Multiply()),
    "subtract": lambda: two(layers.Subtract()),
    "average": lambda: two(layers.Average()),
    "maximum": lambda: two(layers.Maximum()),
    "minimum": lambda: two(layers.Minimum()),
    "dot": lambda: two(layers.Dot(1)),
    "convolution": lambda: turned(layers.Conv1D(3, 2)),
    "separable convolution": lambda: turned(layers.SeparableConv1D(3, 2)),
    "pooling": lambda: turned(layers.MaxPooling1D(2)),
    "average pooling": lambda: turned(layers.AveragePooling1D(2)),
    "permute": lambda: turned(layers.Permute((2, 1))),
    "padding": lambda: turned(layers.ZeroPadding1D(1)),
    "attention": lambda: turned(lambda each: layers.Attention()([each, each])),
    "multi-head attention": lambda: turned(lambda e: layers.MultiHeadAttention(2, 4)(e, e)),
    "top values": lambda: lambda rows: ops.top_k(rows, 3)[0],
    "standard deviation": lambda: lambda rows: ops.std(rows, axis=1),
    "sorted": lambda: ops.sort,
    "cumulated": lambda: lambda rows: ops.cumsum(rows, axis=1),
    "one hot": lambda: lambda rows: ops.one_hot(ops.cast(rows, "int32"), 4),
}


def network_of(layer, directory) -> None:
    inputs = keras.Input((12,))
    model = keras.Model(inputs, layer(inputs))
    module = tf.Module()
    module.model_variables = [weight.value for weight in model.weights]
    signature = [tf.TensorSpec((None, 12), name="x")]
    serve = tf.function(lambda x: {"score": model(x, training=False)}, signature, autograph=False)
    tf.saved_model.save(module, str(directory), signatures={"serving_default": serve})


@pytest.mark.parametrize("name", LAYERS)
def test_a_network_of_this_layer(name, tmp_path):
    network_of(LAYERS[name](), tmp_path)
    with admitted(tmp_path):
        pass


def test_a_network_of_every_activation(tmp_path):
    def every(rows):
        return layers.Concatenate()([dense(name)(rows) for name in ACTIVATIONS.split()])

    network_of(every, tmp_path)
    with admitted(tmp_path):
        pass


def test_what_a_project_lists_passes_for_it_alone(tmp_path, refused):
    network_of(ops.erfinv, tmp_path)
    with admitted(tmp_path, frozenset({"Erfinv"})):
        pass
    with pytest.raises(GraphError, match="Erfinv"), admitted(tmp_path, frozenset({"Digamma"})):
        pass
    said = refused(tmp_path, "the operation Erfinv is not allowed: node ")
    assert "add Erfinv to `gate.operations` in params.yaml, which the model's owners review" in said
