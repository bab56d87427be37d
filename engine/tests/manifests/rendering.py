"""Overlays as a cluster gets them: rendered in a copy, for a release that is made up here.

A new project has no release yet, and production none before the first promotion.
"""

import json
import shutil
import subprocess
from pathlib import Path

import yaml

from mainline.check.manifests import Objects
from mainline.check.rendering import MADE_UP, parsed
from mainline.delivery import propose_challenger
from mainline.k8s.environments import CHALLENGER
from mainline.release.release_file import Release

ROOT = Path(__file__).parents[3]
TOOLS = ROOT / "engine/tools"
K8S = ROOT / "k8s"
WORKFLOWS = "pipelines/argo"
ENVIRONMENTS = sorted(path.parent.name for path in K8S.glob("overlays/*/kustomization.yaml"))
RELEASE = MADE_UP
OTHER = Release(
    name="another",
    version="1",
    image=f"registry.example.com/other-model@sha256:{'c' * 64}",
    digest=f"sha256:{'c' * 64}",
    content=f"sha256:{'d' * 64}",
)


def tool(name: str) -> str:
    """Of engine/tools/go.mod, never what the machine happens to have."""
    path = TOOLS / "bin" / name
    assert path.is_file(), f"{name} is not there: `make check` builds it"
    return str(path)


def kubectl() -> str:
    """Whichever the person has: what they see must be what Argo CD applies."""
    path = shutil.which("kubectl")
    assert path, "`make check` needs kubectl on PATH (https://kubernetes.io/docs/tasks/tools)"
    return path


def run(*command: str, stdin: str | None = None) -> str:
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def render(folder: Path) -> Objects:
    """The objects of a kustomization, as Argo CD's Kustomize renders them."""
    return parsed(run(tool("kustomize"), "build", str(folder)))


def render_by_kubectl(folder: Path) -> Objects:
    return parsed(run(kubectl(), "kustomize", str(folder)))


def copy(target: Path, release: Release = RELEASE) -> Path:
    """Our manifests in `target`, every overlay with `release`; pipelines/argo goes beside it."""
    shutil.copytree(K8S, target)
    shutil.copytree(ROOT / WORKFLOWS, target.parent / WORKFLOWS)
    for environment in ENVIRONMENTS:
        write(target, environment, release)
    return target


def write(k8s: Path, environment: str, release: Release) -> None:
    (k8s / "overlays" / environment / "release.yaml").write_text(release.render())


def with_component(k8s: Path, name: str) -> Path:
    """A copy of the production overlay in `k8s` that lists a component more."""
    target = k8s / "overlays" / f"production-{name}"
    shutil.copytree(k8s / "overlays/production", target)
    path = target / "kustomization.yaml"
    overlay = yaml.safe_load(path.read_text())
    overlay["components"].insert(0, f"../../components/{name}")
    path.write_text(yaml.safe_dump(overlay))
    return target


def challenged(k8s: Path) -> Path:
    """A copy of the production overlay in `k8s` with OTHER as its challenger."""
    target = shutil.copytree(k8s / "overlays/production", k8s / "overlays/challenged")
    path = target / "kustomization.yaml"
    path.write_text(propose_challenger.listed(path.read_text(), str(path)))
    (target / CHALLENGER).write_text(propose_challenger.render(OTHER))
    return target


def argo(**question: object) -> object:
    """What Argo CD makes of a template or an expression (engine/tools/argo)."""
    return json.loads(run(tool("argo"), stdin=json.dumps(question)))
