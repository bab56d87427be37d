"""What a column holds: entity keys, personal data, and types of one or several versions."""

import hashlib
import hmac
import json
import math
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from exchanges import exchange
from typed import FULL, asked, inputs, rows

from mainline.core.errors import SettingsError
from mainline.request_log.input_types import common, of_versions
from mainline.request_log.settings import LogSettings
from mainline.request_log.typed_columns import Privacy
from mainline.request_log.typed_rows import hour_of


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
