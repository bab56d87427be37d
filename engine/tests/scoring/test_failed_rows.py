"""A row without a score is named, kept and counted."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import tensorflow as tf
from scored import manifests, table

from mainline.core.errors import DataError, MainlineError
from mainline.packaging.loaded import Loaded
from mainline.scoring import score
from mainline.scoring.scored import batch, schema
from mainline.scoring.scores import Scores

PLANS = ["1", "2", "x", "4", "5", None, "7", "0"]  # a zero divides to infinity


@pytest.fixture
def source(tmp_path):
    plans = PLANS * 3
    rows = {"who": [f"c{n}" for n in range(len(plans))], "age": 1.0, "plan": plans}
    path = tmp_path / "in.parquet"
    pd.DataFrame(rows).to_parquet(path, row_group_size=10)
    return path


@pytest.mark.parametrize("size", [3, 65_536])
def test_each_is_there_with_its_reason(run, picky, source, monkeypatch, size):
    monkeypatch.setattr(score, "BATCH", size)
    found = table(run(source, root=picky, allow_failed=9)).to_pandas()
    assert found["who"].tolist() == [f"c{n}" for n in range(24)]
    failed = found["error"].notna()
    assert failed.tolist() == [plan in ("x", None, "0") for plan in PLANS * 3]
    assert found["score"].isna().tolist() == failed.tolist()
    assert found["score"].dropna().tolist() == pytest.approx([1, 0.5, 0.25, 0.2, 1 / 7] * 3)
    assert "could not correctly convert string: x" in found["error"][2]
    assert found["error"][7] == "the score is inf"


def test_more_than_allowed_is_an_error_behind_a_whole_output(run, picky, source, tmp_path, capsys):
    with pytest.raises(DataError) as raised:
        run(source, root=picky, allow_failed=8)
    assert str(raised.value) == (
        f"{tmp_path}/scores/part-0001-of-0001.parquet: 9 of 24 rows have no score; --allow-failed "
        "is 8. The column `error` says why."
    )
    said = capsys.readouterr().out.splitlines()
    assert "row 3 (who c2) has no score: InvalidArgumentError: StringToNumberOp" in said[0]
    assert sum("has no score" in line for line in said) == 5
    assert table(tmp_path / "scores").num_rows == 24
    assert [each["failed"] for each in manifests(tmp_path / "scores")] == [9]
    with pytest.raises(DataError, match="9 of 24"):  # a rerun scores nothing and says the same
        run(source, root=picky)


def test_a_machine_that_fails_is_no_fault_of_a_row(run, source, picky, monkeypatch):
    def exhausted(*_):
        raise tf.errors.ResourceExhaustedError(None, None, "no memory")

    monkeypatch.setattr(Loaded, "run", exhausted)
    with pytest.raises(MainlineError, match="cannot score: ResourceExhaustedError: no memory"):
        run(source, root=picky)


def test_below_zero_is_no_number_of_rows(run):
    with pytest.raises(MainlineError, match="--allow-failed -1"):
        run(allow_failed=-1)


def test_a_multiclass_row_without_scores_has_no_label():
    made = schema([], labelled=True, width=2)
    scores = np.array([[0.1, 0.9], [np.nan, np.nan]], np.float32)
    found = Scores(scores, np.array([b"a", b""], object), {1: "why"})
    rows = batch(made, 1, 7, [], found).to_pylist()
    assert rows[0]["label"] == "a"
    assert rows[0]["score"] == pytest.approx([0.1, 0.9])
    assert rows[1] == {"row": 2, "model_version": 7, "label": None, "score": None, "error": "why"}
    assert isinstance(made.field("score").type, pa.ListType)
