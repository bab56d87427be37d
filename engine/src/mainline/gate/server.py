"""Compares TensorFlow Serving in the manifests with the TensorFlow that writes the model.

TensorFlow promises that a release loads the SavedModels of earlier releases of its major version.
It promises nothing for a server that is older than the model (docs/decisions/0033).
"""

import re
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.requirements import locked
from mainline.gate.verdict import Rule
from mainline.k8s.server_image import images_in, kustomizations, unset

VERSION = re.compile(r"(\d+)\.(\d+)\.\d+(?:[-.+rc]\S*)?")


def rules(root: Path) -> list[Rule]:
    """A rule for each TensorFlow Serving image; no rules without manifests.

    Raises MainlineError when the manifests name no such image, or the lock has no TensorFlow.
    """
    if not kustomizations(root):
        return []
    trained = locked(Layout(root).train_lock.read_text(encoding="utf-8"), "tensorflow")
    return [_rule(trained, image) for image in images(root)]


def images(root: Path) -> list[str]:
    """The TensorFlow Serving images in Kustomize's `images`, without digests.

    Raises MainlineError when there is none.
    """
    files = kustomizations(root)
    found = {image.partition("@")[0] for path in files for image in images_in(path)}
    if not found:
        raise unset()
    return sorted(found)


def compared(trained: str, image: str) -> str:
    """A sentence that compares the server's version with `trained`, the TensorFlow of the model.

    Raises MainlineError when the major versions differ, or a version cannot be read.
    """
    server = image.rpartition(":")[2]
    major, minor = _numbers(trained, f"TensorFlow in {Layout.train_lock}")
    served = _numbers(server, f"the tag of {image}")
    beside = f"TensorFlow Serving {server} and TensorFlow {trained}, which writes the model"
    if served[0] != major:
        raise MainlineError(
            f"{beside}, have different major versions. TensorFlow promises no compatibility across "
            f"them. Use a server of {major}.x, or train with {served[0]}.x."
        )
    if served[1] < minor:
        return (
            f"{beside}: the server is older. TensorFlow does not promise that it loads the model. "
            "The smoke test in staging shows whether it does."
        )
    return f"{beside}: the server is new enough."


def _rule(trained: str, image: str) -> Rule:
    shown = {"figure": image.rpartition("/")[2], "bar": f"TensorFlow {trained}"}
    try:
        return Rule.judged("server", True, compared(trained, image), **shown)
    except MainlineError as error:
        return Rule.judged("server", False, str(error), **shown)


def _numbers(version: str, what: str) -> tuple[int, int]:
    found = VERSION.fullmatch(version)
    if found is None:
        raise MainlineError(f"{what} is '{version}'. It has to begin with a version, as in 2.20.0.")
    return int(found[1]), int(found[2])
