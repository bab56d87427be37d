"""Any request gets an answer of the contract's shape: no 5xx, no traceback."""

import http.client
import json
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainline.serving.rest import answer

pytestmark = pytest.mark.nightly

BOUNDED = settings(
    max_examples=300,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NAMES = ["age", "income", "city", "plan", "shoe", "b64", ""]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=12,
)
NUMBERS = st.floats() | st.integers(-(2**25), 2**25) | VALUES
TEXTS = st.text(max_size=5) | st.fixed_dictionaries({"b64": st.text(max_size=8)}) | VALUES
KINDS = {"age": NUMBERS, "income": NUMBERS, "city": TEXTS, "plan": TEXTS}
ROWS = st.fixed_dictionaries(KINDS)
COLUMNS = st.fixed_dictionaries({name: st.lists(each, max_size=3) for name, each in KINDS.items()})
DOCUMENTS = (
    st.fixed_dictionaries({"instances": st.lists(ROWS, max_size=3)})
    | st.fixed_dictionaries({"inputs": COLUMNS})
    | st.fixed_dictionaries({}, optional={"instances": VALUES, "inputs": VALUES})
    | st.fixed_dictionaries(
        {"signature_name": st.sampled_from(["serving_default", "other"]) | VALUES},
        optional={"instances": VALUES, "examples": VALUES, "context": VALUES},
    )
)
BODIES = st.one_of(
    DOCUMENTS.map(lambda value: json.dumps(value).encode()),
    DOCUMENTS.map(lambda value: json.dumps(value, ensure_ascii=False).encode(errors="replace")),
    st.tuples(DOCUMENTS, st.integers(0, 200)).map(
        lambda cut: json.dumps(cut[0]).encode()[: cut[1]]
    ),
    st.binary(max_size=200),
    st.integers(1, 3000).map(lambda deep: b'{"instances":' + b"[" * deep),
    st.integers(1, 400).map(lambda kilo: b'{"inputs": "' + b"x" * kilo * 1024 + b'"}'),
)
TARGETS = st.one_of(
    st.sampled_from(
        [
            f"/v1/models/tiny{place}{what}"
            for place in ("", "/versions/1", "/versions/0001", "/labels/a", "/versions/x")
            for what in (":predict", ":predict?", ":classify", "/metadata", "")
        ]
    ),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40).map(
        lambda text: f"/v1/{text}"
    ),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40),
)
METHODS = st.sampled_from(["POST", "POST", "POST", "GET", "GET", "PUT", "HEAD", "DELETE", "LINK"])
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Content-Type", "Accept", "Content-Encoding", "Connection", "Expect", "Upgrade", "X-Odd"]
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
    | st.sampled_from(["close", "keep-alive", "gzip", "100-continue", "websocket"]),
    max_size=4,
)


def as_the_contract_says(status, kind, body):
    assert status in {200, 400, 404}, body
    if kind == "application/json":
        found = json.loads(body)
        shapes = (["predictions"], ["outputs"]) if status == 200 else (["error"],)
        assert list(found) in shapes
        if status != 200:
            assert isinstance(found["error"], str)
    else:
        assert (status, body[:6]) == (404, b"<HTML>")


@BOUNDED
@given(body=BODIES)
def test_any_body_is_answered(served_model, body):
    found = answer(served_model, "POST", "/v1/models/tiny:predict", body)
    as_the_contract_says(found.status, found.kind, found.body)


@BOUNDED
@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {
                **dict.fromkeys(["age", "income"], st.floats(width=32)),
                **dict.fromkeys(["city", "plan"], st.text(max_size=6)),
            }
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_row_of_the_right_types_is_scored(served_model, rows):
    """However strange its values: missing, infinite, never seen."""
    body = json.dumps({"instances": rows}).encode()
    found = answer(served_model, "POST", "/v1/models/tiny:predict", body)
    assert found.status == 200
    scores = json.loads(found.body)["predictions"]
    assert len(scores) == len(rows)
    assert all(0 <= score <= 1 and math.isfinite(score) for score in scores)


@BOUNDED
@given(method=METHODS, target=TARGETS, headers=HEADERS, body=BODIES, cut=st.booleans())
def test_any_request_over_a_socket_is_answered(served, capfd, method, target, headers, body, cut):
    lines = [
        f"{method} {target} HTTP/1.1",
        "Host: x",
        *(f"{name}: {text}" for name, text in headers.items()),
    ]
    head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode()
    connection = http.client.HTTPConnection("127.0.0.1", served.rest_port, timeout=10)
    connection.connect()
    connection.sock.sendall(head + (body[: len(body) // 2] if cut else body))
    if cut and body:  # the next example shows that the server lives on
        connection.close()
        return
    response = http.client.HTTPResponse(connection.sock, method=method)
    response.begin()
    while response.status == 100:
        response.begin()
    data = response.read()
    connection.close()
    assert response.status in {200, 400, 404, 501}
    if data and response.headers["Content-Type"] == "application/json":
        assert isinstance(json.loads(data), dict)
    assert "Traceback" not in capfd.readouterr().err


@pytest.fixture(scope="module")
def served_model(model_directory, version):
    from mainline.serving.model import ServedModel  # noqa: PLC0415

    model = ServedModel(model_directory, "tiny", version)
    yield model
    model.close()
