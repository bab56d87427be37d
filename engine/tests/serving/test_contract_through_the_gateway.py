"""Every recorded request through the gateway, beside the same server without it."""

import os
import re

import pytest
import wire
from rest_gateway import rest_gateway
from test_contract import CASES, PAGE, recorded

# The gateway's answer, where it is not the embedded server's: case, answer, reason.
_TWICE = "the gateway finds it first, and quotes nothing"
THROUGH = {}
OWN = {"x-request-id", "x-model-version"}  # headers that the gateway adds
BESIDE = {"date", "connection"}  # of a moment, and of a connection


@pytest.fixture(scope="module")
def gateway(contract_server):
    with rest_gateway(contract_server.rest_port, contract_server.name) as running:
        yield running


def whole(port, served, case):
    """Status, headers and body of an answer."""
    name = served.name
    names = {"{M}": name, "{^M}": name.upper(), "{%M}": f"%{ord(name[0]):02X}{name[1:]}"}
    path = case.path.replace("{V}", str(served.version))
    for placeholder, spelt in names.items():
        path = path.replace(placeholder, spelt)
    body = case.body.encode(errors="surrogateescape")
    received = wire.exchange(port, wire.request(case.method, path, body, case.headers))
    head, _, body = received.partition(b"\r\n\r\n")
    if head.startswith(b"HTTP/1.1 100"):
        head, _, body = body.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])
    }
    return int(lines[0].split()[1]), headers, body


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_answer_is_that_of_the_server(gateway, contract_server, case):
    status, headers, body = whole(contract_server.rest_port, contract_server, case)
    through, passed, passed_body = whole(gateway.rest_port, contract_server, case)
    assert (through, passed.get("content-type"), passed_body) == (
        status,
        headers.get("content-type"),
        body,
    )
