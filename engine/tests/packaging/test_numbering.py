"""An export gives the same bytes, whatever the process traced before."""

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf.config_pb2 import ConfigProto
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from mainline.core.files import tree_files
from mainline.graph import program
from mainline.model import runtime, trained
from mainline.model.ship import Choice
from mainline.packaging import saved_model
from mainline.packaging.numbering import renumbered
from mainline.packaging.saved_model import Scorer


def contents(directory):
    return {name.as_posix(): (directory / name).read_bytes() for name in tree_files(directory)}


def trace() -> None:
    tf.function(lambda x: tf.while_loop(lambda y: y < 3, lambda y: y + 1, [x]))(tf.constant(1))


@pytest.mark.parametrize(("ship", "share"), [("network", 0.0), ("trees", 1.0), ("blend", 0.5)])
def test_weights_loaded_and_exported_again_give_the_same_bytes(
    ship, share, tiny_model, tiny_settings, tiny_rows, tiny_table, tiny_root, tmp_path
):
    model = replace(tiny_model, choice=Choice(ship, share, 0.5))
    trained.save(model, tiny_settings, tmp_path / "trained", np.zeros(1))
    for name in ("one", "two"):
        runtime.deterministic(0)
        loaded = trained.load(tiny_root, tiny_table, tmp_path / "trained")
        saved_model.export(loaded, tmp_path / name)
        trace()
    one, two = (contents(tmp_path / name) for name in ("one", "two"))
    assert [name for name in one if one[name] != two.get(name)] == []
    assert one.keys() == two.keys()
    rows = tiny_rows["test"]
    np.testing.assert_allclose(Scorer(tmp_path / "two").score(rows), model.score(rows), atol=1e-6)


def test_a_gradient_of_its_own_is_renumbered_and_still_loads(tmp_path):
    layer = keras.layers.Dense(2, activation="silu")
    layer.build((None, 3))
    module = tf.Module()
    module.model_variables = [weight.value for weight in layer.weights]
    found = []
    for name in ("one", "two"):
        serve = tf.function(lambda x: {"score": layer(x)}, [tf.TensorSpec([None, 3], name="x")])
        tf.saved_model.save(module, str(tmp_path / name), {"serving_default": serve})
        path = tmp_path / name / "saved_model.pb"
        assert b"CustomGradient-" in path.read_bytes()
        path.write_bytes(renumbered(path.read_bytes()))
        found.append(path.read_bytes())
        trace()
    assert found[0] == found[1]
    rows = tf.ones([1, 3])
    served = tf.saved_model.load(str(tmp_path / "two")).signatures["serving_default"]
    np.testing.assert_allclose(served(x=rows)["score"], layer(rows), atol=1e-6)


def test_a_machine_with_other_devices_gives_the_same_bytes(tiny_model, tmp_path):
    saved_model.export(tiny_model, tmp_path)
    data = (tmp_path / "saved_model.pb").read_bytes()
    saved = SavedModel.FromString(data)
    settings = ConfigProto(allow_soft_placement=True, device_count={"CPU": 1, "GPU": 4})
    settings.gpu_options.visible_device_list = "0,1,2,3"
    settings.experimental.SetInParent()
    calls = [node for node in saved.meta_graphs[0].graph_def.node if "config_proto" in node.attr]
    for call in calls:
        call.attr["config_proto"].s = settings.SerializeToString()
    of_another = saved.SerializeToString()
    assert of_another != data
    program.check(of_another)
    assert renumbered(of_another) == data
