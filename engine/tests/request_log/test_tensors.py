"""Messages and tensors against tensorflow_serving's messages and TensorFlow's own reading."""

import resource

import numpy as np
import pytest
import tensorflow as tf
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError
from tensorflow.core.framework import tensor_pb2
from tensorflow_serving.apis import (
    classification_pb2,
    get_model_metadata_pb2,
    get_model_status_pb2,
    predict_pb2,
    regression_pb2,
)

from mainline.request_log import messages, tensors

THEIRS = {
    "TensorProto": tensor_pb2.TensorProto,
    "PredictRequest": predict_pb2.PredictRequest,
    "PredictResponse": predict_pb2.PredictResponse,
    "GetModelMetadataRequest": get_model_metadata_pb2.GetModelMetadataRequest,
    "GetModelMetadataResponse": get_model_metadata_pb2.GetModelMetadataResponse,
    "GetModelStatusRequest": get_model_status_pb2.GetModelStatusRequest,
    "GetModelStatusResponse": get_model_status_pb2.GetModelStatusResponse,
}
ENUM_IS_INT32 = {FieldDescriptor.TYPE_ENUM: FieldDescriptor.TYPE_INT32}  # the same on the wire


def same(ours, theirs):
    """Compare number, type and repetition of each field of ours, and of messages within it."""
    for name, field in ours.fields_by_name.items():
        other = theirs.fields_by_name[name]
        kind = ENUM_IS_INT32.get(other.type, other.type)
        assert (field.number, field.type, field.is_repeated) == (
            other.number,
            kind,
            other.is_repeated,
        ), f"{theirs.full_name}.{name}"
        if field.message_type:
            same(field.message_type, other.message_type)


@pytest.mark.parametrize("name", THEIRS)
def test_numbers_and_types_are_those_of_tensorflow_serving(name):
    same(getattr(messages, name).DESCRIPTOR, THEIRS[name].DESCRIPTOR)


@pytest.mark.parametrize(
    "theirs",
    [
        predict_pb2.PredictResponse,
        classification_pb2.ClassificationResponse,
        regression_pb2.RegressionResponse,
    ],
)
def test_an_answer_to_each_question_says_its_model(theirs):
    same(messages.Answered.DESCRIPTOR, theirs.DESCRIPTOR)


def test_unknown_fields_stay():
    theirs = predict_pb2.PredictRequest(client_id=b"a client")
    theirs.model_spec.version.value = 7
    ours = messages.PredictRequest.FromString(theirs.SerializeToString())
    assert ours.model_spec.version.value == 7
    assert ours.SerializeToString() == theirs.SerializeToString()


def test_bytes_that_are_no_message_are_an_error():
    with pytest.raises(DecodeError):
        messages.PredictRequest.FromString(b"\xff\xff")


def read(theirs):
    return tensors.read(messages.TensorProto.FromString(theirs.SerializeToString()))


def runtime(theirs):
    """What TensorFlow's runtime reads."""
    dtype = tf.as_dtype(theirs.dtype)
    return tf.io.parse_tensor(theirs.SerializeToString(), dtype).numpy()


def alike(theirs):
    expected, found = runtime(theirs), read(theirs)
    assert found.shape == expected.shape
    assert found.dtype == tf.as_dtype(theirs.dtype).name
    kind = object if found.dtype == "string" else expected.dtype
    values = np.array(found.values, kind).reshape(found.shape)
    np.testing.assert_array_equal(values, expected)
    return expected


NUMBERS = ["float32", "float64", "float16", "bfloat16", "int8", "int16", "int32", "int64"]
NUMBERS += ["uint8", "uint16", "uint32", "uint64", "bool"]


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_from_bytes_and_from_lists(name):
    dtype = tf.as_dtype(name)
    values = np.array([0, 1, 3, 2, 7, 1]).astype(dtype.as_numpy_dtype).reshape(2, 3)
    packed = proto(values.shape, dtype=dtype.as_datatype_enum, tensor_content=values.tobytes())
    listed = tf.make_tensor_proto(values[0, 2], dtype)
    assert not listed.tensor_content
    for each in (packed, listed, tf.make_tensor_proto(values, dtype)):
        np.testing.assert_array_equal(alike(each), tf.make_ndarray(each))


@pytest.mark.parametrize(
    ("dtype", "field", "values"),
    [
        (tf.float32, "float_val", [1.5, float("nan"), -float("inf")]),
        (tf.float64, "double_val", [1e300, -0.0]),
        (tf.int8, "int_val", [127, 128, -129]),
        (tf.uint16, "int_val", [65535, 65536, -1]),
        (tf.int64, "int64_val", [-(2**63), 2**63 - 1]),
        (tf.uint32, "uint32_val", [2**32 - 1]),
        (tf.uint64, "uint64_val", [2**64 - 1]),
        (tf.bool, "bool_val", [True, False]),
        (tf.string, "string_val", [b"a", b"\xff", b""]),
        (tf.half, "half_val", [15360, 31744, 65536]),
        (tf.bfloat16, "half_val", [16256, 32640]),
    ],
)
@pytest.mark.parametrize("size", [0, 1, 2, 3, 5])
def test_a_list_is_filled_up_and_cut_as_in_the_runtime(dtype, field, values, size):
    theirs = tensor_pb2.TensorProto(dtype=dtype.as_datatype_enum, **{field: values})
    theirs.tensor_shape.dim.add(size=size)
    alike(theirs)


@pytest.mark.parametrize("dtype", [tf.float32, tf.string, tf.bool, tf.half])
def test_a_shape_without_values_is_full_of_zeros_or_empty_text(dtype):
    theirs = tensor_pb2.TensorProto(dtype=dtype.as_datatype_enum)
    theirs.tensor_shape.dim.add(size=2)
    alike(theirs)


def proto(sizes, **fields):
    theirs = tensor_pb2.TensorProto(**{"dtype": 1} | fields)
    for size in sizes:
        theirs.tensor_shape.dim.add(size=size)
    return theirs


@pytest.mark.parametrize(
    ("theirs", "words"),
    [
        (proto([2], dtype=99), "type 99"),
        (proto([2], dtype=8, scomplex_val=[1, 2, 3, 4]), "type 8"),
        (proto([2], dtype=101, float_val=[1]), "type 101"),
        (proto([-1]), "no definite shape"),
        (proto([1] * 33), "no definite shape"),
        (proto([2**40], float_val=[1]), "shape of 1099511627776 values is filled up from 1"),
        (proto([2**62] * 8), "is filled up from 0"),
        (proto([2**62, 0, 2**62], tensor_content=b"abcd"), "0 float32 has 4 bytes, not 0"),
        (proto([2**40], tensor_content=b"abcd"), "has 4 bytes, not 4398046511104"),
        (proto([2], tensor_content=b"abc"), "2 float32 has 3 bytes, not 8"),
        (proto([1], dtype=7, tensor_content=b"\x01a"), "text has tensor_content"),
    ],
    ids=str,
)
def test_a_hostile_tensor_is_one_error_and_no_memory(theirs, words):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(tensors.TensorError, match=words) as wrong:
        read(theirs)
    assert "\n" not in str(wrong.value)
    assert len(str(wrong.value)) < 300
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # KiB


def test_an_unknown_rank_has_no_values():
    theirs = tensor_pb2.TensorProto(dtype=1)
    theirs.tensor_shape.unknown_rank = True
    with pytest.raises(tensors.TensorError, match="no definite shape"):
        read(theirs)
