"""How long training took. It is measured, so it is no output of the pipeline."""

from pathlib import Path

from mainline.core.files import read_json, sha256, tree_files, write_json
from mainline.core.layout import Layout


def write(root: Path, directory: Path, took: dict[str, float]) -> None:
    """Keep the seconds of each candidate, for the models in `directory`."""
    write_json(Layout(root).seconds, {"models": _hash(directory), "seconds": took})


def read(root: Path, directory: Path) -> dict[str, float]:
    """The seconds of each candidate; empty if these models were not trained here."""
    path = Layout(root).seconds
    if not path.is_file():
        return {}
    kept = read_json(path, made_by="dvc repro train")
    return dict(kept["seconds"]) if kept["models"] == _hash(directory) else {}


def _hash(directory: Path) -> str:
    names = tree_files(directory)
    return sha256("".join(sha256((directory / name).read_bytes()) for name in names).encode())
