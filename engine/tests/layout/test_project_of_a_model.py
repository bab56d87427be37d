"""The project's package and its engine, found from a model's directory."""

import zipfile

import pytest

from mainline.check.check import accepted
from mainline.core.errors import SettingsError
from mainline.core.layout import Layout
from mainline.dvc import extension_deps
from mainline.gate import judges
from mainline.lock import lock
from mainline.lock.engine_file import EngineFile
from mainline.lock.refusal import refuse
from mainline.project import Package
from mainline.proposal.touched import touched
from mainline.reproduce import engine
from mainline.stages import STAGES
from repository import commit
from this_engine import this_engine

OTHER = EngineFile("0.0.1", dict.fromkeys(STAGES, "0" * 64))


@pytest.fixture
def project(model, monkeypatch):
    """The model, with a package that the git root names, and an engine."""
    monkeypatch.setattr(lock, "engine", this_engine)
    model.share(Layout.pyproject, '[tool.mainline]\npackage = "small"\n')
    model.share("src/small/__init__.py", "")
    lock.run(model.root)
    return model


def test_the_package_is_that_of_the_git_root(project):
    assert Package.of(project.root).folder.resolve() == project.top / "src/small"


def test_deps_are_named_as_the_pipeline_names_them(project):
    with pytest.raises(SettingsError) as error:
        extension_deps.check(project.root, "train")
    seen = Layout(project.root).seen
    assert f"- {seen('src/small/__init__.py')}" in str(error.value)
    assert f"- {seen('src/small/network.py')}" not in str(error.value), "it is among the deps"


def test_the_engine_file_stands_at_the_git_root(project):
    assert (project.top / "engine.yaml").is_file()
    refuse(project.root, STAGES)
    OTHER.write(project.root)
    with pytest.raises(Exception, match="another engine runs"):
        refuse(project.root, ["train"])


def test_another_engine_touches_the_model_and_is_named(project):
    project.release(1)
    project.git.run("switch", "-q", "-c", "proposal")
    OTHER.write(project.root)
    commit(project.git)
    assert touched(project.git, "main") == ["engine.yaml"]
    assert Layout(project.root).seen("engine.yaml") in judges.changed(project.git, "main")[0]


def test_the_engine_of_a_revision(project):
    OTHER.write(project.root)
    project.share("vendor/kept", "")
    with zipfile.ZipFile(project.top / "vendor/mainline_ml-0.0.1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("mainline/__init__.py", "")
    [unpacked] = engine.importable(project.root)
    assert (unpacked / "mainline/__init__.py").is_file()
    assert not unpacked.is_relative_to(project.top)


def test_what_a_project_accepts_stands_at_the_git_root(project):
    text = '[tool.mainline.check.accepted]\n"policies.doors" = "asks our feature store"\n'
    project.share(Layout.pyproject, text)
    assert accepted(Layout(project.root).top) == {"policies.doors": "asks our feature store"}
