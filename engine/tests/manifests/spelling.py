"""What the API server checks beyond schemas: how names, labels and annotations are spelled."""

import re
from collections.abc import Iterator
from typing import Any

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?", re.ASCII)
# Their names become host names, or parts of the names of what is made from them.
_SHORT = {"Namespace", "Service", "Job", "Deployment"}


def problems(found: dict[str, Any]) -> Iterator[str]:
    """Why the API server would refuse the object's own metadata, or that of its pods."""
    kind, metadata = found["kind"], found["metadata"]
    if not (_LABEL if kind in _SHORT else _NAME).fullmatch(metadata["name"]):
        yield f"{kind}: name {metadata['name']}"
    if not _LABEL.fullmatch(metadata.get("namespace", "none")):
        yield f"{kind}: namespace {metadata['namespace']}"
    template = found.get("spec", {}).get("template", {}).get("metadata", {})
    for of in (metadata, template):
        for key, value in of.get("labels", {}).items():
            if not (_is_key(key) and _VALUE.fullmatch(value)):
                yield f"{kind}: label {key}: {value}"
        for key, value in of.get("annotations", {}).items():
            if not (_is_key(key) and isinstance(value, str)):
                yield f"{kind}: annotation {key}: {value}"


def _is_key(text: str) -> bool:
    prefix, slash, name = text.rpartition("/")
    return bool(_VALUE.fullmatch(name) and name and (not slash or _NAME.fullmatch(prefix)))
