"""Calls of gRPC as rows: tensors that fit, that lie, and that are too large."""

import json
import math

import pytest
from exchanges import exchange
from typed import inputs, rows

from mainline.request_log import messages, tensors


def tensor(kind, *values):
    proto = messages.TensorProto(dtype={"float_val": 1, "string_val": 7, "int64_val": 9}[kind])
    proto.tensor_shape.dim.add(size=len(values))
    getattr(proto, kind).extend(values)
    return proto


@pytest.mark.parametrize("problem", ["", "challenger unreachable"])
def test_grpc(problem):
    request = messages.PredictRequest()
    request.inputs["age"].CopyFrom(tensor("float_val", 40.5, math.nan))
    request.inputs["visits"].CopyFrom(tensor("int64_val", 3, 4))
    request.inputs["plan"].CopyFrom(tensor("string_val", "köln".encode(), b"\xff"))
    response = messages.PredictResponse()
    response.outputs["score"].CopyFrom(tensor("float_val", 0.25, 0.5))
    given = exchange(
        protocol="grpc",
        target="/tensorflow.serving.PredictionService/Predict",
        status=0,
        problem=problem,
        request=request.SerializeToString(),
        response=response.SerializeToString(),
    )
    first, second = rows(given)
    assert inputs(first) == {"age": 40.5, "visits": 3, "plan": "köln"}
    assert math.isnan(second["input_age"])
    problems = f"{problem}; untyped" if problem else "untyped"
    assert (second["input_plan"], second["problem"]) == (None, problems)
    assert [first["score"], second["score"]] == [0.25, 0.5]
    assert first["signature"] == "serving_default"


def predicted(**inputs):
    """An exchange of gRPC; each input is a type, the sizes of its shape, and its values."""
    request = messages.PredictRequest()
    for name, (kind, sizes, values) in inputs.items():
        proto = tensor(kind, *values)
        del proto.tensor_shape.dim[:]
        for size in sizes:
            proto.tensor_shape.dim.add(size=size)
        request.inputs[name].CopyFrom(proto)
    return exchange(
        protocol="grpc",
        target="/tensorflow.serving.PredictionService/Predict",
        status=0,
        request=request.SerializeToString(),
        response=b"",
    )


@pytest.mark.parametrize("sizes", [(2**62, 0), (4, 0)])
def test_rows_without_values_are_no_rows(sizes):
    (found,) = rows(predicted(age=("float_val", sizes, ())))
    assert (found["rows"], found["input_age"], found["problem"]) == (0, None, "unreadable")


def test_values_of_a_request_are_filled_up_within_one_bound(monkeypatch):
    monkeypatch.setattr(tensors, "MOST_FILLED", 100)
    well = {"age": ("float_val", (41,), (1,)), "visits": ("int64_val", (41,), (1,))}
    assert len(rows(predicted(**well))) == 41
    for visits in (61, 62):
        several = well | {"visits": ("int64_val", (visits,), (1,))}
        assert len(rows(predicted(**several))) == (visits if visits == 61 else 1)
    listed = {"age": ("float_val", (200,), (1,) * 200), "visits": ("int64_val", (1,), (1,))}
    (found,) = rows(predicted(**listed))  # 199 nulls
    assert found["problem"] == "unreadable"
    body = json.dumps({"inputs": {"age": [1] * 102, "visits": [1]}}).encode()
    (found,) = rows(exchange(request=body))
    assert found["problem"] == "unreadable"


def test_inputs_that_the_signature_does_not_have_are_not_read(monkeypatch):
    def read(proto, *of, real=tensors.read):
        met.append(proto)
        return real(proto, *of)

    met: list = []
    monkeypatch.setattr(tensors, "read", read)
    many = {f"x{n}": ("float_val", (1 << 20,), (1,)) for n in range(50)}
    (found,) = rows(predicted(age=("float_val", (1,), (5,)), **many))
    assert found["input_age"] == 5
    assert len(met) == 1


def test_other_calls_of_grpc_and_bytes_that_are_no_message():
    for method, body in (("Classify", b""), ("Predict", b"\xff\xff")):
        (found,) = rows(
            exchange(
                protocol="grpc",
                target=f"/tensorflow.serving.PredictionService/{method}",
                status=0,
                request=body,
                response=body,
            )
        )
        assert found["score"] is None
        assert found["problem"] == ("unreadable" if body else "")
