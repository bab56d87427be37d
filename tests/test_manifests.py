"""The manifests in k8s: they render, keep the rules of `mainline check`, and name this model.

They need kubectl or kustomize on PATH: `make check` runs them.
"""

from pathlib import Path

import pytest
import yaml
from mainline.cli.main import main
from mainline.k8s.rendered import rendered
from mainline.release.release_file import Release

pytestmark = pytest.mark.check

ROOT = Path(__file__).parents[1]
PACKAGE = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))["package"]
# A new project has none before its first model; production has one after the first promotion.
RELEASES = sorted(ROOT.glob("k8s/overlays/*/release.yaml"))


@pytest.fixture(scope="module")
def manifests() -> dict[str, list[dict]]:
    """By environment: the objects that Argo CD applies."""
    found = rendered(ROOT)
    return {name: [*yaml.safe_load_all(text)] for name, text in found.items()}


def test_check_finds_nothing(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    ended = main(["check"])
    said = capsys.readouterr()
    assert ended == 0, f"\n{said.out}{said.err}"


@pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.parent.name)
def test_a_release_is_this_project_s_model(path):
    release = Release.parse(path.read_text(encoding="utf-8"), name=str(path))
    assert release.name == PACKAGE["name"]
    assert release.image == f"{PACKAGE['image']}@{release.digest}"


@pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.parent.name)
def test_an_overlay_runs_the_model_of_its_release(manifests, path):
    release = Release.parse(path.read_text(encoding="utf-8"), name=str(path))
    [server] = [it for it in manifests[path.parent.name] if it["kind"] == "Deployment"]
    volumes = server["spec"]["template"]["spec"]["volumes"]
    images = [it["image"]["reference"] for it in volumes if "image" in it]
    assert images == [release.image]
