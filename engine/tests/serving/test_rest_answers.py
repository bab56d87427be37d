"""What REST answers say: scores, model, status, errors. Which ones: `test_contract.py`."""

import base64
import json
import math

import numpy as np
import pytest
from grpc import StatusCode

from mainline.serving.refused import RefusedError


def refused(answer, *words):
    """An error is 400, has the one shape and says what it is about."""
    status, body = answer
    assert status == 400
    assert list(body) == ["error"]
    for word in words:
        assert word in body["error"]


def test_golden_rows_score_as_in_this_process(predict, golden):
    rows, scores = golden
    status, body = predict({"instances": rows})
    assert status == 200
    assert np.float32(body["predictions"]).tolist() == scores  # as many digits as tell them apart


def test_rows_and_columns_have_the_same_scores(predict, row):
    rows = [row, {**row, "age": 60.0}]
    columns = {name: [each[name] for each in rows] for name in row}
    by_row, by_column = predict({"instances": rows})[1], predict({"inputs": columns})[1]
    assert by_row["predictions"] == by_column["outputs"]
    assert len(set(by_row["predictions"])) == 2


def test_a_prediction_does_not_carry_the_version(predict, row, version):
    assert str(version) not in json.dumps(predict({"instances": [row]}))


def test_status_says_available_and_which_version(rest, version):
    status, body = rest("GET", "/v1/models/tiny")
    assert status == 200
    fine = {"error_code": "OK", "error_message": ""}
    one = {"version": str(version), "state": "AVAILABLE", "status": fine}
    assert body == {"model_version_status": [one]}


def test_metadata_has_model_spec_and_signature(rest, version):
    status, body = rest("GET", "/v1/models/tiny/metadata")
    assert status == 200
    spec = body["model_spec"]
    assert (spec["name"], spec["version"], spec["signature_name"]) == ("tiny", str(version), "")
    signature = body["metadata"]["signature_def"]["signature_def"]["serving_default"]
    assert signature["method_name"] == "tensorflow/serving/predict"
    kinds = {name: about["dtype"] for name, about in signature["inputs"].items()}
    number, text = "DT_FLOAT", "DT_STRING"
    assert kinds == {"age": number, "income": number, "city": text, "plan": text}
    shape = {"dim": [{"size": "-1", "name": ""}], "unknown_rank": False}
    assert signature["outputs"]["score"]["tensor_shape"] == shape


def test_rows_whose_keys_do_not_fit_are_named(predict, row):
    short = {name: value for name, value in row.items() if name != "plan"}
    refused(predict({"instances": [row, short]}), "element: 1", "age,city,income,plan")
    refused(predict({"instances": [row, row | {"shoe": 44}]}), "element: 1", "shoe")
    refused(predict({"inputs": {name: [value] for name, value in short.items()}}), "plan")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("age", "40", ("'age'", "String", "float32")),
        ("age", None, ("'age'", "Null")),
        ("city", 1, ("'city'", "Number", "string")),
        ("city", {"b64": "?"}, ("'city'", "cannot be decoded")),
        ("age", [[1.0], 2.0], ("'age'", "sizes or depths")),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_its_input(predict, row, name, value, words):
    refused(predict({"instances": [row | {name: value}]}), *words)


def test_bad_bodies_are_explained(predict, row):
    refused(predict(b"{"), "JSON Parse error")
    refused(predict(b"[" * 200_000), "nested too deeply")
    refused(predict(b'{"age": 1, "age": 2}'), "twice")
    refused(predict({"instances": [row], "signature_name": "other"}), "other")


@pytest.mark.parametrize("verb", ["classify", "regress"])
def test_what_is_left_out_says_so(rest, verb):
    refused(rest("POST", f"/v1/models/tiny:{verb}", {}), "answers :predict only", verb)


def test_an_error_does_not_repeat_a_large_request(predict):
    status, body = predict({"instances": [{"age": "x" * 100_000}]})
    assert status == 400
    assert len(body["error"]) < 500


def test_a_bare_nan_is_a_missing_number(predict, golden):
    rows, scores = golden
    assert math.isnan(rows[1]["age"])
    body = json.dumps({"instances": [rows[1]]})
    assert "NaN" in body
    assert predict(body.encode())[1]["predictions"] == pytest.approx([scores[1]], abs=1e-7)


def test_a_number_beyond_float32_is_infinity(predict, row):
    large, infinite = ({**row, "age": age} for age in (1e39, math.inf))
    assert predict({"instances": [large]}) == predict({"instances": [infinite]})


def test_an_int_is_accepted_for_a_float(predict, row):
    as_int, as_float = ({**row, "age": age, "income": -2} for age in (40, 40.0))
    assert predict({"instances": [as_int]}) == predict({"instances": [as_float]})
    assert predict({"instances": [as_int]})[0] == 200


def test_text_beyond_ascii_is_utf_8_and_base64_spells_the_same_bytes(predict, row):
    """One of the training rows' cities; as an unknown one it would score otherwise."""
    cologne = {**row, "city": "köln"}
    encoded = {**row, "city": {"b64": base64.b64encode("köln".encode()).decode()}}
    assert predict({"instances": [cologne]}) == predict({"instances": [encoded]})
    assert predict({"instances": [cologne]}) != predict({"instances": [{**row, "city": "koln"}]})


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("INVALID_ARGUMENT", 400),
        ("FAILED_PRECONDITION", 400),
        ("NOT_FOUND", 404),
        ("RESOURCE_EXHAUSTED", 429),
        ("UNAVAILABLE", 503),
        ("DEADLINE_EXCEEDED", 504),
        ("UNKNOWN", 500),
        ("INTERNAL", 500),
    ],
)
def test_each_error_code_has_its_http_status(code, status):
    assert RefusedError(StatusCode[code], "").http == status
