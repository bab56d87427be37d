"""Why a row has its score: the changes are those of scoring by hand, and bad input is one line."""

import dataclasses
import json
import shutil
from contextlib import closing

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from mainline.core.errors import MainlineError
from mainline.core.files import remove
from mainline.core.layout import Layout
from mainline.model import trained
from mainline.model.ship import Choice
from mainline.packaging import saved_model
from mainline.packaging.content import content_hash, version
from mainline.release.release_file import Release
from mainline.scoring import explain, reasons
from mainline.scoring.scores import BatchScorer

FEATURES = ["age", "income", "city", "plan"]
SHIPS = {"network": 0.0, "trees": 1.0, "blend": 0.5}
TASKS = ["binary", "multiclass", "regression"]


def known(frame: pd.DataFrame) -> dict[str, object]:
    """The usual values, found another way than the command finds them."""
    return {
        "age": np.float32(np.nanquantile(frame["age"], 0.5)),
        "income": np.float32(np.nanquantile(frame["income"], 0.5)),
        "city": frame["city"].mode()[0],
        "plan": frame["plan"].dropna().mode()[0],
    }


@pytest.fixture
def root(tiny_run, tmp_path):
    """A root whose released model is a blend."""
    return shipped(tiny_run, "binary", "blend", tmp_path / "root", None)


def shipped(source, task, ship, root, table):
    """A copy of the run in `source` in which another candidate ships. Returns its root."""
    for name in ("params.yaml", "data", "models", "src", "pyproject.toml"):
        at = source / name
        (shutil.copytree if at.is_dir() else shutil.copy)(at, _made(root) / name)
    table = table or explain.config.section(root, "table", explain.TableSettings)
    model = dataclasses.replace(trained.load(root, table), choice=Choice(ship, SHIPS[ship], 0.5))
    saved_model.export(model, Layout(root).saved_model)
    found = content_hash(Layout(root).saved_model)
    release = Release("tiny", str(version(found)), "here@sha256:0", "sha256:0", found)
    _made(Layout(root).release.parent)
    Layout(root).release.write_text(release.render())
    return root


def _made(directory):
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def asked(capsys, root, source=None, **options):
    explain.run(root, source=source, as_json=True, top=9, **options)
    return json.loads(capsys.readouterr().out)["rows"]


@pytest.mark.parametrize("ship", SHIPS)
@pytest.mark.parametrize("task", TASKS)
def test_changes_are_those_of_scoring_by_hand(
    task, ship, tiny_run, task_run, task_tables, tiny_rows, capsys, tmp_path
):
    source = tiny_run if task == "binary" else task_run[task]
    root = shipped(source, task, ship, tmp_path / "root", task_tables.get(task))
    table = explain.config.section(root, "table", explain.TableSettings)
    model = dataclasses.replace(trained.load(root, table), choice=Choice(ship, SHIPS[ship], 0.5))
    test = pd.read_parquet(Layout(root).split / "test.parquet")
    path = Layout(root).split / "test.parquet"
    found = asked(capsys, root, path, rows=3)
    assert len(found) == 3
    usually = known(tiny_rows["train"])
    for place, each in enumerate(found):
        row = test[FEATURES].iloc[[place]]
        own = model.score(row)[0]
        best = np.argmax(own) if task == "multiclass" else ()
        assert each["score"] == pytest.approx(own[best], rel=1e-6)
        changes = {
            name: model.score(row.assign(**{name: [usually[name]]}))[0][best] - own[best]
            for name in FEATURES
        }
        size = max(1.0, abs(own[best]))
        shown = {reason["column"]: reason["change"] for reason in each["reasons"]}
        assert shown == pytest.approx(changes, abs=1e-6 * size)
        order = [abs(reason["change"]) for reason in each["reasons"]]
        assert order == sorted(order, reverse=True)
        assert each["label"] == (model.target.labels[best] if task == "multiclass" else None)
    spread = [abs(reason["change"]) for each in found for reason in each["reasons"]]
    assert max(spread) > 1e-3


def test_a_row_as_it_usually_is_has_no_reasons(root, tiny_rows, capsys, tmp_path):
    path = tmp_path / "rows.parquet"
    pd.DataFrame([known(tiny_rows["train"])]).to_parquet(path)
    assert [each["change"] for each in asked(capsys, root, path)[0]["reasons"]] == [0.0] * 4


