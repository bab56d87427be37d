"""Keys that stand twice in one object, in JSON and in what TensorFlow Serving takes for JSON."""

import asyncio
import gzip
import io
import json
import os
import signal
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainline.gateway.body_check import BodyCheck
from mainline.gateway.duplicate_keys import (
    DEEPEST,
    KEYS,
    SMALL,
    Verdict,
    answer_all,
    judged,
    judged_packed,
)

ROW = '{"age": 43.0, "city": "ulm"}'
TWICE = [
    '{"instances": [{"age": 1, "age": 2}]}',
    '{"instances": [{"age": 1, "age": 1}]}',
    f'{{"instances": [{ROW}, {{"age": 1, "city": "ulm", "age": 2}}]}}',
    '{"inputs": {"age": [1], "age": [2]}}',
    '{"instances": [], "instances": []}',
    '{"signature_name": "a", "instances": [], "signature_name": "b"}',
    '{"unused": {"deep": [{"a": {"b": 1, "b": 2}}]}, "instances": []}',
    r'{"instances": [{"age": 1, "a\u0067e": 2}]}',
    r'{"instances": [{"a\"b": 1, "a\"b": 2}]}',
    r'{"instances": [{"age": 1, "age\u0000": 2}]}',
    r'{"instances": [{"age\u0000a": 1, "age\u0000b": 2}]}',
]
# TensorFlow Serving takes these for JSON, Python does not.
LOOSE = [
    lambda text: text + " and more",
    lambda text: text + "{}",
    lambda text: text.replace("{", '{"x": Inf, ', 1),
    lambda text: text.replace("{", '{"x": -Infinity, "y": 1e999, ', 1),
    lambda text: text.replace("{", '{"x": ' + "[" * 3000 + "]" * 3000 + ", ", 1),
]
FINE = [
    "",
    "null",
    "[]",
    "not JSON",
    f'{{"instances": [{ROW}, {ROW}]}}',
    '{"a": {"a": {"a": ["a", "a", {"a": "a"}]}}}',
    r'{"a": "\"b\": 1, \"b\": 2"}',
    '{"a": "b", "b": "a", "c": "a"}',
    '{"a": ["b", "b"], "c": "{\\"a\\": 1, \\"a\\": 2}"}',
    '"' * 99,
    '{"a": "unterminated, "a": 1',
    "}}]]{[",
]


@pytest.mark.parametrize("text", TWICE)
def test_a_key_twice_is_found_anywhere(text):
    assert judged(text.encode()) is Verdict.TWICE
    assert judged(b"\xef\xbb\xbf" + text.encode()) is Verdict.TWICE


@pytest.mark.parametrize("loose", LOOSE)
@pytest.mark.parametrize("text", TWICE)
def test_also_in_what_is_not_json(loose, text):
    with pytest.raises((ValueError, RecursionError)):
        json.loads(loose(text), parse_constant=int)
    assert judged(loose(text).encode()) is Verdict.TWICE


def test_also_beside_bytes_that_are_no_utf_8():
    assert judged(b'{"a": "\xff", "b": 1, "b": 2}') is Verdict.TWICE
    for more in (b"", rb"\u0000", rb"\u0000b"):
        assert judged(b'{"\xff": 1, "\xff%s": 2}' % more) is Verdict.TWICE
        assert judged(b'{"\xff": 1, "\xff%s": 2} !' % more) is Verdict.TWICE
    assert judged(b'{"\xff": 1, "\xfe": 2}') is Verdict.FINE


@pytest.mark.parametrize("text", FINE)
def test_what_has_none_passes_json_or_not(text):
    assert judged(text.encode()) is Verdict.FINE
    assert judged(text.encode() + b" !") is Verdict.FINE


NAMES = st.text(st.characters(exclude_characters="\0"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner),
    max_leaves=20,
)


