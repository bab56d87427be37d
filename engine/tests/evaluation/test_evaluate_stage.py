import json

import joblib
import pytest

from mainline.core.errors import MainlineError
from mainline.evaluation import evaluate


def test_figures_cover_model_baseline_and_slices(tiny_run):
    judged = json.loads((tiny_run / "metrics/evaluation.json").read_text())
    assert (judged["rows"], judged["entities"]) == (300, 150)
    assert judged["model"].keys() == judged["baseline"].keys()
    assert judged["model"]["roc_auc"]["low"] < judged["model"]["roc_auc"]["value"]
    assert list(judged["slices"]) == [
        "plan=basic",
        "plan=plus",
        "plan missing",
        "age<45",
        "age>=45",
    ]


@pytest.mark.parametrize("bytes_", [b"", b"no pickle"])
def test_a_damaged_baseline_is_named(bytes_, tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models/baseline.joblib").write_bytes(bytes_)
    with pytest.raises(MainlineError, match=r"baseline\.joblib cannot be read"):
        evaluate._baseline(tmp_path)


def test_a_baseline_that_reads_back_is_taken(tmp_path):
    (tmp_path / "models").mkdir()
    joblib.dump({"a": 1}, tmp_path / "models/baseline.joblib")
    assert evaluate._baseline(tmp_path) == {"a": 1}