def test_each_kind_of_file_gives_the_same(root, tiny_rows, capsys, tmp_path):
    rows = tiny_rows["test"][FEATURES].head(20)
    rows.to_parquet(tmp_path / "rows.parquet")
    rows.to_csv(tmp_path / "rows.csv", index=False)
    rows.to_json(tmp_path / "rows.jsonl", orient="records", lines=True)
    kinds = ("parquet", "csv", "jsonl")
    found = [asked(capsys, root, tmp_path / f"rows.{kind}", rows=12) for kind in kinds]
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 12
    values = [reason["value"] for row in found[0] for reason in row["reasons"]]
    assert None in values  # a missing value stays one


def test_an_entity_has_its_test_rows_and_a_person_reads_them(root, tiny_rows, capsys):
    who = tiny_rows["test"]["who"].iloc[10]
    assert len(asked(capsys, root, entity=who, rows=5)) == 2
    explain.run(root, entity=who, top=2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"row 1, who {who}: score 0.")
    assert lines[1].split() == ["column", "value", "usual", "change"]
    assert len(lines) == 4
    assert lines[2].split()[-1][0] in "+-"


def refused(root, source=None, **options):
    with pytest.raises(MainlineError) as raised:
        explain.run(root, source=source, **options)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_neither_or_both_and_numbers_below_one(root, tmp_path):
    either = "name either a file of rows or `--entity ID`."
    assert refused(root) == refused(root, tmp_path / "x.csv", entity="c") == either
    assert refused(root, entity="c", rows=0) == "--rows 0 is below 1."
    assert refused(root, entity="c", top=-1) == "--top -1 is below 1."


def test_no_packaged_model_and_another_one(root):
    weights = next((Layout(root).saved_model / "variables").glob("*.data*"))
    weights.write_bytes(b"other")
    assert "is not the model that k8s" in refused(root, entity="c3-1")
    remove(Layout(root).saved_model)
    assert "dist/model does not exist; `dvc pull dist/model`" in refused(root, entity="c3-1")


def test_an_unknown_entity(root):
    said = refused(root, entity="c1-1")  # of the training rows
    assert said.startswith("data/split/test.parquet: no row has who 'c1-1'. It has the test rows")


def test_files_that_cannot_be_read(root, tiny_rows, tmp_path):
    rows = tiny_rows["test"][FEATURES].head(3)
    path = tmp_path / "rows.csv"
    assert refused(root, path) == f"{path}: does not exist."
    rows.drop(columns="city").to_csv(path, index=False)
    assert "rows.csv: no column 'city'; it has: 'age', 'income', 'plan'." in refused(root, path)
    rows.head(0).to_csv(path, index=False)
    assert refused(root, path) == f"{path}: has no rows."
    path.write_text(",".join(FEATURES) + "\nold,1,ulm,plus\n")
    assert "cannot be read (Failed to parse string: 'old' as a scalar of type" in refused(
        root, path
    )
    for kind in ("csv", "parquet", "jsonl"):
        (tmp_path / f"none.{kind}").write_bytes(b"")
        assert "has no rows" in refused(root, tmp_path / f"none.{kind}")
    (tmp_path / "bad.jsonl").write_text("{no json\n")
    assert "bad.jsonl: cannot be read (JSON parse error" in refused(root, tmp_path / "bad.jsonl")
    (tmp_path / "bad.parquet").write_text("no parquet")
    assert "bad.parquet: cannot be read (" in refused(root, tmp_path / "bad.parquet")
    assert "is no table. Expected a name that ends in .parquet" in refused(root, tmp_path / "a.txt")


def test_usual_values_leave_out_what_is_missing():
    inputs = {"n": tf.float32, "none": tf.float32, "c": tf.string, "empty": tf.string}
    frame = pd.DataFrame(
        {
            "n": [1.0, np.nan, 3.0, np.inf, 2.0],
            "none": [np.nan] * 5,
            "c": ["b", "a", "a", "b", None],
            "empty": ["", "", None, None, None],
        }
    )
    found = reasons.usual(frame, inputs)
    assert (found["n"], found["c"], found["empty"]) == (2.0, b"a", b"")
    assert np.isnan(found["none"])


def test_a_row_that_the_model_refuses(picky):
    row = {"age": np.float32([4]), "plan": np.array([b"2"], object)}
    with closing(BatchScorer(Layout(picky).saved_model)) as scorer:
        found = reasons.explained(scorer, row, {"age": np.float32(8), "plan": b"4"})
        assert found.score == 2.0
        assert [(each.column, each.change) for each in found.reasons] == [("age", 2), ("plan", -1)]
        with pytest.raises(MainlineError, match="with the usual value of 'plan' has no score"):
            reasons.explained(scorer, row, {"age": np.float32(8), "plan": b"many"})
        row["plan"][0] = b"none"
        with pytest.raises(MainlineError, match="the row has no score: InvalidArgument"):
            reasons.explained(scorer, row, {"age": np.float32(8), "plan": b"4"})
