"""REST, line by line as TensorFlow Serving was observed to answer."""

import base64
import json
import math

import numpy as np
import pytest

PREDICT = "/v1/models/tiny:predict"


def refused(answer, status, *words):
    """An error has the one shape, the expected status, and says what it is about."""
    found, body = answer
    assert found == status
    assert list(body) == ["error"]
    for word in words:
        assert word in body["error"]


def test_golden_rows_score_as_in_this_process(predict, golden):
    rows, scores = golden
    status, body = predict({"instances": rows})
    assert status == 200
    assert np.float32(body["predictions"]).tolist() == scores  # as many digits as tell them apart


def test_rows_return_predictions_and_columns_return_outputs(predict, row):
    rows = [row, {**row, "age": 60.0}]
    columns = {name: [each[name] for each in rows] for name in row}
    by_row, by_column = predict({"instances": rows})[1], predict({"inputs": columns})[1]
    assert list(by_row) == ["predictions"]
    assert list(by_column) == ["outputs"]
    assert by_row["predictions"] == by_column["outputs"]
    assert len(set(by_row["predictions"])) == 2


def test_a_prediction_does_not_carry_the_version(predict, row, version):
    assert str(version) not in json.dumps(predict({"instances": [row]}))


def test_a_version_can_be_named(rest, row, version):
    path = f"/v1/models/tiny/versions/{version}:predict"
    assert rest("POST", path, {"instances": [row]})[0] == 200


def test_paths_are_read_without_regard_to_case_or_query(rest, row):
    assert rest("POST", "/V1/Models/tiny:PREDICT?x=1", {"instances": [row]})[0] == 200
    assert rest("GET", "/v1/models/%74iny")[0] == 200


@pytest.mark.parametrize("path", ["", "/versions/{version}"])
def test_status_says_available_and_which_version(rest, version, path):
    status, body = rest("GET", "/v1/models/tiny" + path.format(version=version))
    assert status == 200
    fine = {"error_code": "OK", "error_message": ""}
    one = {"version": str(version), "state": "AVAILABLE", "status": fine}
    assert body == {"model_version_status": [one]}


@pytest.mark.parametrize("path", ["", "/versions/{version}"])
def test_metadata_has_model_spec_and_signature(rest, version, path):
    status, body = rest("GET", f"/v1/models/tiny{path.format(version=version)}/metadata")
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


@pytest.mark.parametrize("what", [":predict", ":classify", ":regress", "", "/metadata"])
def test_an_unknown_model_is_404(rest, row, what):
    body = {"instances": [row], "examples": [row]}
    method = "POST" if what.startswith(":") else "GET"
    refused(rest(method, f"/v1/models/other{what}", body), 404, "other")


@pytest.mark.parametrize("what", [":predict", "", "/metadata"])
@pytest.mark.parametrize("number", [0, 1, 2**63 - 1])
def test_an_unknown_version_is_404(rest, row, what, number):
    method = "POST" if what.startswith(":") else "GET"
    path = f"/v1/models/tiny/versions/{number}{what}"
    refused(rest(method, path, {"instances": [row]}), 404, str(number))


@pytest.mark.parametrize("digits", [str(2**63), "9" * 5000])
def test_a_version_beyond_64_bits_is_400(rest, digits):
    refused(rest("GET", f"/v1/models/tiny/versions/{digits}"), 400, "version")


@pytest.mark.parametrize("what", [":predict", "", "/metadata"])
def test_an_unknown_label_is_400(rest, row, what):
    method = "POST" if what.startswith(":") else "GET"
    path = f"/v1/models/tiny/labels/stable{what}"
    refused(rest(method, path, {"instances": [row]}), 400, "label", "stable")


@pytest.mark.parametrize("path", ["/", "/v1", "/v2/models/tiny", "/metrics", "/%00"])
def test_an_unknown_path_is_404_in_html(rest, path):
    status, body = rest("GET", path)
    assert status == 404
    assert body.startswith("<HTML>")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", PREDICT),
        ("PUT", PREDICT),
        ("DELETE", "/v1/models/tiny"),
        ("POST", "/v1/models/tiny"),
        ("POST", "/v1/models/tiny:explain"),
        ("GET", "/v1/models/tiny/versions/x"),
        ("GET", "/v1/models"),
        ("GET", "/v1/"),
    ],
)
def test_a_path_asked_in_the_wrong_way_is_400(rest, method, path):
    refused(rest(method, path), 400)


def test_an_unknown_signature_is_400(predict, row):
    refused(predict({"signature_name": "other", "instances": [row]}), 400, "other")


def test_the_signature_can_be_named(predict, row):
    for name in ("serving_default", ""):
        assert predict({"signature_name": name, "instances": [row]})[0] == 200


def test_a_signature_name_that_is_no_text_is_400(predict, row):
    refused(predict({"signature_name": 1, "instances": [row]}), 400, "signature_name")


@pytest.mark.parametrize("what", [":classify", ":regress"])
def test_a_signature_for_prediction_alone_neither_classifies_nor_regresses(rest, what):
    answer = rest("POST", f"/v1/models/tiny{what}", {"examples": [{"age": 1.0}]})
    refused(answer, 400, "method_name", "tensorflow/serving/predict")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b'{"instances": [',
        b"[]",
        b'"text"',
        b"null",
        b"{} x",
        b"\xff\xfe",
        b'{"instances": [1e999]}',
        b'{"instances": [' + b"1" * 5000 + b"]}",
        b"[" * 200_000,
        b'{"instances": ' + b"[" * 900 + b"]" * 900 + b"}",
    ],
    ids=range(13),
)
def test_bad_or_empty_json_is_400(predict, body):
    refused(predict(body), 400)


