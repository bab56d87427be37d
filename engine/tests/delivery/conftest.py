"""A repository whose main has released models; git is real, the models are names."""

import json
import subprocess
from pathlib import Path

import pytest

from mainline.core.layout import Layout
from mainline.delivery import promote
from mainline.delivery.evidence import NEEDED, TENSORFLOW_SERVING, Check, Evidence
from mainline.k8s.environments import release_path
from mainline.packaging.content import version
from mainline.release.release_file import Release
from repository import commit, repository


class Story:
    """What people do to main, one commit after another."""

    def __init__(self, root: Path) -> None:
        root.mkdir()
        self.root = root
        self.git = repository(root)

    def write(self, path: Path | str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def commit(self, message: str) -> str:
        return commit(self.git, message)

    def release(self, number: int) -> Release:
        """A made-up model: content, digest and figures follow from its number."""
        content = "sha256:" + f"{number:02x}" * 32
        digest = "sha256:" + f"{number + 1:02x}" * 32
        image = f"registry.example/model@{digest}"
        return Release("tiny", str(version(content)), image, digest, content)

    def propose(self, number: int) -> None:
        """The files that `dvc repro` would leave of a model."""
        self.write(Layout.params, f"train: {{seed: {number}}}\n")
        self.write(Layout.release, self.release(number).render())
        auc = {"value": 0.8 + number / 1000, "low": 0.79, "high": 0.83}
        self.write(Layout.figures, json.dumps({"model": {"roc_auc": auc}}))
        about = {
            "content": f"sha256:{number}",
            "rows": 1000,
            "source": "here",
            "as_of": "2026-06-30",
        }
        self.write(Layout.catalogue, json.dumps(about))

    def deploy(self, number: int, message: str = "") -> str:
        self.propose(number)
        return self.commit(message or f"Model {number}")

    def merge(self, number: int, subject: str) -> str:
        """Two commits on a branch, merged without fast-forward, as a pull request is."""
        self.git.run("switch", "-q", "-c", f"change-{number}")
        self.commit("An idea")
        self.propose(number)
        self.commit(f"Model: what this makes\n\nTrained-on: CPU x86_64, Python 3.11, lock {number}")
        self.git.run("switch", "-q", "main")
        self.git.run("merge", "-q", "--no-ff", "-m", subject, f"change-{number}")
        return self.git.run("rev-parse", "HEAD").strip()

    def promote(self, number: int) -> str:
        self.write(release_path("production"), self.release(number).render())
        return self.commit(f"Promote model {number}")

    def evidence(self, number: int, **changed: object) -> Evidence:
        release = self.release(number)
        checks = [Check(name, True, "fine", "fine") for name in sorted(NEEDED)]
        values = {
            "version": release.version,
            "digest": release.digest,
            "where": "http://staging.example",
            "server": TENSORFLOW_SERVING,
            "made_at": "2026-11-21T10:00:00Z",
            "made_by": "Ada",
            "checks": checks,
        }
        return Evidence(**values | changed)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path / "story")


@pytest.fixture
def overlays(story: Story) -> Story:
    """The same with overlays that render: one Pod, whose image the release names."""
    for environment in ("staging", "production"):
        folder = release_path(environment).parent
        story.write(folder / "pod.yaml", POD)
        story.write(folder / "kustomization.yaml", KUSTOMIZATION)
    story.write("k8s/components/smoke/kustomization.yaml", COMPONENT)
    story.write("k8s/components/smoke/smoke.yaml", SMOKE_TEST)
    smoked = f"{KUSTOMIZATION}components: [../../components/smoke]\n"
    story.write(release_path("staging").with_name("kustomization.yaml"), smoked)
    return story


COMPONENT = """\
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
resources: [smoke.yaml]
"""
SMOKE_TEST = """\
apiVersion: batch/v1
kind: Job
metadata: {name: smoke, annotations: {config.kubernetes.io/local-config: "true"}}
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: model}
spec: {containers: [{name: model, image: none}]}
"""
KUSTOMIZATION = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [pod.yaml, release.yaml]
replacements:
  - source: {kind: ConfigMap, name: release, fieldPath: data.image}
    targets:
      - select: {kind: Pod}
        fieldPaths: ["spec.containers.[name=model].image"]
"""


@pytest.fixture
def pushed(overlays, tmp_path, github, monkeypatch):
    """Overlays with an origin that has main, and a job of promote.yml beside them."""
    origin = tmp_path / "origin"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(origin)], check=True)
    overlays.git.run("remote", "add", "origin", str(origin))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    for name, value in (("API_URL", github.url), ("REPOSITORY", "o/r"), ("TOKEN", "token")):
        monkeypatch.setenv(f"GITHUB_{name}", value)
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    return overlays


@pytest.fixture
def dispatched(pushed, tmp_path, monkeypatch):
    """`promote --dispatched --push`, for Argo CD's word about a model at main, or by hand."""

    def run(*, inputs=None, action="staging-healthy", signed=False, **changed):
        pushed.git.run("push", "-q", "origin", "main")
        pushed.git.run("switch", "-q", "--detach", "origin/main")
        payload = {
            "revision": pushed.git.run("rev-parse", "main").strip(),
            "seen_at": "2026-11-21T10:00:00Z",
        }
        about = {"sender": {"login": "argo-bot"}, "action": action}
        about |= {"client_payload": payload | changed} if inputs is None else {"inputs": inputs}
        (tmp_path / "event.json").write_text(json.dumps(about))
        event = "repository_dispatch" if inputs is None else "workflow_dispatch"
        monkeypatch.setenv("GITHUB_EVENT_NAME", event)
        monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
        promote.run(pushed.root, dispatched=True, push=True, signed=signed)

    return run
