"""The contract's requests, asked through the gateway and without it: the answers are the same.

A stand-in answers each of them. `make contract CONTRACT=folder` adds a test that replays recordings
of a real TensorFlow Serving; `test_contract.py` says their form.
"""

import json
import os
import re
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

from contract_bodies import BODIES
from contract_paths import PATHS

import wire
from mainline.gateway import rest_proxy
from rest_gateway import rest_gateway
from upstream_stub import answer, upstream

RECORDED = os.environ.get("CONTRACT", "")
PAGE = Path(__file__).parents[2] / "docs/decisions/0063-rest-without-a-framework.md"
MODEL, VERSION = "tiny", "7"
OF_A_CONNECTION = {"connection", "expect", "transfer-encoding", "content-length"}
OF_THE_GATEWAY = {"x-request-id", "x-model-version"}
_TWICE, _HEAD = (400, "error"), (400, "nothing")
REFUSED = {  # by the gateway, on purpose
    "duplicate-key-in-row": _TWICE,
    "duplicate-key-same-value": _TWICE,
    "duplicate-key-in-columns": _TWICE,
    "duplicate-instances": _TWICE,
    "duplicate-instances-second-empty": _TWICE,
    "duplicate-signature-name": _TWICE,
    "head-predict": _HEAD,
    "head-status": _HEAD,
}


class Told(NamedTuple):
    """A request, and what the server answers to it."""

    name: str
    sent: bytes
    status: int
    content_type: str
    body: bytes

    @property
    def answer(self):
        said = f"{self.status} {HTTPStatus(self.status).phrase}"
        return answer(self.body, said, f"Content-Type: {self.content_type}\r\n".encode())


class Heard(NamedTuple):
    """An answer without what is about one connection or added by the gateway."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def shape(self):
        """Status and kind of the answer, as `contract_cases.Case` has them."""
        kind = dict(self.headers)["content-type"].partition(";")[0]
        return self.status, wire.kind(kind, self.body)


def heard(port, sent):
    received = wire.exchange(port, sent).removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
    head, _, body = received.partition(b"\r\n\r\n")
    first, headers = parted(head, {"connection"} | OF_THE_GATEWAY)
    return Heard(int(first.split()[1]), headers, body)


def parted(head, without):
    """The first line, and the headers in the order of their names."""
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = [line.split(": ", 1) for line in lines]
    return first, sorted((n.lower(), value) for n, value in pairs if n.lower() not in without)


def departures(told, model=MODEL, version=VERSION, *, exact):
    """What comes through the gateway otherwise, by name, and how many requests it passed on.

    What it answers itself must be the server's answer, with `exact` byte for byte.
    """
    found, passed = {}, 0
    with (
        upstream(version=version) as server,
        rest_gateway(server.port, name=model) as gateway,
    ):
        for each in told:
            server.said = partial(lambda said, *_: said, each.answer)
            alone, through = heard(server.port, each.sent), heard(gateway.rest_port, each.sent)
            (head, body), *more = server.asked
            server.asked.clear()
            if more:
                passed += 1
                ((on_head, on_body),) = more
                asked = parted(head, OF_A_CONNECTION), body
                assert (parted(on_head, OF_A_CONNECTION), on_body) == asked, each.name
            same = through == alone if more or exact else through.shape == alone.shape
            if not same:
                found[each.name] = through.shape
    return found, passed


def told(case):
    """A case, with an answer of its kind."""
    path = case.path.replace("{V}", VERSION)
    spelt = {"{M}": MODEL, "{^M}": MODEL.upper(), "{%M}": f"%{ord(MODEL[0]):02X}{MODEL[1:]}"}
    for placeholder, name in spelt.items():
        path = path.replace(placeholder, name)
    body = case.body.encode(errors="surrogateescape")
    status, kind = case.expected
    key, _, count = kind.partition("/")
    said = json.dumps({key: [0.5] * int(count) if count else case.name}).encode()
    if kind in {"nothing", "page"}:
        said = b"<HTML></HTML>" if kind == "page" else b""
    content_type = "text/html" if kind == "page" else "application/json"
    sent = wire.request(case.method, path, body, case.headers)
    return Told(case.name, sent, status, content_type, said)


def recorded(line):
    """A line of a recording."""
    body, said = (line[key].encode(errors="surrogateescape") for key in ("body", "answer"))
    sent = wire.request(line["method"], line["path"], body, line["headers"])
    return Told(line["name"], sent, line["status"], line["content_type"], said)


def test_answers_are_the_servers_but_for_the_listed_ones():
    cases = [told(case) for case in (*BODIES, *PATHS)]
    found, passed = departures(cases, exact=False)
    assert found == REFUSED
    assert passed > len(cases) / 2


def test_a_byte_that_is_changed_on_the_way_is_found(monkeypatch):
    real = rest_proxy.answer_bytes
    monkeypatch.setattr(
        rest_proxy, "answer_bytes", lambda *of, **more: real(*of, **more).replace(b"0.5", b"0.6")
    )
    cases = [told(case) for case in BODIES if case.name == "rows-one"]
    assert departures(cases, exact=False)[0].keys() == {"rows-one"}


def test_what_is_refused_on_purpose_is_written_down_for_readers():
    assert set(re.findall("`([a-z0-9]+(?:-[a-z0-9]+)+)`", PAGE.read_text())) >= REFUSED.keys()


if RECORDED:  # this repository holds no recording, so there is nothing to skip without one

    def test_a_recording_comes_through_byte_for_byte():
        lines = [json.loads(line) for line in Path(RECORDED).read_text().splitlines()]
        path = next(line["path"] for line in lines if line["name"] == "version-right")
        model, version = re.fullmatch(r"/v1/models/(\w+)/versions/(\d+):predict", path).groups()
        found, passed = departures(map(recorded, lines), model, version, exact=True)
        assert found == REFUSED
        assert passed > len(lines) / 2
