"""What merging would change in the cluster, as Kustomize renders it."""

import pytest

from mainline.core.errors import MainlineError
from mainline.delivery import diff
from mainline.k8s import rendered as manifests
from mainline.k8s.environments import release_path

pytestmark = pytest.mark.check


def test_only_what_the_release_names_changes(overlays, capsys):
    overlays.deploy(1)
    overlays.deploy(2)
    diff.run(overlays.root, "HEAD~1", "HEAD")
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["--- staging, now", "+++ staging, then"]
    removed = [line[1:].strip() for line in lines[2:] if line.startswith("-")]
    added = [line[1:].strip() for line in lines[2:] if line.startswith("+")]
    assert removed == [f"- image: {overlays.release(1).image}"]
    assert added == [f"- image: {overlays.release(2).image}"]


def test_the_working_tree_can_be_compared(overlays, capsys):
    overlays.deploy(1)
    diff.run(overlays.root, "HEAD", ".")
    assert "between HEAD and the working tree" in capsys.readouterr().out
    overlays.promote(1)
    (overlays.root / release_path("production")).write_text(overlays.release(2).render())
    diff.run(overlays.root, "HEAD", ".")
    assert "production, then" in capsys.readouterr().out


def test_a_first_release_is_all_new(overlays, capsys):
    overlays.commit("Overlays")
    overlays.deploy(1)
    diff.run(overlays.root, "HEAD~1", "HEAD")
    assert "+kind: Pod" in capsys.readouterr().out


def test_an_overlay_that_does_not_render_is_named(overlays):
    overlays.deploy(1)
    path = release_path("staging").with_name("kustomization.yaml")
    overlays.write(path, "resources: [gone.yaml]\n")
    with pytest.raises(MainlineError, match=r"overlay staging does not render: .*gone\.yaml"):
        diff.run(overlays.root, "HEAD", ".")


def test_an_unknown_revision_is_named(overlays):
    overlays.deploy(1)
    with pytest.raises(MainlineError, match="git knows no revision 'nowhere'"):
        diff.run(overlays.root, "nowhere", ".")


def test_without_a_renderer_it_says_what_to_install(overlays, monkeypatch):
    overlays.deploy(1)
    monkeypatch.setattr(manifests.shutil, "which", lambda name: None)
    with pytest.raises(MainlineError, match="neither kustomize nor kubectl"):
        diff.run(overlays.root, "HEAD", ".")
