"""Files that lie: each rule of integrity computes again what they say."""

import json

import numpy as np
import pandas as pd
import pytest
from judging import INTEGRITY, data_rule, forge_the_table, light_copy

from customer_churn.core import paths
from customer_churn.core.errors import UserError
from customer_churn.core.files import write_json
from customer_churn.gate import candidate as gate_candidate
from customer_churn.gate import rows
from customer_churn.gate.candidate import Candidate
from customer_churn.gate.integrity import attempt
from customer_churn.packaging import package
from customer_churn.packaging.saved_model import Scorer


@pytest.fixture(scope="module")
def known(candidates) -> Candidate:
    """The champion, for which every rule passes."""
    found = candidates("champion")
    assert [closed(found, name) for name in INTEGRITY] == [""] * len(INTEGRITY)
    return found


@pytest.fixture
def good(known, tmp_path) -> Candidate:
    """Its files, to be forged; what was computed of its bytes and rows is not computed again."""
    return light_copy(known, tmp_path)


def closed(candidate, name):
    """Why the rule closes; empty when it passes."""
    found = attempt(name, lambda: INTEGRITY[name](candidate))
    assert found.name == name
    return found.why if found.outcome == "fail" else ""


def edit(path, change):
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))


FORGED_JSON = {
    "rows in the catalogue": (paths.CATALOGUE, "data", lambda v: v.update(rows=1)),
    "a mean in the catalogue": (
        paths.CATALOGUE,
        "data",
        lambda v: v["columns"]["age"].update(mean=18.0),
    ),
    "a column more in the catalogue": (
        paths.CATALOGUE,
        "data",
        lambda v: v["columns"].update(extra={"kind": "float64"}),
    ),
    "the validation report": (paths.VALIDATION, "validation", lambda v: v.update(rows=1)),
    "a check in it": (
        paths.VALIDATION,
        "validation",
        lambda v: v["rules"]["frequent_is_recent"].update(observed="0 rows"),
    ),
    "the split's counts": (paths.SPLIT_COUNTS, "split", lambda v: v["test"].update(positives=1)),
    "a figure": (paths.FIGURES, "figures", lambda v: v["model"]["roc_auc"].update(value=0.97)),
    "a fall without a column": (
        paths.FIGURES,
        "figures",
        lambda v: v["robustness"]["missing"]["tenure_months"].update(value=0.0),
    ),
    "what a column is worth": (
        paths.FIGURES,
        "figures",
        lambda v: v["importance"]["columns"]["age"].update(value=0.5),
    ),
    "a rate of a group": (
        paths.FIGURES,
        "figures",
        lambda v: v["fairness"]["gender"]["groups"]["gender=male"].update(rows=1),
    ),
    "a saving": (paths.FIGURES, "figures", lambda v: v["costs"]["saving"].update(value=0.9)),
    "the image's size": (paths.DESCRIPTOR, "bytes", lambda v: v.update(size=1)),
    "the content": (paths.DESCRIPTOR, "bytes", lambda v: v.update(content="sha256:0")),
}


@pytest.mark.parametrize("what", FORGED_JSON)
def test_a_forged_value_closes(good, what):
    path, name, change = FORGED_JSON[what]
    edit(good.root / path, change)
    assert f"{path.as_posix()}: " in closed(good, name)


FORGED_TEXT = {
    "the release": (paths.RELEASE, "bytes", "registry.example/", "evil.example/"),
    "the card": (paths.MODEL_CARD, "card", "## Limits", "## No limits"),
    "the page of the checks": (paths.VALIDATION_PAGE, "validation", "that break it", "or fewer"),
}


@pytest.mark.parametrize("what", FORGED_TEXT)
def test_a_forged_text_closes(good, what):
    path, name, old, new = FORGED_TEXT[what]
    text = (good.root / path).read_text()
    assert old in text
    (good.root / path).write_text(text.replace(old, new))
    assert path.as_posix() in closed(good, name)


