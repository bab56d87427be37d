"""DVC, asked in a model's directory: outputs of any commit, what is out of date, what can go."""

import pytest

from mainline.cli import main as cli
from mainline.core.errors import OutOfReachError
from mainline.core.layout import Layout
from mainline.dvc.outputs import fetch, intact, remote_name
from mainline.dvc.repro import repro
from mainline.dvc.scope import scope
from mainline.gate import pipeline
from mainline.process.children import environment
from mainline.proposal import remote
from mainline.retention.kept import kept
from repository import commit

pytestmark = pytest.mark.e2e


def weights(model, revision: str, target) -> str:
    fetch(model.git, revision, Layout.saved_model, target, remotes_of_today=False)
    assert intact(model.git, revision, Layout.saved_model, target)
    return (target / "weights").read_text()


def test_an_output_of_any_commit(model, tmp_path, monkeypatch):
    first = model.release(1)
    model.source.write_text("other rows\n")
    model.write("ingest.sh", (model.root / "ingest.sh").read_text() + "# again\n")
    second = model.release(2)
    assert weights(model, first, tmp_path / "first") == "rows\n"
    assert weights(model, second, tmp_path / "second") == "other rows\n"
    (tmp_path / "second/weights").write_text("damaged\n")
    assert not intact(model.git, second, Layout.saved_model, tmp_path / "second")
    with pytest.raises(OutOfReachError, match="dist/nothing"):
        fetch(
            model.git,
            first,
            Layout.saved_model.with_name("nothing"),
            tmp_path / "no",
            remotes_of_today=True,
        )


def test_the_pipeline_runs_and_only_its_own_stages_count(model, other):
    other.write("release.txt", "unlocked\n")  # its pipeline has never run
    model.write("release.txt", "one\n")
    assert repro(model.root, variables=environment(), quoted=True) == ["ingest", "train"]
    if scope(model.root):  # the model at the git root answers for those below it
        with pipeline.started_status(model.root) as status:
            assert pipeline.outdated(status) == []
    model.write("release.txt", "two\n")
    with pipeline.started_status(model.root) as status:
        assert "train" in pipeline.outdated(status)


def test_the_remote_gets_the_model(model, tmp_path):
    model.dvc("remote", "add", "--quiet", "--default", "store", str(tmp_path / "store"))
    assert remote_name(model.root) == "store"
    model.release(1)
    remote.check(model.root)
    assert "pushed" in remote.push(model.root, "train")
    (Layout(model.root).dvc_cache.parents[1]).rename(tmp_path / "aside")
    assert weights(model, "main", tmp_path / "again") == "rows\n"


def test_what_other_models_released_is_kept(model, other):
    made = [model.release(1), model.release(2)]
    of_other = other.release(3)
    commit(model.git)
    found = kept(model.git).released.values()
    assert {commit for commits in found for commit in commits} == {*made, of_other}
    assert set(kept(other.git).touched) == {*made, of_other}


def test_a_revision_is_trained_again_in_a_clone(model, capfd):
    model.release(1)
    assert cli.main(["reproduce", "main"]) == 0, capfd.readouterr().err