@given(VALUES, st.text(), VALUES)
def test_any_json_passes_and_with_a_key_twice_it_does_not(value, key, other):
    text = json.dumps(value)
    name = json.dumps(key)
    twice = f'{{"a": [{text}, {{{name}: {text}, {name}: {json.dumps(other)}}}]}}'
    for after in ("", " x"):  # by the parser, and by the search
        assert judged((text + after).encode()) is Verdict.FINE
        assert judged((twice + after).encode()) is Verdict.TWICE


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"instances": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_too_many_brackets_are_refused_quickly(body):
    start = time.process_time()
    assert judged(body) is Verdict.DEEP
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "body",
    [
        b'\\"' * 1_000_000,
        b'"' + b"\\" * 2_000_001,
        b'{"a" ' + b" " * 2_000_000,
        b'"' * 1_000_001,
    ],
    ids=["quotes", "escapes", "spaces", "strings"],
)
def test_the_search_takes_time_in_proportion(body):
    start = time.process_time()
    assert judged(body) is Verdict.FINE
    assert time.process_time() - start < 3


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (b"[" + b"[]," * 300_000 + b"[]]", Verdict.FINE),
        (b"[" + b"{}," * 300_000 + b"{}]", Verdict.FINE),
        (b'{"a":[' + b'{"a":[]},' * 100_000 + b"1]}", Verdict.FINE),
        (b"{" + b",".join(b'"%d":1' % each for each in range(2 * KEYS)) + b"}", Verdict.KEYS),
    ],
    ids=["arrays", "objects", "rows", "keys"],
)
def test_a_large_body_takes_little_memory(body, verdict):
    tracemalloc.start()
    try:
        assert judged(body) is verdict
        assert tracemalloc.get_traced_memory()[1] < 16 * 2**20
    finally:
        tracemalloc.stop()


def test_the_keys_of_closed_objects_are_not_counted():
    row = b"{" + b",".join(b'"%d":1' % each for each in range(KEYS // 10)) + b"}"
    assert judged(b"[" + b",".join([row] * 12) + b"]") is Verdict.FINE


@pytest.mark.parametrize("text", TWICE)
def test_a_large_body_is_searched_as_well(text):
    assert judged(text.encode() + b" " * SMALL) is Verdict.TWICE
    assert judged(text.replace("{", '{"x": "' + "a" * SMALL + '", ', 1).encode()) is Verdict.TWICE


def test_a_depth_at_the_bound_passes():
    assert judged(b"[" * DEEPEST + b"]" * DEEPEST) is Verdict.FINE


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (gzip.compress(TWICE[0].encode()), Verdict.TWICE),
        (gzip.compress(FINE[4].encode()), Verdict.FINE),
        (gzip.compress(b" " * 2001), Verdict.LARGE),
        (TWICE[0].encode(), Verdict.TWICE),
        (gzip.compress(TWICE[0].encode())[:-5], Verdict.DAMAGED),
        (gzip.compress(FINE[4].encode()) + b" ", Verdict.DAMAGED),
        (gzip.compress(b"{") + gzip.compress(b'"a": 1, "a": 2}'), Verdict.DAMAGED),
        (b"\x1f\x8b" + TWICE[0].encode(), Verdict.DAMAGED),
    ],
    ids=["twice", "fine", "bomb", "not packed", "cut", "more", "two streams", "no stream"],
)
def test_a_packed_body_is_judged_unpacked(body, verdict):
    assert judged_packed(body, 2000) is verdict


def test_the_program_answers_one_body_after_the_other():
    bodies = [(0, TWICE[0].encode()), (1, gzip.compress(b"{}")), (0, b"")]
    sent = b"".join(bytes([each]) + len(body).to_bytes(8, "big") + body for each, body in bodies)
    into = io.BytesIO()
    answer_all(io.BytesIO(sent), into, 100)
    assert into.getvalue() == b"tff"


def test_large_bodies_go_to_a_process_that_may_be_killed():
    async def check():
        checked = BodyCheck(10**7)
        large = FINE[4].encode() + b" " * 10**6
        found = [await checked.judged(TWICE[0].encode() + b" " * 10**6, packed=False)]
        os.kill(checked._process.pid, signal.SIGKILL)
        found.append(await checked.judged(large, packed=False))
        found += await asyncio.gather(*(checked.judged(large, packed=False) for _ in range(3)))
        process = checked._process
        checked.close()
        await process.wait()
        return found

    assert asyncio.run(check()) == [Verdict.TWICE] + [Verdict.FINE] * 4
