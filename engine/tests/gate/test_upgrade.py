"""Another engine, TensorFlow or Keras is recognised by what the branch itself changed."""

import hashlib
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.gate import upgrade
from mainline.git import Git
from project import Project
from this_engine import this_engine

LOCK = "keras==3.15.1 \\\n    --hash=sha256:0\ntensorflow==2.21.0 \\\n    --hash=sha256:0\n"
OTHER = "tensorflow==2.22.0"


@pytest.fixture
def branch(settings) -> Project:
    """A branch of a main that names an engine and locks TensorFlow."""
    settings.git("switch", "-q", "main")
    this_engine().write(settings.root)
    Layout(settings.root).train_lock.parent.mkdir()
    Layout(settings.root).train_lock.write_text(LOCK)
    settings.commit("Engine")
    settings.git("switch", "-q", "-C", "proposal")
    return settings


def found(project: Project) -> upgrade.Upgrade | None:
    return upgrade.of(Git(project.root), "main")


def test_a_proposal_of_the_same_engine(branch):
    branch.set(**{"train.seed": 4})
    assert found(branch) is None


def test_another_version_with_the_files_that_bring_it(branch):
    replace(this_engine(), version="9.0.0").write(branch.root)
    (branch.root / "vendor").mkdir()
    (branch.root / "vendor/mainline_ml-9.0.0-py3-none-any.whl").write_text("")
    (branch.root / "README.md").write_text("Words.")
    about = found(branch)
    assert about.said == f"the engine from {this_engine().version} to 9.0.0"
    assert (about.before, about.after) == (this_engine().version, "9.0.0")
    assert about.shown == "engine.yaml, vendor/mainline_ml-9.0.0-py3-none-any.whl"


def test_other_code_of_the_same_version(branch):
    stages = this_engine().stages | {"evaluate": 64 * "0"}
    replace(this_engine(), stages=stages).write(branch.root)
    assert found(branch).said == f"the code of engine {this_engine().version} (evaluate)"


def test_another_tensorflow_alone(branch):
    path = Layout(branch.root).train_lock
    path.write_text(LOCK.replace("tensorflow==2.21.0", OTHER))
    assert found(branch).said == "TensorFlow from 2.21.0 to 2.22.0"
    replace(this_engine(), version="9.0.0").write(branch.root)
    assert found(branch).said.endswith("to 9.0.0 and TensorFlow from 2.21.0 to 2.22.0")


@pytest.mark.parametrize("text", ["", "version: 9", "\0", None])
def test_an_engine_that_is_not_known(branch, text):
    path = Layout(branch.root).engine
    path.unlink() if text is None else path.write_text(text)
    assert found(branch).said.endswith("to one that is not known")


def test_a_branch_that_main_has_left_behind_changes_nothing(branch):
    branch.git("switch", "-q", "main")
    replace(this_engine(), version="9.0.0").write(branch.root)
    branch.commit("Upgrade")
    branch.git("switch", "-q", "proposal")
    assert found(branch) is None


def test_the_first_engine_of_a_repository(settings):
    this_engine().write(settings.root)
    assert found(settings) is None


def test_many_files_and_a_long_version_are_cut(branch):
    replace(this_engine(), version="9" * 1000).write(branch.root)
    (branch.root / "vendor").mkdir()
    for number in range(9):
        (branch.root / f"vendor/{number}.whl").write_text("")
    about = found(branch)
    assert about.shown.endswith(", vendor/3.whl, 5 more")
    assert len(about.said) < 100


OTHER_VERSION = replace(this_engine(), version="9.0.0")
OTHER_CODE = replace(OTHER_VERSION, stages=this_engine().stages | {"evaluate": 64 * "e"})


def vendored(
    project: Project, stages: dict[str, str], digest: str | None = None, version: str = "9.0.0"
) -> Path:
    """A wheel that lists this code, and the lock that names it."""
    path = project.root / "vendor/mainline_ml-9.0.0-py3-none-any.whl"
    path.parent.mkdir()
    listed = {name: {"hash": each, "files": []} for name, each in stages.items()}
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(upgrade.LISTED, json.dumps({"version": version, "stages": listed}))
    digest = digest or hashlib.sha256(path.read_bytes()).hexdigest()
    name = path.relative_to(project.root)
    Layout(project.root).engine_lock.write_text(f"./{name} \\\n    --hash=sha256:{digest}\n")
    return path


def refused(project: Project) -> str:
    with pytest.raises(MainlineError) as error:
        upgrade.refuse(Git(project.root), "main")
    return str(error.value)


def test_an_engine_that_its_wheel_brings(branch):
    vendored(branch, OTHER_CODE.stages)
    OTHER_CODE.write(branch.root)
    branch.commit("Upgrade")
    upgrade.refuse(Git(branch.root), "main")


@pytest.mark.parametrize("wheel", [None, "this"])
def test_an_edited_version_is_no_engine(branch, wheel):
    """With it, a graph that is not what the weights give would be a note."""
    if wheel:
        vendored(branch, this_engine().stages, version=this_engine().version)
    branch.commit("Wheel")
    branch.git("branch", "-f", "main")
    OTHER_VERSION.write(branch.root)
    Layout(branch.root).train_lock.write_text(LOCK.replace("tensorflow==2.21.0", OTHER))
    branch.commit("Another version")
    assert found(branch) is not None
    assert "a version of the engine that no engine of this branch has" in refused(branch)


@pytest.mark.parametrize("how", ["its wheel", "an index"])
def test_another_version_of_the_same_code_is_brought(branch, how):
    OTHER_VERSION.write(branch.root)
    if how == "its wheel":
        vendored(branch, OTHER_VERSION.stages)
    else:
        Layout(branch.root).engine_lock.write_text("mainline-ml==9.0.0 --hash=sha256:0\n")
    branch.commit("Upgrade")
    upgrade.refuse(Git(branch.root), "main")


@pytest.mark.parametrize("text", ["version: 9", None])
def test_an_engine_file_that_is_damaged_is_refused(branch, text):
    path = Layout(branch.root).engine
    path.unlink() if text is None else path.write_text(text)
    branch.commit("Damaged")
    assert "engine.yaml is missing or damaged" in refused(branch)


@pytest.mark.parametrize("how", ["no engine", "its wheel has other code", "another wheel", "none"])
def test_code_that_no_engine_has_is_refused(branch, how):
    OTHER_CODE.write(branch.root)
    if how == "its wheel has other code":
        vendored(branch, this_engine().stages)
    elif how == "another wheel":
        vendored(branch, OTHER_CODE.stages, digest=64 * "0")
    elif how == "none":
        vendored(branch, OTHER_CODE.stages).write_bytes(b"no wheel")
    branch.commit("Other code")
    assert "that no engine of this branch has" in refused(branch)


def test_a_source_tree_that_changes_is_an_engine(branch):
    OTHER_CODE.write(branch.root)
    source = Layout(branch.root).engine_source / "mainline/x.py"
    source.parent.mkdir(parents=True)
    source.write_text("")
    branch.commit("Other code")
    upgrade.refuse(Git(branch.root), "main")


def test_a_branch_from_before_an_upgrade_merges_main_first(branch):
    upgrade.refuse(Git(branch.root), "main")
    branch.git("switch", "-q", "main")
    OTHER_CODE.write(branch.root)
    branch.commit("Upgrade")
    branch.git("switch", "-q", "proposal")
    assert "Merge main first" in refused(branch)
