"""Which model staging runs: what its release file names, and the bytes that are to be it."""

from pathlib import Path
from typing import Any

from customer_churn.core import paths
from customer_churn.core.errors import UserError
from customer_churn.core.files import read_json
from customer_churn.packaging.content import content_hash, version
from customer_churn.release.file import Release

GOLDEN = Path("assets.extra/golden.json")  # inside the model


def staged_model(root: Path) -> tuple[Release, Path]:
    """Staging's release and the model's directory.

    Raises UserError when there is no release, or the bytes here are not the ones that it names.
    """
    release = Release.read(root)
    directory = root / paths.SAVED_MODEL
    if not directory.is_dir():
        raise UserError(
            f"{paths.SAVED_MODEL} does not exist; `dvc pull {paths.SAVED_MODEL}` fetches the model "
            f"that {paths.RELEASE} names, `make run` makes it."
        )
    found = content_hash(directory)
    if found != release.content:
        raise UserError(
            f"{paths.SAVED_MODEL} is not the model that {paths.RELEASE} names: its content is "
            f"{found[:19]}..., staging runs {release.content[:19]}... `dvc pull "
            f"{paths.SAVED_MODEL}` fetches what dvc.lock names, `make run` makes both anew."
        )
    if release.version != str(version(found)):
        raise UserError(
            f"{paths.RELEASE} contradicts itself: its content has version {version(found)}, "
            f"it says {release.version}. `dvc repro release` writes it anew."
        )
    return release, directory


def golden(directory: Path) -> tuple[list[dict[str, Any]], list[float]]:
    """The golden rows of the model in `directory`, a typical one first, and their scores.

    Raises UserError when it has none.
    """
    records = read_json(directory / GOLDEN, made_by="dvc repro package")
    return [record["inputs"] for record in records], [record["score"] for record in records]
