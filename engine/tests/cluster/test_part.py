"""Which stages a pod runs: a part of the pipeline, in its order."""

import shutil

import pytest

from mainline.cluster import part
from mainline.cluster.checkout import Checkout
from mainline.core.errors import MainlineError, StageFailedError
from mainline.core.layout import Layout
from mainline.dvc.graph import needs
from project import SMALL
from repository import repository
from tiny_pipeline import Tiny

ALL = "ingest, validate, split, train, evaluate, package, release"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The pipeline of seven stages, in a repository."""
    root = tmp_path_factory.mktemp("small")
    repository(root)
    shutil.copy2(SMALL / "dvc.yaml", root)
    Layout(root).dvc.mkdir()
    Layout(root).dvc_config.touch()
    (root / "data").mkdir()
    (root / "data/batches.dvc").write_text("outs:\n- {path: batches, hash: md5}\n")
    return root


def test_what_each_stage_needs(small):
    found = needs(small)
    assert ", ".join(found) == ALL
    assert found["ingest"] == set()
    assert found["split"] == {"ingest", "validate"}
    assert found["package"] == {"ingest", "validate", "split", "train", "evaluate"}


def test_stages_of_a_model_in_its_directory(tmp_path):
    model = Tiny.create(tmp_path, "models/second")
    assert needs(model.root) == {"ingest": set(), "train": {"ingest"}}


@pytest.mark.parametrize("text", ["stages: [", "stages:\n  a: {cmd: x, nonsense: 1}\n"])
def test_a_pipeline_that_dvc_cannot_read(small, tmp_path, text):
    root = shutil.copytree(small, tmp_path / "copy")
    Layout(root).pipeline.write_text(text)
    with pytest.raises(MainlineError, match=r"dvc\.yaml: cannot be read by DVC: ") as found:
        needs(root)
    assert len(str(found.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("stages", "whole", "said"),
    [
        ("ingest,tune", False, f"has no stage 'tune'. Expected some of {ALL}"),
        ("", False, "has no stage ''"),
        ("Train", False, "has no stage 'Train'"),
        ("train,train", False, "names 'train' twice"),
        ("validate,ingest", False, f"needs ingest before validate. Expected the order {ALL}"),
        ("ingest,split,validate", False, "needs validate before split"),
        ("ingest,train", False, "has validate, split between the stages asked for"),
        ("evaluate,package", True, "has release, which would not be run"),
    ],
)
def test_stages_that_are_no_part_of_the_pipeline(small, stages, whole, said):
    with pytest.raises(MainlineError) as found:
        part.run(Checkout(small, "c0ffee"), stages, whole=whole)
    assert str(found.value).startswith("--stages: dvc.yaml ")
    assert said in str(found.value)


@pytest.mark.parametrize(
    ("stage", "lines", "said"),
    [
        (
            "validate",
            ["validate: 3 rows. Expected 10.", "ERROR: failed to reproduce 'validate': failed"],
            "stage validate failed: 3 rows. Expected 10.",
        ),
        (
            "train",
            ["Traceback", "ValueError: no  rows", "ERROR: failed to reproduce 'train': failed"],
            "stage train failed: ValueError: no rows",
        ),
        ("", ["ERROR: unexpected error - [Errno 28] No space left"], "the pipeline failed: ERROR"),
        ("", [], "the pipeline failed: no output"),
    ],
)
def test_a_stage_that_fails_is_told_by_its_own_last_line(small, monkeypatch, stage, lines, said):
    def repro(*_, **__):
        raise StageFailedError("stopped", stage=stage, lines=lines)

    monkeypatch.setattr(part, "repro", repro)
    monkeypatch.setattr(part.remote, "check", lambda _: None)
    monkeypatch.setattr(part.params, "check", lambda _: None)
    with pytest.raises(MainlineError) as found:
        part.run(Checkout(small, "c0ffee"), "train")
    assert str(found.value).startswith(said)
    assert len(str(found.value).splitlines()) == 1
