"""How names, labels and annotations are spelled, which schemas do not say."""

import re
from collections.abc import Iterator

from mainline.check.manifests import Object, Objects

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?", re.ASCII)
# Their names become host names, or parts of the names of what is made from them.
_SHORT = {"Namespace", "Service", "Job", "Deployment"}


def names(objects: Objects) -> Iterator[str]:
    """Names, labels and annotations are as the API server takes them, 63 or 253 characters."""
    for found in objects:
        if found["kind"] != "ApplicationSet":  # its template holds placeholders
            yield from problems(found)


def problems(found: Object) -> Iterator[str]:
    """Why the API server would refuse an object's own metadata, or that of its pods."""
    kind, metadata = found["kind"], found["metadata"]
    if not (_LABEL if kind in _SHORT else _NAME).fullmatch(metadata["name"]):
        yield f"{kind} has the name {metadata['name']}"
    if not _LABEL.fullmatch(metadata.get("namespace", "none")):
        yield f"{kind} has the namespace {metadata['namespace']}"
    template = found.get("spec", {}).get("template", {}).get("metadata", {})
    for place in (metadata, template):
        for key, value in place.get("labels", {}).items():
            if not (_is_key(key) and isinstance(value, str) and _VALUE.fullmatch(value)):
                yield f"{kind} has the label {key}: {value}"
        for key, value in place.get("annotations", {}).items():
            if not (_is_key(key) and isinstance(value, str)):
                yield f"{kind} has the annotation {key}: {value}"


def _is_key(text: str) -> bool:
    prefix, slash, name = text.rpartition("/")
    return bool(_VALUE.fullmatch(name) and name and (not slash or _NAME.fullmatch(prefix)))


RULES = (names,)
