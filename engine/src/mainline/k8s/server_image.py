"""TensorFlow Serving's image, which Kustomize's `images` set: the one place that names it."""

from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.strict_yaml import read_yaml

BASE = Path("k8s/base/kustomization.yaml")
SERVER = "tensorflow/serving"


def base_image(root: Path) -> str:
    """The image that the cluster runs without a GPU.

    Raises MainlineError when there are no manifests in `root`, or they set no such image.
    """
    if not (root / BASE).is_file():
        raise MainlineError(
            f"{BASE} does not exist; it names the server's image. Name one by `--image`."
        )
    found = images_in(root, BASE)
    if not found:
        raise unset()
    return found[0]


def images_in(root: Path, path: Path) -> list[str]:
    """The server's images in a kustomization, each as NAME:TAG or NAME:TAG@DIGEST."""
    text = (root / path).read_text(encoding="utf-8")
    return [
        f"{entry.get('newName', entry['name'])}:{entry.get('newTag', '')}"
        for entry in read_yaml(text, name=str(path)).get("images") or []
        if str(entry["name"]).endswith(SERVER)
    ]


def unset() -> MainlineError:
    """The error of manifests that set no image of TensorFlow Serving."""
    return MainlineError(f"{BASE} sets no tag for {SERVER} under `images`.")
