"""What an analyst does: load a registered version by its alias, and score raw rows."""

import ast
import subprocess
import sys

import mlflow
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from mlflow.exceptions import MlflowException
from mlflow.models import Model

from mainline.core.layout import Layout
from mainline.graph import saved_model_pyfunc
from mainline.graph.finding import GraphError
from mainline.serving.answers import Answer
from mainline.serving.staged import golden
from mainline.tracking import mlmodel, record

ANALYST = """
import json, sys
import mlflow, pandas
mlflow.set_tracking_uri(sys.argv[1])
model = mlflow.pyfunc.load_model(sys.argv[2])
assert "tensorflow" not in sys.modules
sys.modules["mainline"] = None
rows = pandas.DataFrame(json.loads(sys.argv[3]))
print(model.predict(rows).to_dict("list"))
"""
CHAMPION = "models:/small@champion"


@pytest.fixture
def model(repository, monkeypatch):
    """MLflow puts the folder of the loader on `sys.path`; that ends with the test."""
    record.describe(repository.root)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(f"sqlite:///{repository.root}/mlflow.db")
    yield mlflow.pyfunc.load_model(CHAMPION)
    mlflow.set_tracking_uri(before)
    for name in [name for name in sys.modules if name.startswith(mlmodel.PACKAGE)]:
        del sys.modules[name]


@pytest.fixture
def expected(root):
    return golden(Layout(root).saved_model)


def problem(expected, found: pd.DataFrame) -> str:
    labels = found["label"].tolist() if "label" in found else []
    return expected.problem(Answer(found["score"].tolist(), 0.0, labels=labels))


def test_the_champion_gives_the_golden_scores(model, expected):
    rows = pd.DataFrame(expected.rows)
    rows.index = [f"customer {n}" for n in range(len(rows))]
    found = model.predict(rows)
    assert not problem(expected, found)
    assert list(found.index) == list(rows.index)
    refused(model, rows)
    accepted(model, rows, found)
    described(model, rows)


def refused(model, rows: pd.DataFrame) -> None:
    """MLflow holds the rows to the signature before the model sees them."""
    for bad, said in (
        (rows.drop(columns="age"), r"missing inputs \['age'\]"),
        (rows.assign(age="forty"), "Incompatible input types for column age"),
        (rows.assign(gender=1.0), "Incompatible input types for column gender"),
    ):
        with pytest.raises(MlflowException, match=said):
            model.predict(bad)


def accepted(model, rows: pd.DataFrame, found: pd.DataFrame) -> None:
    """Another order, more columns, other ways to say that a value is missing, no rows."""
    turned = rows[rows.columns[::-1]].assign(unknown_to_the_model=1)
    pd.testing.assert_frame_equal(model.predict(turned), found)
    empty = rows.iloc[[1]]  # the golden row without any value
    nulls = empty.astype(object).where(lambda frame: frame.notna() & frame.ne(""), None)
    assert nulls.isna().all(axis=None)
    pd.testing.assert_frame_equal(model.predict(nulls), found.iloc[[1]])
    assert model.predict(rows.iloc[:0]).shape == (0, 1)


def described(model, rows: pd.DataFrame) -> None:
    assert model.metadata.get_input_schema().input_names() == list(rows.columns)
    assert model.metadata.get_output_schema().input_names() == ["score"]
    assert len(model.predict(model.input_example)) == 1


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_other_tasks_give_theirs(task, task_run, task_tables):
    directory = Layout(task_run[task]).saved_model
    expected = golden(directory)
    found = saved_model_pyfunc._load_pyfunc(str(directory)).predict(pd.DataFrame(expected.rows))
    assert not problem(expected, found)
    assert list(found) == mlmodel.outputs(task_tables[task]).input_names()
    assert np.isfinite(np.array(found["score"].tolist())).all()


def test_the_loader_imports_what_the_requirements_name():
    imported = set()
    for file in mlmodel.GRAPH.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                imported |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(node.module.partition(".")[0])
    found = imported - sys.stdlib_module_names
    assert found == {*mlmodel.NEEDS, "google", "mlflow"}  # protobuf comes with TensorFlow


def test_an_operation_is_loaded_only_where_the_model_s_record_allows_it(tmp_path):
    serve = tf.function(lambda x: {"score": tf.math.erfinv(x)}, [tf.TensorSpec([None], name="x")])
    directory = tmp_path / mlmodel.DATA
    tf.saved_model.save(tf.Module(), str(directory), {"serving_default": serve})
    rows = pd.DataFrame({"x": [0.0]})
    with pytest.raises(GraphError, match="the operation Erfinv is not allowed"):
        saved_model_pyfunc._load_pyfunc(str(directory)).predict(rows)
    Model(metadata={"operations": ["Erfinv"]}).save(tmp_path / "MLmodel")
    found = saved_model_pyfunc._load_pyfunc(str(directory)).predict(rows)
    assert found["score"].tolist() == [0.0]


@pytest.mark.nightly
def test_a_notebook_needs_no_package_of_ours(repository, expected, tmp_path):
    """TensorFlow comes with the first rows, not with the model."""
    record.describe(repository.root)
    rows = pd.DataFrame(expected.rows).to_json(orient="records")
    arguments = [f"sqlite:///{repository.root}/mlflow.db", CHAMPION, rows]
    done = subprocess.run(
        [sys.executable, "-c", ANALYST, *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not problem(expected, pd.DataFrame(ast.literal_eval(done.stdout)))
