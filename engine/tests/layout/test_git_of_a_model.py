"""Questions to git, asked in a model's directory."""

from pathlib import Path

import pytest

from mainline.cli.main import _root
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.delivery.deployments import deployments
from mainline.proposal.touched import touched
from mainline.report import changes
from repository import commit
from tiny_pipeline import release


def test_files_at_a_revision(model):
    first = model.release(1)
    model.write(Layout.params, "train: {seed: 2}\n")
    commit(model.git)
    assert model.git.show(first, Layout.params) == "train: {seed: 1}\n"
    assert model.git.show("main", Layout.params) == "train: {seed: 2}\n"
    assert model.git.show("main", Layout.model_card) is None
    assert model.git.texts([first, "main"], Layout.params) == [
        "train: {seed: 1}\n",
        "train: {seed: 2}\n",
    ]
    config = Path(Layout(model.root).seen(Layout.dvc_config))
    assert model.git.show("main", config) == Layout(model.root).dvc_config.read_text()


def test_the_record_of_releases_is_the_model_s_own(model, other):
    made = [model.release(1), model.release(2)]
    other.release(3)
    found = deployments(model.git, "main", "staging")
    assert [each.commit for each in found] == made
    assert [each.release for each in found] == [release(1), release(2)]
    assert model.git.commits_touching(release(2).content, Layout.release, "main") == made[1:]
    [of_other] = deployments(other.git, "main", "staging")
    assert of_other.release == release(3)


@pytest.mark.parametrize("name", ["params.yaml", "train.sh", "metrics/evaluation.json", "dvc.lock"])
def test_what_is_the_model_s_touches_it(model, other, name):
    model.release(1)
    model.git.run("switch", "-q", "-c", "proposal")
    path = model.root / name
    path.write_text(f"{path.read_text()}\n# more\n")
    commit(model.git)
    assert touched(model.git, "main") == [name]


@pytest.mark.parametrize("name", ["src/small/network.py", ".dvc/config", "requirements/run.txt"])
def test_what_all_models_share_touches_it(model, name):
    model.release(1)
    model.git.run("switch", "-q", "-c", "proposal")
    model.share(name, "more\n")
    commit(model.git)
    assert touched(model.git, "main") == [Layout(model.root).seen(name)]


def test_another_model_does_not_touch_it(model, other):
    model.release(1)
    model.git.run("switch", "-q", "-c", "proposal")
    other.write(Layout.params, "train: {seed: 5}\n")
    commit(model.git)
    assert touched(model.git, "main") == []


def test_the_comment_names_changed_files_as_the_pipeline_does(model, other):
    base = model.release(1)
    model.share("src/small/network.py", "layers = 2\n")
    model.share("src/small/new.py", "a = 1\n")
    model.write(Layout.params, "train: {seed: 2}\n")
    other.write(Layout.pipeline, "stages: {}\n")
    text = "\n".join(changes.lines(model.git, base, {}))
    seen = Layout(model.root).seen("src/small")
    assert f"| `{seen}/network.py` | +1 | -1 |" in text
    assert f"| `{seen}/new.py` | +1 | -0 |" in text
    assert "| `train.seed` | `1` | `2` |" in text
    assert "other" not in text


def test_the_model_s_directory_is_where_its_pipeline_and_settings_lie(model, monkeypatch):
    assert _root() == Path()
    (model.root / "data").mkdir()
    monkeypatch.chdir(model.root / "data")
    with pytest.raises(MainlineError, match=f"cd {model.root}`"):
        _root()
    Layout(model.root / "data").pipeline.write_text("stages: {}\n")  # without settings
    with pytest.raises(MainlineError, match=f"cd {model.root}`"):
        _root()