@pytest.mark.parametrize("rows", [[], {}, None, "text", 1, [[]], [1.0], ["x"], [None]])
def test_instances_that_are_empty_or_no_list_of_rows_are_400(predict, rows):
    refused(predict({"instances": rows}), 400)


@pytest.mark.parametrize("columns", [[], {}, None, "text", {"b64": "eA=="}])
def test_inputs_that_are_no_columns_are_400(predict, columns):
    refused(predict({"inputs": columns}), 400)


def test_both_or_neither_of_instances_and_inputs_are_400(predict, row):
    columns = {name: [value] for name, value in row.items()}
    refused(predict({"instances": [row], "inputs": columns}), 400, "only one of")
    refused(predict({"rows": [row]}), 400, "Missing 'inputs' or 'instances'")


@pytest.mark.parametrize("which", [0, 1])
def test_a_missing_key_is_400_in_any_row(predict, row, which):
    rows = [row, row]
    rows[which] = {name: value for name, value in row.items() if name != "plan"}
    refused(predict({"instances": rows}), 400, f"element: {which}", "age,city,income,plan")
    columns = {name: [value] for name, value in rows[which].items()}
    refused(predict({"inputs": columns}), 400, "age,city,income,plan")


def test_an_extra_key_is_400(predict, row):
    more = {**row, "shoe": 44}
    refused(predict({"instances": [row, more]}), 400, "element: 1", "shoe")
    refused(predict({"inputs": {name: [value] for name, value in more.items()}}), 400, "shoe")


def test_a_key_that_stands_twice_is_400(predict):
    row = b'{"age": 1, "age": 2, "income": 1, "city": "", "plan": ""}'
    refused(predict(b'{"instances": [' + row + b"]}"), 400, "twice")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("age", value) for value in ("40", True, {}, {"b64": "eA=="}, [], [40.0], 2**24, 1e39)),
        *(("city", value) for value in (1, 1.5, False, {}, ["ulm"], {"b64": 1}, {"b64": "?"})),
        ("city", {"b64": "eA==", "more": 1}),
    ],
)
def test_a_wrong_type_is_400(predict, row, name, value):
    refused(predict({"instances": [{**row, name: value}]}), 400)


def test_half_of_a_surrogate_pair_is_400(predict, row):
    body = json.dumps({"instances": [{**row, "city": "SPLIT"}]}).replace("SPLIT", "\\ud800")
    refused(predict(body.encode()), 400, "Unicode")


@pytest.mark.parametrize("name", ["age", "city"])
def test_null_is_400(predict, row, name):
    refused(predict({"instances": [{**row, name: None}]}), 400, "Null")


def test_a_bare_nan_is_a_missing_number(predict, row, golden):
    rows, scores = golden
    assert math.isnan(rows[1]["age"])
    body = json.dumps({"instances": [rows[1]]})
    assert "NaN" in body
    assert predict(body.encode())[1]["predictions"] == pytest.approx([scores[1]], abs=1e-7)


def test_an_int_is_accepted_for_a_float(predict, row):
    as_int, as_float = ({**row, "age": age, "income": -2} for age in (40, 40.0))
    assert predict({"instances": [as_int]}) == predict({"instances": [as_float]})
    assert predict({"instances": [as_int]})[0] == 200


def test_the_largest_int_that_a_float_counts_to_is_accepted(predict, row):
    assert predict({"instances": [{**row, "income": 2**24 - 1}]})[0] == 200
    assert predict({"instances": [{**row, "income": 2**80}]})[0] == 200  # read as a double


def test_base64_works_for_text(predict, row):
    encoded = {"b64": base64.b64encode(row["city"].encode()).decode()}
    assert predict({"instances": [{**row, "city": encoded}]}) == predict({"instances": [row]})


def test_text_beyond_ascii_is_utf_8(predict, row):
    """One of the training rows' cities; as an unknown one it would score otherwise."""
    cologne = {**row, "city": "köln"}
    encoded = {**row, "city": {"b64": base64.b64encode("köln".encode()).decode()}}
    assert predict({"instances": [cologne]}) == predict({"instances": [encoded]})
    assert predict({"instances": [cologne]}) != predict({"instances": [{**row, "city": "koln"}]})


@pytest.mark.parametrize("ages", [[], [1.0], [1.0, 2.0, 3.0], 1.0, [[1.0], [2.0]], [[1.0], 2.0]])
def test_columns_of_unlike_lengths_are_400(predict, ages):
    columns = {"age": ages, "income": [1.0, 1.0], "city": ["", ""], "plan": ["", ""]}
    refused(predict({"inputs": columns}), 400)


def test_columns_without_rows_have_no_scores(predict, row):
    assert predict({"inputs": {name: [] for name in row}}) == (200, {"outputs": []})


def test_each_error_code_has_its_http_status():
    from grpc import StatusCode  # noqa: PLC0415

    from customer_churn.serving.refused import RefusedError  # noqa: PLC0415

    expected = {
        "INVALID_ARGUMENT": 400,
        "FAILED_PRECONDITION": 400,
        "NOT_FOUND": 404,
        "RESOURCE_EXHAUSTED": 429,
        "UNAVAILABLE": 503,
        "DEADLINE_EXCEEDED": 504,
        "UNKNOWN": 500,
        "INTERNAL": 500,
    }
    assert {name: RefusedError(StatusCode[name], "").http for name in expected} == expected
