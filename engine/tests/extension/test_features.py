"""`features.py`: columns computed inside the graph are fitted, served, explained and watched."""

import json

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

import stage_runs
from mainline.core.errors import SettingsError
from mainline.gate import training_rows
from mainline.gate.candidate import Candidate
from mainline.model.features import Features
from mainline.packaging import golden
from mainline.packaging.content import content_hash
from mainline.packaging.saved_model import Scorer
from task_fixtures import PARAMS, TASKS, of_task

GOOD = """
import tensorflow as tf
def features(inputs):
    return {"ratio": inputs["age"] / inputs["income"], "by_plan": inputs["city"] + inputs["plan"]}
"""


@pytest.fixture
def features(code, tiny_table):
    def made(body):
        code.write("features", body)
        return Features.of(code.root, tiny_table)

    return made


def test_numbers_and_texts_are_told_apart_and_computed(features, tiny_rows):
    found = features(GOOD)
    assert (found.numbers, found.categories) == (("ratio",), ("by_plan",))
    rows = tiny_rows["test"]
    added = found.added(rows)
    expected = (rows["age"] / rows["income"]).to_numpy(np.float32)
    np.testing.assert_allclose(added["ratio"], expected, rtol=1e-6)
    plan = rows["plan"].fillna("")
    assert added["by_plan"].tolist() == (rows["city"] + plan).tolist()
    assert added.index.equals(rows.index)


def test_without_the_file_nothing_is_derived(code, tiny_table, tiny_rows):
    none = Features.of(code.root, tiny_table)
    assert none.names == ()
    assert none.added(tiny_rows["test"]) is tiny_rows["test"]


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        ("None", "returns no dict of columns. Found a NoneType"),
        ("{'age': inputs['age']}", "returns a column that the table has already. Found 'age'"),
        ("{'left': inputs['age']}", "returns a column that the table has already. Found 'left'"),
        ("{'a-b': inputs['age']}", "whose name cannot be used. Found 'a-b'"),
        ("{3: inputs['age']}", "whose name cannot be used. Found 3"),
        ("{'x': 1.0}", "the column 'x'. Found a float, expected a tensor"),
        ("{'x': inputs['age'][:, None]}", "the column 'x'. Found shape (None, 1), expected shape"),
        ("{'x': tf.reduce_mean(inputs['age'])}", "the column 'x'. Found shape ()"),
        ("{'x': inputs['age'] > 3}", "the column 'x'. Found type bool, expected float32 or string"),
        ("{'x': tf.cast(inputs['age'], tf.int32)}", "Found type int32, expected float32 or string"),
        ("{'x': tf.random.normal(tf.shape(inputs['age']))}", "the operation RandomStandardNormal"),
        ("{'x': tf.numpy_function(lambda a: a, [inputs['age']], tf.float32)}", "shape <unknown>"),
        (
            "{'x': tf.reshape(tf.py_function(lambda a: a, [inputs['age']], tf.float32), [-1])}",
            "what a saved model cannot repeat. Found the operation EagerPyFunc",
        ),
        ("{'x': inputs['age'] * STATE}", "the operation ReadVariableOp"),
        (
            "{'x': tf.map_fn(lambda a: a + tf.random.uniform([]), inputs['age'])}",
            "the operation RandomUniform",
        ),
    ],
)
def test_what_is_no_new_column_of_a_saved_graph(features, returned, said):
    with pytest.raises(SettingsError) as caught:
        features(
            "import tensorflow as tf\nSTATE = tf.Variable(1.0)\n"
            f"def features(inputs): return {returned}"
        )
    assert str(caught.value).startswith("src/small/features.py, function features: ")
    assert said in str(caught.value)


def test_a_column_without_a_number_and_one_with_other_rows(features, tiny_rows):
    empty = features("def features(inputs): return {'x': inputs['age'] * float('nan')}")
    with pytest.raises(SettingsError, match=r"'x'\. Found no number in any training row"):
        empty.known(empty.added(tiny_rows["train"]))
    fewer = features("def features(inputs): return {'x': inputs['age'][1:]}")
    with pytest.raises(SettingsError, match=r"'x'\. Found 399 values of 400 rows"):
        fewer.added(tiny_rows["train"])


def test_what_it_raises_names_it_and_keeps_its_traceback(features):
    with pytest.raises(KeyError) as caught:
        features("def features(inputs): return {'x': inputs['gone']}")
    assert "src/small/features.py, function features" in "".join(caught.value.__notes__)


@pytest.fixture(scope="module")
def packaged(trained):
    return Scorer(trained.root / "dist/model")


def test_the_signature_features_gives_raw_and_derived_columns(trained, packaged):
    assert packaged.derived == ("on_phone", "tickets_per_month")
    rows = pd.read_parquet(trained.root / "data/split/test.parquet").head(200)
    added = packaged.added(rows)
    expected = rows["support_tickets"] / (1 + rows["tenure_months"])
    np.testing.assert_allclose(added["tickets_per_month"], expected, rtol=1e-6)
    assert set(added["on_phone"]) == {"yes", "no"}
    assert packaged.score_added(added) == pytest.approx(packaged.score(rows), abs=1e-6)
    other = packaged.score_added(added.assign(tickets_per_month=9.0))
    assert np.abs(other - packaged.score(rows)).max() > 1e-3
    served = tf.saved_model.load(str(trained.root / "dist/model")).signatures["features"]
    assert set(served.structured_outputs) == {*packaged.inputs, *packaged.derived}


def test_golden_rows_hold_raw_columns_alone(trained, packaged):
    path = trained.root / "dist/model/assets.extra/golden.json"
    rows = json.loads(path.read_text())
    assert all(set(row["inputs"]) == set(packaged.inputs) for row in rows)
    assert golden.WITHIN == 1e-5


def test_derived_columns_are_explained(trained):
    figures = json.loads((trained.root / "metrics/evaluation.json").read_text())
    found = figures["importance"]["columns"]
    assert found["tickets_per_month"]["value"] != 0
    assert list(found)[-2:] == ["on_phone", "tickets_per_month"]


def test_derived_columns_of_both_training_rows_are_watched(champion_and_candidate):
    found = training_rows.of_both(*champion_and_candidate)
    assert found.columns[-3:] == ["on_phone", "tickets_per_month", "churned"]
    for frame in (found.reference, found.current):
        assert frame["tickets_per_month"].notna().all()


@pytest.fixture
def champion_and_candidate(project):
    from mainline.gate.champion import Champion  # noqa: PLC0415
    from mainline.git import Git  # noqa: PLC0415

    git = Git(project.root)
    champion = Champion.at(git, git.known("main"))
    project.set(**{"split.salt": "other"})
    return Candidate(project.root), champion


@pytest.mark.nightly
def test_two_processes_write_the_same_bytes(tiny_rows, tmp_path):
    roots = [tmp_path / "one", tmp_path / "two"]
    rows = {part: of_task("regression", frame) for part, frame in tiny_rows.items()}
    for root in roots:
        stage_runs.prepare(root, rows, PARAMS | {"table": TASKS["regression"]})
        (root / "src/small/features.py").write_text(GOOD)
    stage_runs.run_twice([[root] for root in roots])
    one, two = (root / "dist/model" for root in roots)
    assert content_hash(one) == content_hash(two)
    assert Scorer(one).derived == ("by_plan", "ratio")
