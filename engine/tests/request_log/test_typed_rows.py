"""Exchanges as rows: typed by the signature, one for each row asked about, errors included."""

import base64
import gzip
import hashlib
import hmac
import json
import math
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from exchanges import METADATA, PLAIN, exchange

from mainline.core.errors import SettingsError
from mainline.request_log import messages, tensors
from mainline.request_log.exchange import MOST_OF_FAILED
from mainline.request_log.input_types import common, of_versions
from mainline.request_log.settings import LogSettings
from mainline.request_log.typed_columns import Privacy
from mainline.request_log.typed_rows import TypedRows, hour_of

TYPES = of_versions({"7": json.loads(METADATA)}, {"7"})
FULL = {"age": 40.5, "visits": 3, "plan": "basic"}


def rows(*given, types=TYPES, **settings) -> list[dict]:
    collected = TypedRows(types, Privacy(LogSettings(**settings)))
    for each in given:
        collected.add(each)
    return collected.table().to_pylist()


def asked(*instances, answer=None, **changes):
    """An exchange about rows, with a score of 0.5 for each."""
    body = json.dumps({"instances": list(instances)}).encode()
    answer = {"predictions": [0.5] * len(instances)} if answer is None else answer
    return exchange(request=body, response=json.dumps(answer).encode(), **changes)


def inputs(row: dict) -> dict:
    return {
        name.removeprefix("input_"): value
        for name, value in row.items()
        if name.startswith("input_")
    }


def test_one_row_holds_all_of_an_exchange():
    (row,) = rows(asked(FULL, request_id="an-id"))
    assert row == {
        "time": datetime.fromtimestamp(PLAIN.time, UTC),
        "request_id": "an-id",
        "rows": 1,
        "row": 0,
        "entity": None,
        "caller": "shop",
        "protocol": "rest",
        "signature": "serving_default",
        "arm": "main",
        "status": 200,
        "problem": "",
        "seconds": 0.002,
        "version": "7",
        "digest": "sha256:7",
        "input_age": 40.5,
        "input_visits": 3,
        "input_plan": "basic",
        "score": 0.5,
        "scores": None,
        "label": None,
    }


def test_the_types_are_those_of_the_signature():
    schema = TypedRows(TYPES, Privacy(LogSettings())).schema
    assert schema.field("input_age").type == pa.float32()
    assert schema.field("input_visits").type == pa.int64()
    assert schema.field("input_plan").type == pa.string()
    assert schema.field("time").type == pa.timestamp("us", "UTC")


def test_requests_of_several_rows_and_others_between_them():
    found = rows(
        asked(FULL),
        asked(
            FULL, FULL | {"age": 41}, FULL | {"age": 42}, answer={"predictions": [0.1, 0.2, 0.3]}
        ),
        asked(FULL | {"age": 50}),
    )
    assert [(row["row"], row["rows"]) for row in found] == [(0, 1), (0, 3), (1, 3), (2, 3), (0, 1)]
    assert [row["input_age"] for row in found] == [40.5, 40.5, 41, 42, 50]
    assert [row["score"] for row in found] == [0.5, 0.1, 0.2, 0.3, 0.5]
    assert len({row["request_id"] for row in found}) == 3


