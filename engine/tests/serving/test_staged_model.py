"""What is served is what staging's release file names, or nothing."""

import json
import shutil

import pytest

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.packaging.content import content_hash
from mainline.serving.ask import ask
from mainline.serving.staged import staged_model


@pytest.fixture
def root(tiny_run, tmp_path):
    """A release and its model, to be bent."""
    for name in ("dist/model", "k8s"):
        shutil.copytree(tiny_run / name, tmp_path / name)
    shutil.copy2(tiny_run / Layout.params, tmp_path)
    return tmp_path


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_the_release_and_the_directory_of_its_model(root):
    release, directory = staged_model(root)
    assert content_hash(directory) == release.content


def test_a_typical_row_is_asked_over_both_and_the_version_comes_back(root, golden, version):
    found = ask(root)
    assert (found.model, found.version) == ("tiny", version)
    assert found.score == golden[1][0]
    assert f"tiny version {version} gives a typical row {golden[1][0]:.4f}" in found.line()


def test_without_a_release_it_says_who_writes_one(root):
    Layout(root).release.unlink()
    with pytest.raises(MainlineError, match=r"release.yaml does not exist; `dvc repro`"):
        staged_model(root)


def test_without_the_model_it_says_who_has_it(root):
    shutil.rmtree(Layout(root).saved_model)
    with pytest.raises(MainlineError, match=r"`dvc pull dist/model` .* `make run`"):
        staged_model(root)


def test_another_model_than_the_released_is_not_served(root):
    (Layout(root).saved_model / "new").write_text("")
    with pytest.raises(MainlineError, match=r"is not the model .* `dvc pull dist/model`"):
        staged_model(root)


def test_a_release_whose_version_is_not_its_contents_is_not_served(root, version):
    edit(Layout(root).release, f'"{version}"', f'"{version + 1}"')
    with pytest.raises(MainlineError, match="contradicts itself"):
        staged_model(root)


@pytest.mark.parametrize("score", [0.5, float("nan")])
def test_a_golden_row_that_scores_otherwise_is_an_error(root, score):
    path = Layout(root).saved_model / "assets.extra/golden.json"
    golden = json.loads(path.read_text())
    golden[0]["score"] = score
    path.write_text(json.dumps(golden))
    found = content_hash(Layout(root).saved_model)
    release = staged_release(root, found)
    assert release.content == found
    with pytest.raises(MainlineError, match="a golden row scores"):
        ask(root)


def staged_release(root, found):
    from dataclasses import replace  # noqa: PLC0415

    from mainline.packaging.content import version as version_of  # noqa: PLC0415
    from mainline.release.release_file import Release  # noqa: PLC0415

    release = replace(Release.read(root), content=found, version=str(version_of(found)))
    Layout(root).release.write_text(release.render())
    return release
