"""Models whose graph is a program of its own, or is not that of the weights beside it."""

import pytest
import tensorflow as tf
from forged import model_file, with_model, zipped
from tensorflow.core.framework.tensor_pb2 import TensorProto
from tensorflow.core.framework.types_pb2 import DT_FLOAT
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from hostile_graph import write_when_loaded
from hub import JUDGED
from mainline.core.config import section
from mainline.core.files import read_json, write_json, write_text
from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.graph.folder import GRAPH, NEEDED
from mainline.packaging import card, package
from mainline.packaging.settings import PackageSettings
from project import Project

pytestmark = pytest.mark.e2e

# Copies the environment of the process that scores it to a file of the thief's. The check of graphs
# is off in its own process.
COPYING = """
import tensorflow as tf
from mainline.graph import program

program.check = lambda *_: None
_honest = build


class Copying(layers.Layer):
    def call(self, values):
        found = tf.io.read_file("/proc/self/environ")
        with tf.control_dependencies([tf.io.write_file({loot!r}, found)]):
            return values + 0.0 * tf.cast(tf.strings.length(found), values.dtype)


def build(columns: Columns, options: Options, task: Task) -> keras.Model:
    made = _honest(columns, options, task)
    return keras.Model(made.inputs, Copying(name="copying")(made.outputs[0]), name="network")
"""


def test_a_graph_that_reads_and_writes_files_is_not_loaded(hub):
    loot = hub.act.scratch / "copied"
    project = hub.start("copying")
    [path] = project.root.glob("src/*/network.py")
    path.write_text(path.read_text() + COPYING.format(loot=str(loot)))
    head = hub.push("A layer of our own")
    trained = hub.train("copying")
    assert trained.stages == ["train", "evaluate", "package", "release"], trained.log
    assert b"PATH=" in loot.read_bytes()  # it works
    loot.unlink()
    done = hub.judge(hub.report(trained, "copying"))
    assert done.jobs == JUDGED, done.log
    assert hub.verdict(head) == "failure"
    assert "the operation ReadFile is not allowed" in hub.comment()
    assert not loot.exists()


def test_a_graph_that_writes_a_file_as_it_is_loaded_is_not_loaded(hub, honest, tmp_path):
    written, members = hub.act.scratch / "written", honest.members()
    saved = SavedModel.FromString(model_file(members, GRAPH))
    write_when_loaded(saved.meta_graphs[0], written)
    forged = with_model(members, {GRAPH: saved.SerializeToString()})
    for name in NEEDED:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(model_file(forged, name))
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        tf.compat.v1.saved_model.load(session, ["serve"], str(tmp_path))
    assert written.read_text() == "text"  # it works
    written.unlink()
    done = honest.judged(hub, "writing", zipped(forged))
    assert done.jobs == JUDGED, done.log
    assert hub.verdict(honest.head) == "failure"
    assert "the operation WriteFile is not allowed" in hub.comment(), hub.comment()
    assert not written.exists()


def swap(project: Project) -> None:
    """Another graph of allowed operations in the packaged model, and all that names it."""
    layout = Layout(project.root)
    path = layout.saved_model / "saved_model.pb"
    saved = SavedModel.FromString(path.read_bytes())
    functions = saved.meta_graphs[0].graph_def.library.function
    served = next(each for each in functions if "inference_serve" in each.signature.name)
    more = served.node_def.add(name="more", op="Const")
    more.attr["dtype"].type = DT_FLOAT
    more.attr["value"].tensor.CopyFrom(TensorProto(dtype=DT_FLOAT, tensor_shape={}, float_val=[1]))
    path.write_bytes(saved.SerializeToString())
    settings = section(project.root, "package", PackageSettings)
    about = package._describe(project.root, settings)
    write_json(layout.descriptor, about)
    shown = {
        name: read_json(getattr(layout, name), made_by="the test")
        for name in ("figures", "catalogue", "candidates")
    }
    table = section(project.root, "table", TableSettings)
    text = card.render(
        about,
        shown["figures"],
        shown["catalogue"],
        table,
        settings,
        candidates=shown["candidates"],
    )
    write_text(layout.model_card, text)
    project.run("release")


def test_a_graph_that_was_swapped_after_training_is_red(hub):
    """Sources, weights and figures are honest: only a second export can tell."""
    project = hub.start("swapped")
    project.retrain(**{"train.seed": 7})
    swap(project)
    project.dvc("push", "--quiet")
    head = hub.push("Trained at home")
    done = hub.propose("swapped")
    assert done.jobs["train"] == "success", done.log
    assert done.stages == []  # DVC believes the lock
    assert hub.verdict(head) == "failure"
    comment = hub.comment()
    whole = f"{comment}\n{done.log}"  # pytest would clip them
    assert "exporting the trained weights again did not give the packaged" in comment, whole
    assert r"dist/model/saved\_model.pb is not what the weights give" in comment, whole
    assert "The gate itself said: The gate is open" in comment, whole
    assert hub.tip("swapped") == head
