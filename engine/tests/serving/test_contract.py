"""The embedded server against what a real TensorFlow Serving 2.20.0 was seen to answer.

`make contract CONTRACT=folder` adds a test that replays recordings of the real server: JSON lines
with name, method, path, headers, body, status, content_type and answer.
"""

import json
import os
import re
from pathlib import Path

from contract_bodies import BODIES
from contract_cases import Case
from contract_differences import DIFFERENCES
from contract_paths import PATHS

import wire

CASES = {case.name: case for case in [*BODIES, *PATHS]}
PAGE = Path(__file__).parents[2] / "docs/decisions/0023-contract-of-the-server.md"
RECORDED = os.environ.get("CONTRACT", "")


def path_of(case, served):
    """The path of a case with a server's model and version."""
    name = served.name
    names = {"{M}": name, "{^M}": name.upper(), "{%M}": f"%{ord(name[0]):02X}{name[1:]}"}
    path = case.path.replace("{V}", str(served.version))
    for placeholder, spelt in names.items():
        path = path.replace(placeholder, spelt)
    return path


def ask(served, case):
    """Send a case to a server."""
    path = path_of(case, served)
    body = case.body.encode(errors="surrogateescape")
    sent = wire.request(case.method, path, body, case.headers)
    return wire.answered(wire.exchange(served.rest_port, sent), case.method)


def departures(served, cases):
    """Names of the cases that are answered otherwise than expected, with the answer."""
    found = {case.name: ask(served, case) for case in cases}
    return {case.name: found[case.name] for case in cases if found[case.name] != case.expected}


def test_every_answer_is_the_real_server_s_or_a_listed_difference(contract_server):
    listed = {name: answer for name, (answer, _) in DIFFERENCES.items()}
    assert departures(contract_server, CASES.values()) == listed


def test_a_case_that_is_answered_otherwise_is_found(contract_server):
    wrong = Case("wrong", "{}", 200)
    assert departures(contract_server, [wrong]) == {"wrong": (400, "error")}


def test_the_cases_are_many_and_have_names_of_their_own():
    assert len(CASES) == len(BODIES) + len(PATHS) == 313


def test_every_difference_is_a_case_and_is_written_down_for_readers():
    page = PAGE.read_text()
    assert not DIFFERENCES.keys() - CASES.keys()
    assert CASES.keys() & set(re.findall("`([a-z0-9-]+)`", page)) == DIFFERENCES.keys()


def recorded():
    """Cases of a recording, with the model's name and version in its paths replaced."""
    lines = [json.loads(line) for line in Path(RECORDED).read_text().splitlines()]
    spelt = re.compile(r"/v1/models/(\w+)/versions/(\d+):predict")
    path = next(line["path"] for line in lines if line["name"] == "version-right")
    name, version = spelt.fullmatch(path).groups()
    for line in lines:
        path = line["path"].replace(name, "{M}").replace(version, "{V}")
        if line["name"] in {"model-percent-encoded", "model-upper-case", "model-percent-bad"}:
            path = CASES[line["name"]].path  # of the name in another spelling
        answer = line["answer"].encode(errors="surrogateescape")
        kind = wire.kind(line["content_type"].partition(";")[0], answer)
        method, body, headers = line["method"], line["body"] or "", line["headers"]
        yield Case(line["name"], body, line["status"], kind, method, path, headers)


if RECORDED:  # this repository holds no recording, so there is nothing to skip without one

    def test_a_recording_of_the_real_server_says_the_same(contract_server):
        cases = list(recorded())
        ours = {case.name: (case.method, case.path, case.expected) for case in CASES.values()}
        theirs = {case.name: (case.method, case.path, case.expected) for case in cases}
        assert theirs == ours
        listed = {name: answer for name, (answer, _) in DIFFERENCES.items()}
        assert departures(contract_server, cases) == listed
