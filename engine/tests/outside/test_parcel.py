"""`proposed.json` says what a training would have written, or nothing is read from it."""

import json
from dataclasses import replace

import pytest
from parcels import ABOUT, HEAD

from mainline.core.errors import MainlineError
from mainline.gate.verdict import Rule
from mainline.proposal.own_verdict import OwnVerdict
from mainline.proposal.parcel import OF_JSON, Parcel, Stopped

RULE = {"name": "size", "outcome": "pass", "why": ""}
MACHINE = "CPU x86_64 avx2 GenuineIntel 6 143, Python 3.11, lock 0123456789ab"


def test_what_is_written_is_read_again(tmp_path):
    whole = Parcel(HEAD, ["train"], MACHINE, Stopped("train", ["one", "two"]), ["plots/old.csv"])
    rules = [Rule("size", "pass", "fits", "1 MB", "<= 2 MB", "", "")]
    whole = replace(
        whole,
        costs={"network": {"p99_ms": 1.5, "seconds": None}},
        verdict=OwnVerdict(True, "The gate is open.", rules),
    )
    whole.write(tmp_path)
    assert Parcel.read(tmp_path) == whole


@pytest.mark.parametrize(
    "other",
    [
        {"format": 2},
        {"head": "main"},
        {"head": HEAD + "\n"},
        {"stages": "train"},
        {"stages": [1]},
        {"trained_on": "a machine"},
        {"trained_on": f"{MACHINE}\nSigned-off-by: ada"},
        {"trained_on": 3},
        {"stopped": {"stage": "a\nb", "lines": []}},
        {"stopped": {"stage": "train; curl x | sh", "lines": []}},
        {"stopped": {"stage": "![](http://e)", "lines": []}},
        {"stopped": {"stage": "train"}},
        {"stopped": "train"},
        {"gone": None},
        {"costs": []},
        {"verdict": []},
        {"verdict": {"open": True}},
        {"verdict": {"open": True, "headline": 3, "rules": []}},
        {"verdict": {"open": True, "headline": "", "rules": [{"name": "size"}]}},
        {"verdict": {"open": True, "headline": "", "rules": [RULE | {"outcome": "perfect"}]}},
        {"verdict": {"open": True, "headline": "", "rules": [RULE | {"why": []}]}},
        {"verdict": {"open": True, "headline": "", "rules": [RULE] * 101}},
        {"costs": {"network": 3}},
        {"costs": {"network": {"p99_ms": "| [x](http://e)"}}},
    ],
)
def test_anything_else_is_refused(tmp_path, other):
    (tmp_path / "proposed.json").write_text(json.dumps(ABOUT | other))
    with pytest.raises(MainlineError, match="is not what a training hands over"):
        Parcel.read(tmp_path)


def test_a_newer_engine_may_say_more(tmp_path):
    verdict = {"open": True, "headline": "", "rules": [RULE | {"unit": "MB"}], "case": "proposal"}
    (tmp_path / "proposed.json").write_text(json.dumps(ABOUT | {"verdict": verdict, "new": 1}))
    [rule] = Parcel.read(tmp_path).verdict.rules
    assert rule == Rule("size", "pass", "")


@pytest.mark.parametrize("text", ["", "[]", "[" * 10_000, "{}", "x" * (OF_JSON + 1)])
def test_no_json_of_a_parcel(tmp_path, text):
    (tmp_path / "proposed.json").write_text(text)
    with pytest.raises(MainlineError, match="is not what a training hands over"):
        Parcel.read(tmp_path)