def test_columns_are_read_as_rows_are():
    body = json.dumps({"inputs": {"age": [1, 2.5], "visits": [3, 4], "plan": ["a", "b"], "x": [0]}})
    found = rows(exchange(request=body.encode(), response=b'{"outputs": [0.25, 0.75]}'))
    assert [inputs(row) for row in found] == [
        {"age": 1, "visits": 3, "plan": "a"},
        {"age": 2.5, "visits": 4, "plan": "b"},
    ]
    assert [row["score"] for row in found] == [0.25, 0.75]
    found = rows(
        exchange(request=b'{"inputs": {"age": 3}}', response=b'{"outputs": {"score": [1]}}')
    )
    assert [(row["input_age"], row["score"]) for row in found] == [(3, 1)]


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("age", math.nan, math.nan),
        ("age", math.inf, math.inf),
        ("age", 1e300, math.inf),
        ("age", 2**80, float(2**80)),
        ("age", 10**400, math.inf),
        ("age", 2**25 + 1, 2.0**25),
        ("age", 43, 43.0),
        ("age", None, None),
        ("visits", 2**62, 2**62),
        ("plan", {"b64": base64.b64encode("köln".encode()).decode()}, "köln"),
        ("plan", {"b64": "YQ"}, "a"),
        ("plan", "", ""),
    ],
)
def test_values_that_fit(name, value, kept):
    found = rows(asked(FULL), asked(FULL | {name: value}))[1]
    assert found[f"input_{name}"] == pytest.approx(kept, nan_ok=True)
    assert found["problem"] == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("age", "41"),
        ("age", True),
        ("age", [1.0]),
        ("visits", 1.5),
        ("visits", 2**70),
        ("visits", False),
        ("plan", 5),
        ("plan", "\ud800"),
        ("plan", {"b64": base64.b64encode(b"\xff").decode()}),
        ("plan", {"b64": 5}),
        ("plan", {"b64": json.loads("[" * 600 + "]" * 600)}),
    ],
)
def test_a_value_that_does_not_fit_is_null_and_said(name, value):
    before, found = rows(asked(FULL, status=200), asked(FULL | {name: value}))
    assert found[f"input_{name}"] is None
    assert found["problem"] == "untyped"
    assert before["problem"] == ""
    others = {key: value for key, value in inputs(found).items() if key != name}
    assert others == {key: value for key, value in FULL.items() if key != name}


def test_missing_and_extra_keys():
    (found,) = rows(asked({"age": 5, "secret": "x"}, status=400))
    assert inputs(found) == {"age": 5, "visits": None, "plan": None}
    assert "secret" not in str(found)


@pytest.mark.parametrize(
    ("answer", "score", "scores", "label"),
    [
        ({"predictions": [0.5]}, 0.5, None, None),
        ({"predictions": [[0.5]]}, 0.5, None, None),
        ({"predictions": [12]}, 12.0, None, None),
        ({"predictions": [[0.1, 0.7, 0.2]]}, None, [0.1, 0.7, 0.2], None),
        ({"predictions": [{"score": [0.1, 0.9], "label": "b"}]}, None, [0.1, 0.9], "b"),
        ({"predictions": [{"score": 129.5}]}, 129.5, None, None),
        ({"predictions": [{"low": 1.0, "high": 2.0}]}, None, [2.0, 1.0], None),
        ({"outputs": [[0.1, 0.9]]}, None, [0.1, 0.9], None),
        ({"outputs": {"score": [[0.1, 0.9]], "label": ["b"]}}, None, [0.1, 0.9], "b"),
        ({"results": [[["a", 0.3], ["b", 0.7]]]}, None, [0.3, 0.7], "b"),
        ({"results": [0.3]}, 0.3, None, None),
        ({"predictions": [math.nan]}, math.nan, None, None),
        ({"predictions": ["text"]}, None, None, None),
        ({"predictions": []}, None, None, None),
        ({"predictions": 5}, None, None, None),
    ],
)
def test_scores_of_every_task(answer, score, scores, label):
    (found,) = rows(asked(FULL, answer=answer))
    assert found["score"] == pytest.approx(score, nan_ok=True)
    assert found["scores"] == scores
    assert found["label"] == label


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"instances": []}',
        b"[" * 100_000,
        b'{"instances": [1, 2]}',
        b'{"inputs": 5}',
        b"\x1f\x8bnot gzip",
        b"\xff\xfe",
    ],
)
def test_a_malformed_request_is_one_row_without_inputs(body):
    (refused,) = rows(exchange(request=body, status=400, response=b'{"error": "no"}'))
    assert set(inputs(refused).values()) == {None}
    assert (refused["status"], refused["score"], refused["problem"]) == (400, None, "")
    found = rows(exchange(request=body))  # as if the server had answered it
    assert set(inputs(found[0]).values()) == {None}
    assert found[0]["score"] == 0.25


