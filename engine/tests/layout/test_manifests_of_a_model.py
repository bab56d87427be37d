"""Manifests: those of the model, on top of those that all models share."""

from mainline.core.layout import Layout
from mainline.gate import server
from mainline.k8s.rendered import difference, rendered, rendered_at
from mainline.k8s.server_image import server_image
from mainline.release.release_file import Release
from tiny_pipeline import release


def test_at_a_revision(model):
    base = model.release(1)
    model.write(Layout.release, release(2).render())
    pod = Layout(model.root).base.with_name("pod.yaml")
    pod.write_text(pod.read_text().replace("name: model}", "name: server}", 1))
    before, now = rendered_at(model.git, base), rendered(model.root)
    assert before.keys() == now.keys() == {"staging"}
    assert release(1).image in before["staging"]
    changed = difference(before, now)["staging"]
    assert "-  name: model" in changed
    assert "+  name: server" in changed
    assert any(release(2).image in line for line in changed)
    assert not model.git.run("diff", "--cached", "--name-only"), "the index is the person's"


def test_before_the_first_manifests(model):
    model.git.run("commit", "-q", "--allow-empty", "-m", "Nothing")
    assert rendered_at(model.git, "main") == {}


def test_another_model_s_release_changes_nothing(model, other):
    base = model.release(1)
    other.write(Layout.release, release(3).render())
    assert difference(rendered_at(model.git, base), rendered(model.root)) == {}
    assert Release.read(other.root) == release(3)


def test_the_server_s_version(model):
    assert server_image(model.root) == "tensorflow/serving:2.20.0"
    assert server.images(model.root) == ["tensorflow/serving:2.20.0"]
    own = Layout(model.root).overlays / "staging/kustomization.yaml"
    older = "images: [{name: mainline/server, newName: tensorflow/serving, newTag: 2.19.0}]\n"
    own.write_text(own.read_text() + older)
    assert server.images(model.root) == ["tensorflow/serving:2.19.0", "tensorflow/serving:2.20.0"]
