"""Every recorded request through the gateway, beside the same server without it."""

import pytest
from contract_differences import DIFFERENCES
from test_contract import CASES, path_of

import wire
from rest_gateway import rest_gateway

# Where the gateway's answer is not that of the embedded server behind it: case, answer, reason.
THROUGH = {
    "predict-query-empty": (
        (400, "error"),
        "the gateway sees the target as it was sent, and answers as the real server does",
    ),
}
ADDED = {"x-request-id", "x-model-version"}
OF_A_MOMENT = {"date", "connection"}
FROM_THE_SERVER = {"x-served-by"}  # not on answers that the gateway gives without it


@pytest.fixture(scope="module")
def gateway(contract_server):
    with rest_gateway(contract_server.rest_port, contract_server.name) as running:
        yield running


def whole(port, served, case):
    """Status, headers and body of an answer."""
    body = case.body.encode(errors="surrogateescape")
    sent = wire.request(case.method, path_of(case, served), body, case.headers)
    head, _, body = wire.exchange(port, sent).partition(b"\r\n\r\n")
    if head.startswith(b"HTTP/1.1 100"):
        head, _, body = body.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    parts = (line.partition(": ") for line in lines)
    return int(first.split()[1]), {name.lower(): value for name, _, value in parts}, body


def test_status_type_and_body_of_every_answer_are_the_server_s(gateway, contract_server):
    apart = {}
    for case in CASES.values():
        status, headers, body = whole(contract_server.rest_port, contract_server, case)
        found, passed, passed_body = whole(gateway.rest_port, contract_server, case)
        same = (found, passed_body) == (status, body)
        if not same or passed.get("content-type") != headers.get("content-type"):
            apart[case.name] = found, wire.kind(passed["content-type"], passed_body)
        assert "x-request-id" in passed
        left_out = headers.keys() - passed.keys() - OF_A_MOMENT - FROM_THE_SERVER
        assert (left_out, passed.keys() - headers.keys() - ADDED) == (set(), set()), case.name
    assert apart == {name: answer for name, (answer, _) in THROUGH.items()}


def test_the_differences_are_cases_and_one_is_no_difference_to_the_real_server():
    assert THROUGH.keys() <= DIFFERENCES.keys() <= CASES.keys()
    for name, (answer, _) in THROUGH.items():
        assert answer == CASES[name].expected


def test_every_prediction_is_in_the_log_and_nothing_else(gateway, contract_server):
    gateway.log.exchanges.clear()
    posts = [case for case in CASES.values() if case.method == "POST"]
    for case in CASES.values():
        whole(gateway.rest_port, contract_server, case)
    logged = gateway.log.exchanges
    assert len(logged) == len(posts)
    assert [each.status for each in logged] == [
        THROUGH.get(case.name, (DIFFERENCES.get(case.name, (case.expected,))[0],))[0][0]
        for case in posts
    ]
    assert {each.version for each in logged if each.status == 200} == {str(contract_server.version)}
    twice = {"duplicate key"} - {each.problem for each in logged}
    assert not twice
