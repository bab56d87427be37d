"""Exchanges as rows: typed by the signature, one for each row asked about, errors included."""

import base64
import gzip
import json
import math
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from exchanges import PLAIN, exchange
from typed import FULL, TYPES, asked, inputs, rows

from mainline.request_log.exchange import MOST_OF_FAILED
from mainline.request_log.settings import LogSettings
from mainline.request_log.typed_columns import Privacy
from mainline.request_log.typed_rows import TypedRows


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


def test_main_in_the_place_of_a_challenger_is_logged_as_an_answer():
    stood_in = {"problem": "challenger unreachable", "entity": "a, b"}
    found = rows(asked(FULL, FULL | {"age": 41}, answer={"predictions": [0.1, 0.2]}, **stood_in))
    assert [(row["entity"], row["input_age"], row["score"]) for row in found] == [
        ("a", 40.5, 0.1),
        ("b", 41, 0.2),
    ]
    assert {row["problem"] for row in found} == {"challenger unreachable"}


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
