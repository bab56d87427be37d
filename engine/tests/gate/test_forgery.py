"""Files that lie: each rule of integrity computes again what they say."""

import functools
import json

import numpy as np
import pandas as pd
import pytest
from judging import INTEGRITY, forge_the_table, light_copy, lose_a_row, refused

from mainline.core.errors import MainlineError
from mainline.core.files import write_json
from mainline.core.layout import Layout
from mainline.gate import candidate as gate_candidate
from mainline.gate import rows
from mainline.gate.candidate import Candidate
from mainline.gate.integrity import attempt
from mainline.packaging import package
from mainline.packaging.saved_model import Scorer


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


def edit(path, key, value):
    about = json.loads(path.read_text())
    *parents, last = key.split(".")
    functools.reduce(dict.__getitem__, parents, about)[last] = value
    path.write_text(json.dumps(about))


FORGED_JSON = [
    (Layout.catalogue, "data", "rows", 1),
    (Layout.catalogue, "data", "columns.age.mean", 18.0),
    (Layout.catalogue, "data", "columns.extra", {"kind": "float64"}),
    (Layout.validation, "validation", "rows", 1),
    (Layout.validation, "validation", "rules.frequent_is_recent.observed", "0 rows"),
    (Layout.split_counts, "split", "test.positives", 1),
    (Layout.figures, "figures", "model.roc_auc.value", 0.97),
    (Layout.figures, "figures", "robustness.missing.tenure_months.value", 0.0),
    (Layout.figures, "figures", "importance.columns.age.value", 0.5),
    (Layout.figures, "figures", "fairness.gender.groups.gender=male.rows", 1),
    (Layout.figures, "figures", "costs.saving.value", 0.9),
    (Layout.candidates, "figures", "candidates.trees.figure.value", 0.5),
    (Layout.candidates, "figures", "ships", "trees"),
    (Layout.descriptor, "bytes", "size", 1),
    (Layout.descriptor, "bytes", "content", "sha256:0"),
]


@pytest.mark.parametrize(("path", "name", "key", "value"), FORGED_JSON)
def test_a_forged_value_closes(good, path, name, key, value):
    edit(good.root / path, key, value)
    assert f"{path.as_posix()}: " in closed(good, name)


FORGED_TEXT = [
    (Layout.release, "bytes", "registry.example/", "evil.example/"),
    (Layout.model_card, "card", "## Limits", "## No limits"),
    (Layout.validation_page, "validation", "that break it", "or fewer"),
]


@pytest.mark.parametrize(("path", "name", "old", "new"), FORGED_TEXT)
def test_a_forged_text_closes(good, path, name, old, new):
    text = (good.root / path).read_text()
    assert old in text
    (good.root / path).write_text(text.replace(old, new))
    assert path.as_posix() in closed(good, name)


@pytest.mark.parametrize("value", [[], "a catalogue", 3])
def test_a_catalogue_that_is_none_closes(good, value):
    Layout(good.root).catalogue.write_text(json.dumps(value))
    assert "is no catalogue" in closed(good, "data")


def test_a_missing_release_closes(good):
    Layout(good.root).release.unlink()
    assert "is missing" in closed(good, "bytes")


@pytest.mark.parametrize("curve", ["roc", "calibration", "precision_recall"])
def test_a_forged_curve_closes(good, curve):
    path = Layout(good.root).plots / f"{curve}.csv"
    frame = pd.read_csv(path)
    frame.iloc[:, 1] = (frame.iloc[:, 1] * 1.1).clip(upper=1)
    frame.to_csv(path, index=False)
    assert f"{curve}.csv is not the curve" in closed(good, "figures")
    frame.iloc[1:].to_csv(path, index=False)
    assert f"{curve}.csv is not the curve" in closed(good, "figures")


def test_a_threshold_that_costs_more_closes(good):
    edit(Layout(good.root).figures, "threshold", 0.97)
    for computed in ("evaluation", "figures"):  # they take the committed one when it is as good
        vars(good).pop(computed)
    assert "threshold is committed as 0.97" in closed(good, "figures")


def test_figures_that_are_no_numbers_close_also_when_they_are_committed_so(good):
    nothing = {"value": None, "low": None, "high": None}
    good.figures["model"]["roc_auc"], kept = nothing, good.figures["model"]["roc_auc"]
    try:
        write_json(Layout(good.root).figures, good.figures)
        assert "are not numbers" in closed(good, "figures")
    finally:
        good.figures["model"]["roc_auc"] = kept


def test_an_image_with_another_layer_closes(good):
    blobs = (Layout(good.root).image / "blobs" / "sha256").iterdir()
    layer = max(blobs, key=lambda path: path.stat().st_size)
    layer.write_bytes(layer.read_bytes() + b"\0" * 512)
    assert "not the image of these bytes" in closed(good, "bytes")


def test_corrupted_bytes_close(good):
    path = next((Layout(good.root).saved_model / "variables").glob("*.data-*"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))
    assert "version is committed as" in closed(Candidate(good.root), "bytes")


@pytest.mark.parametrize("part", ["test", "validation", "train"])
def test_chosen_rows_in_a_part_close(good, part):
    lose_a_row(Layout(good.root).split / f"{part}.parquet")
    assert f"{part}.parquet does not hold the rows" in closed(good, "split")


def test_a_table_that_is_not_the_catalogues_closes(good):
    lose_a_row(Layout(good.root).table)
    assert "rows is committed as" in closed(Candidate(good.root), "data")


def test_a_table_forged_with_its_catalogue_closes_when_the_source_is_read_again(project):
    forge_the_table(project)
    assert "read again, gives other rows" in refused(project)


def test_a_table_that_breaks_its_own_rules_closes_whatever_the_report_says(project):
    project.set(**{"validation.min_rows": 10_000_000})
    found = rows.validation(Candidate(project.root))
    assert found.outcome == "fail"
    assert "at least 10,000,000" in found.why


def test_a_model_that_reads_the_label_closes(good, monkeypatch):
    class Cheat(Scorer):
        inputs = {"churned": None}

        def __init__(self, *_):
            self.content = good.content

    monkeypatch.setattr(gate_candidate, "Scorer", Cheat)
    for computed in ("scorer", "scores", "figures", "evaluation"):
        vars(good).pop(computed, None)
    assert "reads churned" in closed(good, "figures")


def test_packaging_refuses_scores_that_are_no_numbers(good):
    for path in Layout(good.root).trained.glob("weight-*.npy"):
        np.save(path, np.full_like(np.load(path), np.nan))
    with pytest.raises(MainlineError, match="differ from the trained"):
        package.run(good.root)
