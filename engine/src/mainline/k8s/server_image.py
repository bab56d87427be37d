"""TensorFlow Serving's image, which `images` in k8s/settings set: the one place that names it."""

from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml

SERVER = "tensorflow/serving"
PLAIN, GPU = "mainline/server", "mainline/server-gpu"  # as k8s/base and components/gpu name them


def server_image(root: Path) -> str:
    """The image that the cluster runs without a GPU.

    Raises MainlineError when there are no manifests in `root`, or they set no such image.
    """
    settings = Layout(root).settings
    if not settings.is_file():
        raise MainlineError(
            f"{Layout.settings} does not exist; it names the server's image. Name one by `--image`."
        )
    found = images_in(settings, (PLAIN,))
    if not found:
        raise unset()
    return found[0]


def kustomizations(root: Path) -> list[Path]:
    """The kustomizations of a model's own manifests, and those that all models share."""
    layout = Layout(root)
    folders = (
        layout.base.parent,
        layout.settings.parent,
        layout.components,
        layout.overlays.parent,
    )
    return sorted({path for each in folders for path in each.glob("**/kustomization.yaml")})


def images_in(path: Path, names: tuple[str, ...] = (PLAIN, GPU, SERVER)) -> list[str]:
    """The server's images in a kustomization, each as NAME:TAG or NAME:TAG@DIGEST.

    An entry counts if its name ends in one of `names`.
    """
    text = path.read_text(encoding="utf-8")
    return [
        f"{entry.get('newName', entry['name'])}:{entry.get('newTag', '')}"
        for entry in read_yaml(text, name=str(path)).get("images") or []
        if str(entry["name"]).endswith(names)
    ]


def unset() -> MainlineError:
    """The error of manifests that set no image of TensorFlow Serving."""
    return MainlineError(f"{Layout.settings} sets no tag for {PLAIN} ({SERVER}) under `images`.")
