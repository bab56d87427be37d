"""Graphs that do more than compute. Each is refused before a loader is called."""

import pytest
import tensorflow as tf
from edits import node, role, saving, serving

from hostile_graph import write_when_loaded
from mainline.graph import program
from mainline.packaging.loaded import Loaded

LINE = tf.lookup.TextFileIndex
TEXT = [tf.TensorSpec([], tf.string, name="x")]


def exported(directory, function, module=None) -> None:
    serve = tf.function(function, input_signature=TEXT, autograph=False)
    tf.saved_model.save(module or tf.Module(), str(directory), {"serving_default": serve})


# Real models, as a network.py could make them.


def test_a_file_read_into_the_scores(tmp_path, refused):
    exported(tmp_path, lambda x: {"score": tf.io.read_file("/proc/self/environ")})
    said = refused(tmp_path, "the operation ReadFile is not allowed: node ReadFile in function ")
    assert "No setting allows it here: it can reach files" in said


def written(path):
    def serve(x):
        with tf.control_dependencies([tf.io.write_file(str(path), x)]):
            return tf.identity(x)

    return serve


BODIES = {
    "itself": lambda write, x: write(x),
    "cond": lambda write, x: tf.cond(tf.equal(x, ""), lambda: write(x), lambda: x),
    "case": lambda write, x: tf.switch_case(tf.strings.length(x), [lambda: write(x), lambda: x]),
    "loop": lambda write, x: tf.while_loop(lambda y: tf.equal(y, ""), lambda y: [write(y)], [x])[0],
    "condition of a loop": lambda write, x: tf.while_loop(
        lambda y: tf.equal(write(y), ""), lambda y: [y], [x]
    )[0],
    "map": lambda write, x: tf.map_fn(write, x[tf.newaxis])[0],
}


@pytest.mark.parametrize("body", BODIES)
def test_a_file_written_wherever_a_function_hides_it(body, tmp_path, refused):
    path = tmp_path / "written"
    exported(tmp_path / "model", lambda x: {"score": BODIES[body](written(path), x)})
    refused(tmp_path / "model", "is not allowed: node ")
    assert not path.exists()


def gradient(path):
    @tf.custom_gradient
    def forward(x):
        def backward(upstream):
            with tf.control_dependencies([tf.io.write_file(str(path), "x")]):
                return tf.identity(upstream)

        return tf.identity(x), backward

    return forward


def test_a_file_written_by_a_gradient(tmp_path, refused):
    forward = gradient(tmp_path / "written")
    exported(
        tmp_path / "model",
        lambda x: {"score": tf.strings.as_string(forward(tf.strings.to_number(x)))},
    )
    refused(tmp_path / "model", "the operation WriteFile is not allowed")


def test_python_in_the_graph(tmp_path, refused):
    exported(tmp_path, lambda x: {"score": tf.numpy_function(bytes, [x], tf.string)})
    refused(tmp_path, "the operation PyFunc is not allowed")


def test_a_table_that_reads_a_file(tmp_path, refused):
    vocabulary = tmp_path / "words"
    vocabulary.write_text("a\nb\n")
    module = tf.Module()
    module.table = tf.lookup.StaticVocabularyTable(
        tf.lookup.TextFileInitializer(
            str(vocabulary), tf.string, LINE.WHOLE_LINE, tf.int64, LINE.LINE_NUMBER
        ),
        num_oov_buckets=1,
    )
    exported(tmp_path / "model", lambda x: {"score": module.table.lookup(x)}, module)
    refused(tmp_path / "model", "assets/words is not a file of a model")


# An initializer, which runs as the model is loaded: with no check the file is there.


def test_a_file_written_by_the_load_alone(edited, refused, tmp_path, monkeypatch):
    path = tmp_path / "written"
    directory = edited(lambda meta: write_when_loaded(meta, path))
    with monkeypatch.context() as patch:
        patch.setattr(program, "check", lambda *_: None)
        Loaded(directory).close()
    assert path.read_text() == "text"
    path.unlink()
    refused(directory, "the operation WriteFile is not allowed: node evil in the main graph")
    assert not path.exists()


# The function that saves as a signature, which Python's loader makes of objects alone.


def saves_by_a_request(meta):
    save, _ = saving(meta)
    objects, signature = meta.object_graph_def, serving(meta).bare_concrete_function
    function = role(meta, "save").signature.name
    bound = [place for place, each in enumerate(objects.nodes) if each.HasField("variable")]
    bound.append(len(objects.nodes))
    constants = [name for name in save.input if node(meta, name).op == "Const"]
    objects.nodes.add().constant.operation = constants[-1]
    about = objects.concrete_functions[function]
    about.CopyFrom(objects.concrete_functions[signature.concrete_function_name])
    about.bound_inputs[:] = bound
    signature.concrete_function_name = function
    signature.argument_keywords[:] = ["file_prefix"]


def test_a_file_written_by_a_request(edited, refused, tmp_path, monkeypatch):
    directory = edited(saves_by_a_request)
    with monkeypatch.context() as patch:
        patch.setattr(program, "check", lambda *_: None)
        loaded = tf.saved_model.load(str(directory))
        loaded.signatures["serving_default"](file_prefix=tf.constant(str(tmp_path / "written")))
    assert (tmp_path / "written.index").is_file()
    refused(directory, "an object of the model uses what saves or restores variables")
