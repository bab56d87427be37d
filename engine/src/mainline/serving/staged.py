"""Staging's model: its release file, and the matching bytes in the working tree."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mainline.core.errors import MainlineError
from mainline.core.files import read_json
from mainline.core.layout import Layout
from mainline.packaging.content import content_hash, version
from mainline.release.release_file import Release
from mainline.serving.answers import Answer, Score, farthest

TOLERANCE = 1e-5  # for probabilities; golden rows of a regression have their own
GOLDEN = Path("assets.extra/golden.json")  # inside the model


def staged_model(root: Path) -> tuple[Release, Path]:
    """Staging's release and the model's directory.

    Raises MainlineError when there is no release, or the local bytes do not match it.
    """
    release = Release.read(root)
    directory = Layout(root).saved_model
    if not directory.is_dir():
        raise MainlineError(
            f"{Layout.saved_model} does not exist; `dvc pull {Layout.saved_model}` fetches the "
            f"model that {Layout.release} names, `make run` makes it."
        )
    found = content_hash(directory)
    if found != release.content:
        raise MainlineError(
            f"{Layout.saved_model} is not the model that {Layout.release} names: its content is "
            f"{found[:19]}..., staging runs {release.content[:19]}... `dvc pull "
            f"{Layout.saved_model}` fetches what dvc.lock names, `make run` makes both anew."
        )
    if release.version != str(version(found)):
        raise MainlineError(
            f"{Layout.release} contradicts itself: its content has version {version(found)}, "
            f"it says {release.version}. `dvc repro release` writes it anew."
        )
    return release, directory


@dataclass(frozen=True)
class Golden:
    """Rows, a typical one first, and the expected answers of a server.

    `labels` are those of a multiclass model. `within` is the tolerance for served scores.
    """

    rows: list[dict[str, Any]]
    scores: list[Score]
    labels: list[str]
    within: float

    def problem(self, answer: Answer) -> str:
        """The error in an answer to the first rows, as text; empty when it is right."""
        count = len(answer.scores)
        apart = farthest(answer.scores, self.scores[:count])
        if not apart <= self.within:  # NaN does not match either
            return f"scores differ by {apart:.1e} from the expected ones"
        if answer.labels != self.labels[:count]:
            return f"the labels are {answer.labels}, not {self.labels[:count]}"
        return ""


def golden(directory: Path) -> Golden:
    """The golden rows of the model in `directory`. Raises MainlineError when it has none."""
    records = read_json(directory / GOLDEN, made_by="dvc repro package")
    return Golden(
        [record["inputs"] for record in records],
        [record["score"] for record in records],
        [record["label"] for record in records if "label" in record],
        min((record.get("within", TOLERANCE) for record in records), default=TOLERANCE),
    )
