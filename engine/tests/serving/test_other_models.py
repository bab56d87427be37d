"""Signatures of other kinds than ours: one input, matrices, integers, bytes, several outputs."""

import base64
import json

import pytest
import tensorflow as tf

from mainline.serving.model import ServedModel
from mainline.serving.rest import answer


def saved(directory, function, **signature):
    serve = tf.function(
        function,
        input_signature=[tf.TensorSpec(*spec, name=name) for name, spec in signature.items()],
    )
    tf.saved_model.save(tf.Module(), str(directory), signatures={"serving_default": serve})
    return ServedModel(directory, "m", 1)


def ask(model, document):
    found = answer(model, "POST", "/v1/models/m:predict", json.dumps(document).encode())
    return found.status, json.loads(found.body)


@pytest.fixture(scope="module")
def matrix(tmp_path_factory):
    """Sums of rows of two numbers: one input, one output."""
    model = saved(
        tmp_path_factory.mktemp("matrix"),
        lambda x: {"sum": tf.reduce_sum(x, axis=1)},
        x=([None, 2], tf.float64),
    )
    yield model
    model.close()


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """Every other type, and two outputs, of which one is bytes."""
    model = saved(
        tmp_path_factory.mktemp("mixed"),
        lambda count, yes, raw: {
            "count": tf.where(yes, count, -count),
            "raw_bytes": raw,
            "text": raw,
        },
        count=([None], tf.int32),
        yes=([None], tf.bool),
        raw=([None], tf.string),
    )
    yield model
    model.close()


def test_the_only_input_needs_no_name(matrix):
    assert ask(matrix, {"instances": [[1, 2], [3, 4.5]]}) == (200, {"predictions": [3.0, 7.5]})
    assert ask(matrix, {"inputs": [[1, 2]]}) == (200, {"outputs": [3.0]})
    assert ask(matrix, {"instances": [{"x": [1, 2]}]}) == (200, {"predictions": [3.0]})


@pytest.mark.parametrize(
    "rows",
    [
        [[1]],
        [[1, 2], [3]],
        [[1, 2, 3]],
        [1, 2],
        [[1, [2]]],
        [[]],
        [{"x": [1, 2]}, [1, 2]],
        [[1, "2"]],
    ],
    ids=range(8),
)
def test_rows_of_another_shape_or_kind_are_400(matrix, rows):
    assert ask(matrix, {"instances": rows})[0] == 400


def test_an_int_beyond_every_double_is_400(matrix):
    assert ask(matrix, {"instances": [[1, 2**53]]})[0] == 200
    assert ask(matrix, {"instances": [[1, 10**400]]})[0] == 400


def test_infinities_go_in_and_come_out_bare(matrix):
    found = answer(
        matrix, "POST", "/v1/models/m:predict", b'{"inputs": [[NaN, 1], [-Infinity, 1]]}'
    )
    assert found.status == 200
    assert b"NaN" in found.body
    assert b"-Infinity" in found.body


def test_several_outputs_are_objects_in_rows_and_columns(mixed):
    rows = [{"count": 3, "yes": True, "raw": "a"}, {"count": 4, "yes": False, "raw": "ö"}]
    encoded = [{"b64": base64.b64encode(text.encode()).decode()} for text in ("a", "ö")]
    assert ask(mixed, {"instances": rows})[1]["predictions"] == [
        {"count": 3, "raw_bytes": encoded[0], "text": "a"},
        {"count": -4, "raw_bytes": encoded[1], "text": "ö"},
    ]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    assert ask(mixed, {"inputs": columns})[1]["outputs"] == {
        "count": [3, -4],
        "raw_bytes": encoded,
        "text": ["a", "ö"],
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("count", value) for value in (1.0, True, "1", None)),
        *(("yes", value) for value in (1, "true", None)),
    ],
)
def test_integers_and_truths_are_taken_as_such_alone(mixed, name, value):
    status, body = ask(mixed, {"instances": [{"count": 1, "yes": True, "raw": "", name: value}]})
    assert status == 400
    assert "is not of expected type" in body["error"]


@pytest.mark.parametrize("count", [2**31, -(2**31) - 1, 2**70])
def test_an_integer_out_of_range_is_400(mixed, count):
    status, body = ask(mixed, {"instances": [{"count": count, "yes": True, "raw": ""}]})
    assert status == 400
    assert "out of the range of int32" in body["error"]


def test_outputs_that_are_no_rows_are_400_as_rows_and_fine_as_columns(tmp_path):
    model = saved(tmp_path, lambda x: {"total": tf.reduce_sum(x)}, x=([None], tf.float32))
    assert ask(model, {"instances": [1, 2]})[0] == 400
    assert ask(model, {"inputs": [1, 2]}) == (200, {"outputs": 3.0})
    model.close()


def test_a_type_that_json_has_no_word_for_is_501(tmp_path):
    """The one 5xx: the model asks for what no request can say, as with TensorFlow Serving."""
    model = saved(tmp_path, lambda x: {"y": x}, x=([None], tf.float16))
    assert ask(model, {"instances": [1.0]})[0] == 501
    model.close()


def test_a_mistake_of_ours_is_an_answer_too(matrix, monkeypatch):
    monkeypatch.setattr(ServedModel, "run", lambda *_: 1 / 0)
    status, body = ask(matrix, {"instances": [[1, 2]]})
    assert (status, body) == (500, {"error": "ZeroDivisionError: division by zero"})