def test_a_request_that_failed_is_one_row_with_what_could_be_read():
    (one,) = rows(asked(FULL, status=503, problem="upstream unreachable"))
    assert inputs(one) == FULL
    assert (one["problem"], one["score"], one["rows"]) == ("upstream unreachable", None, 1)
    (three,) = rows(asked(FULL, FULL, FULL, status=400))
    assert (three["rows"], three["row"], three["input_age"]) == (3, 0, None)


def test_of_a_key_that_stands_twice_no_value_is_kept():
    body = b'{"instances": [{"age": 1, "age": 2}]}'
    (found,) = rows(exchange(request=body, status=400, problem="duplicate key"))
    assert found["input_age"] is None


def test_compressed_bodies_and_text_that_is_not_utf_8():
    body = gzip.compress(json.dumps({"instances": [FULL]}).encode())
    (found,) = rows(
        exchange(request=body, encoding="gzip", response=gzip.compress(b'{"predictions": [1]}'))
    )
    assert inputs(found) == FULL
    assert found["score"] == 1
    (found,) = rows(exchange(request=b'{"instances": [{"plan": "\xff"}]}'))
    assert found["input_plan"] == "\ufffd"


@pytest.mark.parametrize("rest", [b" ", b"\0", b"more", b'{"instances": []}'])
def test_text_behind_the_document_is_passed_over(rest):
    """As TensorFlow Serving does."""
    (found,) = rows(exchange(request=PLAIN.request + rest))
    assert found["input_age"] == 40.5


def tensor(kind, *values):
    proto = messages.TensorProto(dtype={"float_val": 1, "string_val": 7, "int64_val": 9}[kind])
    proto.tensor_shape.dim.add(size=len(values))
    getattr(proto, kind).extend(values)
    return proto


def test_grpc():
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
        request=request.SerializeToString(),
        response=response.SerializeToString(),
    )
    first, second = rows(given)
    assert inputs(first) == {"age": 40.5, "visits": 3, "plan": "köln"}
    assert math.isnan(second["input_age"])
    assert (second["input_plan"], second["problem"]) == (None, "untyped")
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


def test_of_a_failed_request_little_is_unpacked():
    body = b'{"instances": [' + b"{}," * MOST_OF_FAILED + b"{}]}"
    packed = gzip.compress(body)
    assert len(packed) < MOST_OF_FAILED
    (found,) = rows(exchange(request=packed, encoding="gzip", status=413, problem="too large"))
    assert (found["rows"], found["problem"]) == (0, "too large")


def test_a_signature_that_is_no_text_is_not_kept():
    for name in ("\ud800", 5, ["a"]):
        body = json.dumps({"signature_name": name, "instances": [FULL]}).encode()
        (found,) = rows(exchange(request=body))
        assert (found["signature"], found["input_age"]) == ("", 40.5)


def test_a_label_that_is_no_text_is_not_kept():
    (found,) = rows(asked(FULL, answer={"results": [[["\ud800", 0.5]]]}))
    assert (found["scores"], found["label"]) == ([0.5], None)


def test_an_answer_that_is_nested_too_deeply_is_a_row():
    answer = b'{"predictions": [' + b"[" * 600 + b"]" * 600 + b"]}"
    assert rows(exchange(response=answer))[0]["score"] is None


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


@pytest.mark.parametrize(
    ("header", "kept", "problem"),
    [
        ("", [None, None], ""),
        ("c1", ["c1", "c1"], ""),
        ("c1, c2", ["c1", "c2"], ""),
        ("c1,c2,c3", [None, None], "entity keys"),
    ],
)
def test_entity_keys(header, kept, problem):
    found = rows(asked(FULL, FULL, entity=header))
    assert [row["entity"] for row in found] == kept
    assert {row["problem"] for row in found} == {problem}


