"""A release reaches every field that components/release spreads it to."""

from collections.abc import Iterator

from mainline.check.manifests import CHALLENGER, Object, Objects, deployments, labels, model_pods
from mainline.release.release_file import Release

UNSET = (
    "set-by-release",
    "set-by-settings",
    "set-by-stages",
    "set-below",
    "smoke-version",
    "mainline/",
)


def fields(overlay: tuple[Objects, Release]) -> Iterator[str]:
    """The release file says which model runs: image, name, version, digest and content."""
    objects, release = overlay
    for pod in model_pods(objects):
        if labels(pod).get("app.kubernetes.io/name") == CHALLENGER:
            continue  # it has a release of its own
        references = [it["image"]["reference"] for it in pod["spec"]["volumes"] if "image" in it]
        if references != [release.image]:
            yield f"the model's image is {references}"
        for container in pod["spec"]["containers"]:
            for entry in container.get("env", []):
                if entry["name"] == "MODEL_NAME" and entry.get("value") != release.name:
                    yield f"MODEL_NAME is {entry.get('value')}"
    for found in deployments(objects):
        for one in (found, found["spec"]["template"]):
            yield from _told(one, release)


def _told(found: Object, release: Release) -> Iterator[str]:
    annotations = found["metadata"].get("annotations", {})
    said = {
        "app.kubernetes.io/version": labels(found).get("app.kubernetes.io/version"),
        "release/digest": annotations.get("release/digest"),
        "release/content": annotations.get("release/content"),
    }
    for (key, value), wanted in zip(
        said.items(), (release.version, release.digest, release.content), strict=True
    ):
        if value != wanted:
            yield f"{key} is {value}"


def filled(overlay: tuple[Objects, Release]) -> Iterator[str]:
    """No placeholder of base and components is left; settings and release fill them in."""
    yield from placeholders(overlay[0])


def placeholders(objects: Objects) -> Iterator[str]:
    """No placeholder is left; settings, stages.yaml and a release fill them in."""
    for found in objects:
        for text in _texts(found):
            if text.startswith(UNSET):
                yield f"{found['kind']} {found['metadata']['name']} has {text}"


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from (*_texts(key), *_texts(inside))
    elif isinstance(value, list):
        for inside in value:
            yield from _texts(inside)
    elif isinstance(value, str):
        yield value


RULES = (fields, filled)
