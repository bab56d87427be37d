"""Every folder renders, and to the same objects by Argo CD's Kustomize and by kubectl's."""

import pytest
import rendering
import yaml
from rendering import K8S, ROOT

pytestmark = pytest.mark.check

K8S_FOLDERS = sorted(
    path.parent.relative_to(K8S).as_posix()
    for path in K8S.rglob("kustomization.yaml")
    if yaml.safe_load(path.read_text())["kind"] == "Kustomization"
)
FOLDERS = [*K8S_FOLDERS, f"../{rendering.WORKFLOWS}"]
COMPONENTS = sorted(path.parent.name for path in K8S.glob("components/*/kustomization.yaml"))


@pytest.mark.parametrize("folder", FOLDERS)
def test_both_render_the_same(k8s, folder):
    found = rendering.render(k8s / folder)
    assert found
    assert found == rendering.render_by_kubectl(k8s / folder)


@pytest.mark.parametrize("name", COMPONENTS)
def test_every_component_renders_in_both(k8s, name):
    listed = (k8s / "overlays/production/kustomization.yaml").read_text()
    if f"components/{name}" in listed:
        folder = k8s / "overlays/production"
    elif name == "challenger":  # it comes last, with a file
        folder = rendering.challenged(k8s)
    else:
        folder = rendering.with_component(k8s, name)
    assert rendering.render(folder) == rendering.render_by_kubectl(folder)


def test_what_is_in_git_renders():
    for path in (ROOT / "k8s/overlays").glob("*/release.yaml"):
        assert rendering.render(path.parent)


@pytest.mark.parametrize("build", [rendering.render, rendering.render_by_kubectl])
@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("base/kustomization.yaml", "service.yaml", "missing.yaml"),
        ("base/kustomization.yaml", "resources:", "resuorces:"),
        ("base/deployment.yaml", "name: MODEL_NAME", "name: MODEL"),
        ("base/deployment.yaml", "release/digest", "release/hash"),
        (
            "components/smoke/kustomization.yaml",
            "configurations: [names.yaml]",
            "configurations: [no]",
        ),
        ("base/deployment.yaml", "- name: model\n          image:", "- name: m\n          image:"),
    ],
)
def test_a_broken_folder_is_refused(k8s, build, file, old, new):
    path = k8s / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(AssertionError, match=r"(?i)error|failed"):
        build(k8s / "overlays/staging")


def test_an_overlay_without_a_release_is_refused(k8s):
    (k8s / "overlays/production/release.yaml").unlink()
    with pytest.raises(AssertionError, match=r"release\.yaml"):
        rendering.render(k8s / "overlays/production")


def test_missing_tools_are_named(monkeypatch):
    with pytest.raises(AssertionError, match="`make check` builds it"):
        rendering.tool("no-such-tool")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(AssertionError, match="needs kubectl"):
        rendering.kubectl()


def test_a_tool_that_fails_is_a_failure():
    with pytest.raises(AssertionError):
        rendering.run(rendering.tool("kustomize"), "build", "/nowhere")
