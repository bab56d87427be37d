"""The rules `graph` and `repackaged`, main's list of operations, and the champion's graph."""

import json
import shutil

import numpy as np
import pytest
import tensorflow as tf
from judging import INTEGRITY, light_copy
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from mainline.core.layout import Layout
from mainline.gate.bars import in_force
from mainline.gate.candidate import Candidate
from mainline.gate.integrity import attempt
from mainline.gate.opponent import NotComparableError, meet
from mainline.git import Git


def plant(directory, operation) -> None:
    """Another graph in place of the honest one: one more node in a function that is called."""
    path = directory / "saved_model.pb"
    saved = SavedModel.FromString(path.read_bytes())
    functions = saved.meta_graphs[0].graph_def.library.function
    found = next(each for each in functions if "inference_serve" in each.signature.name)
    found.node_def.add(name="evil", op=operation)
    path.write_bytes(saved.SerializeToString())


def judged(candidate, name="graph"):
    return attempt(name, lambda: INTEGRITY[name](candidate))


@pytest.fixture
def copy(candidates, tmp_path) -> Candidate:
    return light_copy(candidates("champion"), tmp_path)


def test_a_graph_that_computes_passes(copy):
    assert judged(copy).outcome == "pass"


def test_a_swapped_graph_closes_and_is_named(copy, monkeypatch):
    monkeypatch.setattr(tf.compat.v1.saved_model, "load", None)
    plant(Layout(copy.root).saved_model, "ReadFile")
    found = judged(copy)
    assert found.outcome == "fail"
    assert found.why.startswith("dist/model: cannot be loaded as a model: the operation ReadFile ")


def test_the_list_of_the_base_is_in_force(copy, settings):
    settings.set(**{"gate.operations": ["Erfinv"]})
    bars = in_force(Git(settings.root), "main")
    assert bars.gate.operations == []
    assert any(
        note.startswith("gate.operations changes from [] to ['Erfinv']") for note in bars.notes
    )
    plant(Layout(copy.root).saved_model, "Erfinv")
    assert "add Erfinv to `gate.operations` in params.yaml" in judged(copy).why
    settings.merge()
    operations = frozenset(in_force(Git(settings.root), "main").gate.operations)
    assert judged(Candidate(copy.root, operations)).outcome == "pass"


def test_a_champion_with_such_a_graph_is_not_loaded(champion, candidates, tmp_path, monkeypatch):
    shutil.copytree(Layout(champion.root).saved_model, tmp_path / "dist/model")
    plant(tmp_path / "dist/model", "WriteFile")
    candidate = candidates("second")
    candidate.scores  # noqa: B018  computed before no model can be loaded
    monkeypatch.setattr(tf.compat.v1.saved_model, "load", None)
    swapped = type(champion)(champion.git, champion.commit, champion.release, tmp_path)
    problem = meet(candidate, swapped, 1).problem
    assert isinstance(problem, NotComparableError)
    assert "the operation WriteFile is not allowed" in str(problem)


def test_bytes_that_change_between_hash_and_load_close(copy):
    vars(copy).pop("scorer", None)
    vars(copy)["content"] = "sha256:0"
    with pytest.raises(Exception, match="dist/model changed while it was judged"):
        _ = copy.scorer


@pytest.mark.parametrize("operation", ["ReadFile", "Identity"])
def test_a_graph_that_the_weights_do_not_give_closes(copy, operation):
    assert judged(copy, "repackaged").outcome == "pass"
    plant(Layout(copy.root).saved_model, operation)
    found = judged(copy, "repackaged")
    assert found.outcome == "fail"
    assert found.why.startswith("dist/model/saved_model.pb is not what the weights give; `dvc ")


@pytest.mark.parametrize("name", ["assets.extra/tf_serving_warmup_requests", "fingerprint.pb"])
def test_another_file_that_differs_is_named(copy, name):
    (Layout(copy.root).saved_model / name).write_bytes(b"")
    assert f"dist/model/{name} is not what" in judged(copy, "repackaged").why


def test_a_file_too_many_is_named(copy):
    (Layout(copy.root).saved_model / "more").write_text("")
    assert "dist/model/more is not what" in judged(copy, "repackaged").why


@pytest.mark.parametrize(("by", "outcome"), [(1e-5, "pass"), (0.01, "fail")])
def test_golden_scores_may_differ_as_between_cpu_classes(copy, by, outcome):
    path = Layout(copy.root).saved_model / "assets.extra/golden.json"
    rows = json.loads(path.read_text())
    rows[3]["score"] += by
    path.write_text(json.dumps(rows))
    found = judged(copy, "repackaged")
    assert found.outcome == outcome
    assert ("golden.json: 3.score is committed as" in found.why) is (outcome == "fail")


def test_weights_that_were_swapped_close(copy):
    path = next(Layout(copy.root).trained.glob("weight-*.npy"))
    np.save(path, np.load(path) + 1)
    assert "dist/model/" in judged(copy, "repackaged").why
