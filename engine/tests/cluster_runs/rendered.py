"""Our manifests as a cluster gets them, moved into a namespace of one test file."""

import copy
from dataclasses import dataclass
from pathlib import Path

import kubectl
import yaml
from kubectl import Object

ROOT = Path(__file__).parents[3]
FOLDER = "pipelines/argo"


@dataclass(frozen=True)
class Ours:
    """The namespace and what lies in it."""

    home: Object
    objects: list[Object]

    @property
    def namespace(self) -> str:
        return self.home["metadata"]["name"]

    def of(self, kind: str) -> dict[str, Object]:
        """By name."""
        return {one["metadata"]["name"]: one for one in self.objects if one["kind"] == kind}


def render(folder: Path) -> list[Object]:
    return list(yaml.safe_load_all(kubectl.run("kustomize", str(folder))))


def renamed(suffix: str) -> tuple[str, str]:
    """The namespace as rendered, and the one in its place."""
    kustomization = yaml.safe_load((ROOT / FOLDER / "kustomization.yaml").read_text())
    name = kustomization["namespace"]
    return name, f"{name}-{suffix}"


def workflows(suffix: str) -> Ours:
    """What `pipelines/argo` renders to, with the namespace that `k8s/namespaces` has for it."""
    old, new = renamed(suffix)
    homes = [one for one in render(ROOT / "k8s/namespaces") if one["metadata"]["name"] == old]
    text = yaml.safe_dump_all(homes + render(ROOT / FOLDER)).replace(old, new)
    home, *objects = yaml.safe_load_all(text)
    return Ours(home, objects)


def hurried(objects: list[Object]) -> list[Object]:
    """The same with retries after two seconds, so that tests need not wait."""
    quick = copy.deepcopy(objects)
    for one in quick:
        for template in one.get("spec", {}).get("templates", []):
            backoff = template.get("retryStrategy", {}).get("backoff", {})
            backoff |= {"duration": "2s"} if backoff else {}
    return quick