def test_columns_are_left_out_or_hashed(monkeypatch):
    monkeypatch.setenv("LOG_HASH_KEY", key := "0123456789abcdef")
    (found,) = rows(
        asked(FULL, entity="c1"), leave_out=["age"], hash=["plan", "visits", "entity", "none"]
    )

    def hashed(text):
        return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()

    assert inputs(found) == {"plan": hashed("basic"), "visits": hashed("3")}
    assert found["entity"] == hashed("c1")
    (found,) = rows(asked(FULL | {"plan": None}, entity="c1"), leave_out=["entity"], hash=["plan"])
    assert (found["entity"], found["input_plan"]) == (None, None)


def test_without_a_key_nothing_is_hashed_in_silence(monkeypatch):
    monkeypatch.delenv("LOG_HASH_KEY", raising=False)
    with pytest.raises(SettingsError, match="LOG_HASH_KEY; it has 0"):
        Privacy(LogSettings(hash=["plan"]))


def of(**dtypes) -> dict:
    inputs = {name: {"dtype": f"DT_{kind}"} for name, kind in dtypes.items()}
    return {
        "metadata": {"signature_def": {"signature_def": {"serving_default": {"inputs": inputs}}}}
    }


def test_two_versions_share_types_that_hold_both():
    known = {
        "7": of(a="FLOAT", b="INT32", c="INT64", d="STRING"),
        "8": of(a="INT64", b="INT64", c="STRING"),
    }
    found = of_versions(known, {"7", "8"})
    assert found == {"a": pa.float64(), "b": pa.int64(), "c": pa.string(), "d": pa.string()}
    assert of_versions(known, {"7"})["a"] == pa.float32()
    assert of_versions(known, {""}) == {"a": pa.int64(), "b": pa.int64(), "c": pa.string()}
    assert of_versions({}, {"7"}) == {}
    assert common(pa.null(), pa.int8()) == common(pa.int8(), pa.null()) == pa.int8()
    assert common(pa.list_(pa.int8()), pa.float32()) == pa.list_(pa.float64())


@pytest.mark.parametrize(
    "damaged", [None, [], {"metadata": 5}, {"metadata": {"signature_def": []}}]
)
def test_metadata_of_another_form_has_no_types(damaged):
    assert of_versions({"7": damaged}, {"7"}) == {}


def test_without_a_signature_there_are_no_inputs():
    (found,) = rows(asked(FULL), types={})
    assert inputs(found) == {}
    assert found["score"] == 0.5


def test_an_input_of_several_values():
    deep = {"tensor_shape": {"dim": [{"size": "-1"}, {"size": "2"}]}, "dtype": "DT_FLOAT"}
    signature = {"serving_default": {"inputs": {"x": deep}}}
    types = of_versions({"7": {"metadata": {"signature_def": {"signature_def": signature}}}}, {"7"})
    found = rows(asked({"x": [1, 2.5]}, {"x": [1, "a"]}), types=types)
    assert [row["input_x"] for row in found] == [[1, 2.5], None]
    deep = json.loads("[" * 600 + "1" + "]" * 600)
    bad, good = rows(asked({"x": deep}, {"x": [1, 2.5]}), types=types)
    assert (bad["input_x"], bad["problem"]) == (None, "untyped")
    assert (good["input_x"], good["problem"]) == ([1, 2.5], "")
    (found, _) = rows(asked([1, 2], [3, 4]), types=types)
    assert found["input_x"] == [1, 2]


@pytest.mark.parametrize("time", [math.nan, math.inf, -1.0, 1e300])
def test_a_time_that_is_none(time):
    assert hour_of(exchange(time=time)) == 0
    assert rows(exchange(time=time))[0]["time"] == datetime(1970, 1, 1, tzinfo=UTC)