@pytest.mark.parametrize("value", [[], "a catalogue", 3])
def test_a_catalogue_that_is_none_closes(good, value):
    (good.root / paths.CATALOGUE).write_text(json.dumps(value))
    assert "is no catalogue" in closed(good, "data")


def test_a_missing_release_closes(good):
    (good.root / paths.RELEASE).unlink()
    assert "is missing" in closed(good, "bytes")


@pytest.mark.parametrize("curve", ["roc", "calibration", "precision_recall"])
def test_a_forged_curve_closes(good, curve):
    path = good.root / paths.PLOTS / f"{curve}.csv"
    frame = pd.read_csv(path)
    frame.iloc[:, 1] = (frame.iloc[:, 1] * 1.1).clip(upper=1)
    frame.to_csv(path, index=False)
    assert f"{curve}.csv is not the curve" in closed(good, "figures")
    frame.iloc[1:].to_csv(path, index=False)
    assert f"{curve}.csv is not the curve" in closed(good, "figures")


def test_a_threshold_that_costs_more_closes(good):
    edit(good.root / paths.FIGURES, lambda v: v.update(threshold=0.97))
    for computed in ("evaluation", "figures"):  # they take the committed one when it is as good
        vars(good).pop(computed)
    assert "threshold is committed as 0.97" in closed(good, "figures")


def test_figures_that_are_no_numbers_close_also_when_they_are_committed_so(good):
    nothing = {"value": None, "low": None, "high": None}
    good.figures["model"]["roc_auc"], kept = nothing, good.figures["model"]["roc_auc"]
    try:
        write_json(good.root / paths.FIGURES, good.figures)
        assert "are no numbers" in closed(good, "figures")
    finally:
        good.figures["model"]["roc_auc"] = kept


def test_an_image_with_another_layer_closes(good):
    blobs = (good.root / paths.IMAGE / "blobs" / "sha256").iterdir()
    layer = max(blobs, key=lambda path: path.stat().st_size)
    layer.write_bytes(layer.read_bytes() + b"\0" * 512)
    assert "not the image of these bytes" in closed(good, "bytes")


def test_corrupted_bytes_close(good):
    path = next((good.root / paths.SAVED_MODEL / "variables").glob("*.data-*"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))
    assert "version is committed as" in closed(Candidate(good.root), "bytes")


@pytest.mark.parametrize("part", ["test", "validation", "train"])
def test_chosen_rows_in_a_part_close(good, part):
    path = good.root / paths.SPLIT / f"{part}.parquet"
    pd.read_parquet(path).iloc[1:].to_parquet(path, index=False)
    assert f"{part}.parquet does not hold the rows" in closed(good, "split")


def test_a_table_that_is_not_the_catalogues_closes(good):
    path = good.root / paths.TABLE
    pd.read_parquet(path).iloc[1:].to_parquet(path, index=False)
    assert "rows is committed as" in closed(Candidate(good.root), "data")


def test_a_table_forged_with_its_catalogue_closes_when_the_source_is_read_again(project):
    forge_the_table(project)
    found, _ = data_rule(project)
    assert found.outcome == "fail"
    assert "read again, gives other rows" in found.why


def test_a_table_that_breaks_its_own_rules_closes_whatever_the_report_says(project):
    project.set(**{"validation.min_rows": 10_000_000})
    found = rows.validation(Candidate(project.root))
    assert found.outcome == "fail"
    assert "at least 10,000,000" in found.why


def test_a_model_that_reads_the_label_closes(good, monkeypatch):
    class Cheat(Scorer):
        inputs = {"churned": None}

        def __init__(self, _):
            pass

    monkeypatch.setattr(gate_candidate, "Scorer", Cheat)
    for computed in ("scorer", "scores", "figures", "evaluation"):
        vars(good).pop(computed, None)
    assert "reads churned" in closed(good, "figures")


def test_packaging_refuses_scores_that_are_no_numbers(good):
    for path in (good.root / paths.TRAINED).glob("*.npy"):
        np.save(path, np.full_like(np.load(path), np.nan))
    with pytest.raises(UserError, match="differ from the trained"):
        package.run(good.root)
