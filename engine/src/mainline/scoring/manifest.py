"""What a scored partition was made of: the model, the input and the share, all by content."""

import json
from collections.abc import Iterator
from typing import Any

from mainline.core.errors import DataError
from mainline.core.files import json_text
from mainline.release.release_file import Release
from mainline.scoring.parquet_input import Source

FORMAT = 1  # of the output's columns and of this identity
KEY = b"mainline.scores"  # in the metadata of a Parquet file's schema
OF_A_PARTITION = ("partition.number", "partition.first_row", "partition.rows", "partition.content")
HINT = "Choose another OUTPUT, or remove the files that are there."
DIGITS = 12  # of the input's hash, in a folder's name


def shared(release: Release, source: Source) -> dict[str, Any]:
    """The part of the identity that the model and the input give."""
    return {
        "format": FORMAT,
        "model": {
            "name": release.name,
            "version": release.version,
            "content": release.content,
        },
        "input": {
            "content": source.content,
            "files": len(source.files),
            "rows": source.rows,
        },
    }


def folder(release: Release, source: Source) -> str:
    """The name of a folder for the scores of one input by one model: VERSION-INPUT."""
    return f"{release.version}-{source.content.removeprefix('sha256:')[:DIGITS]}"


def text(identity: dict[str, Any], failed: int) -> str:
    """The manifest's text: the identity and the count of failed rows, and no time or place."""
    return json_text(identity | {"failed": failed})


def parsed(content: str, where: str) -> dict[str, Any]:
    """A manifest or the identity in a Parquet file. Raises DataError when it is neither."""
    try:
        found = json.loads(content)
        if isinstance(found, dict) and isinstance(found["format"], int):
            return found
    except (ValueError, KeyError):
        pass
    raise DataError("`mainline score` did not write this file.", where=where, hint=HINT)


def refuse(there: dict[str, Any], here: dict[str, Any], where: str, *, same: bool) -> None:
    """Raises DataError that lists what differs.

    `same` compares two runs of one partition, else only what all partitions share.
    """
    found, expected = dict(_flat(there)), dict(_flat(here))
    names = [
        name
        for name in expected
        if found.get(name) != expected[name] and (same or name not in OF_A_PARTITION)
    ]
    if names:
        listed = ", ".join(f"{each} is {found.get(each)}, not {expected[each]}" for each in names)
        raise DataError(f"holds other scores: {listed}.", where=where, hint=HINT)


def _flat(value: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, each in value.items():
        if isinstance(each, dict):
            yield from _flat(each, f"{prefix}{name}.")
        elif f"{prefix}{name}" != "failed":
            yield f"{prefix}{name}", each
