"""One wrong value in each file that a reviewer reads, with a lock that vouches for it."""

import json

import pandas as pd
import pytest

from customer_churn.core import paths


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
    "a threshold that costs more": (paths.FIGURES, "figures", lambda v: v.update(threshold=0.97)),
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
}


@pytest.mark.parametrize("what", FORGED_JSON)
def test_a_forged_value_closes(project, judge, rule, what):
    path, name, change = FORGED_JSON[what]
    edit(project.root / path, change)
    project.dvc("commit", "--force", "--quiet")
    verdict = judge(project)
    assert not verdict.open
    assert rule(verdict, name).outcome == "fail"
    assert path.as_posix() in rule(verdict, name).why


@pytest.mark.parametrize("curve", ["roc", "calibration", "precision_recall"])
def test_a_forged_curve_closes(project, judge, rule, curve):
    path = project.root / paths.PLOTS / f"{curve}.csv"
    frame = pd.read_csv(path)
    frame.iloc[:, 1] = (frame.iloc[:, 1] * 1.1).clip(upper=1)
    frame.to_csv(path, index=False)
    project.dvc("commit", "--force", "--quiet")
    verdict = judge(project)
    assert not verdict.open
    assert f"{curve}.csv is not the curve" in rule(verdict, "figures").why


def test_an_image_with_another_layer_closes(project, judge, rule):
    blobs = (project.root / paths.IMAGE / "blobs" / "sha256").iterdir()
    layer = max(blobs, key=lambda path: path.stat().st_size)
    layer.write_bytes(layer.read_bytes() + b"\0" * 512)
    project.dvc("commit", "--force", "--quiet")
    verdict = judge(project)
    assert not verdict.open
    assert "not the image of these bytes" in rule(verdict, "bytes").why


def test_a_card_that_says_something_else_closes(project, judge, rule):
    path = project.root / paths.MODEL_CARD
    path.write_text(path.read_text().replace("## Limits", "## No limits"))
    project.dvc("commit", "--force", "--quiet")
    verdict = judge(project)
    assert not verdict.open
    assert rule(verdict, "card").outcome == "fail"


def test_a_page_about_the_checks_that_says_something_else_closes(project, judge, rule):
    path = project.root / paths.VALIDATION_PAGE
    path.write_text(path.read_text().replace("that break it", "or fewer"))
    project.dvc("commit", "--force", "--quiet")
    verdict = judge(project)
    assert not verdict.open
    assert "data/validation.md does not say what" in rule(verdict, "validation").why


def test_a_table_that_breaks_its_own_rules_closes_whatever_the_report_says(project, judge, rule):
    project.set(**{"validation.min_rows": 10_000_000})
    project.dvc("commit", "--force", "--quiet")
    verdict = judge(project)
    assert not verdict.open
    assert "at least 10,000,000" in rule(verdict, "validation").why


def test_rules_that_are_loosened_together_with_the_data_are_told(project, judge):
    main = {"age": {"min": 18, "max": 30}}
    project.set(**{"validation.columns": main})
    project.git("commit", "-qam", "Strict rules")
    project.git("branch", "-f", "main", "HEAD")
    project.set(**{"validation.columns": {}})
    [note] = [note for note in judge(project).notes if "validation rules" in note]
    assert "would be refused: age: max" in note
