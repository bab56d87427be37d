"""Sends one golden row to the staged model over REST and gRPC, at the end of `make run`."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.packaging.settings import operations
from mainline.serving.answers import Score
from mainline.serving.client import RestClient
from mainline.serving.embedded import serving
from mainline.serving.grpc_client import GrpcClient
from mainline.serving.served import Served
from mainline.serving.staged import golden, staged_model

SHORT = 1000  # scores from here on are shown with one decimal


@dataclass(frozen=True)
class Prediction:
    """The served model's answer to the first golden row, a typical one."""

    model: str
    version: int
    score: Score
    label: str  # of a multiclass model, else empty
    grpc_seconds: float
    rest_seconds: float

    def line(self) -> str:
        """The answer as a line of text."""
        said = _said(self.score, self.label)
        return (
            f"{self.model} version {self.version} gives a typical row {said} "
            f"(gRPC {self.grpc_seconds * 1e3:.1f} ms, REST {self.rest_seconds * 1e3:.1f} ms)"
        )


def ask(root: Path) -> Prediction:
    """Serve the staged model on free ports for a moment, and call it over gRPC and REST.

    Raises MainlineError when it does not load, gives another score than the golden one, or reports
    another version than the release file.
    """
    release, directory = staged_model(root)
    wanted = golden(directory)
    asked = Served(directory, release.name, int(release.version), operations=operations(root))
    with (
        serving(asked) as served,
        closing(GrpcClient(served.grpc, served.name)) as by_grpc,
        closing(RestClient(served.rest, served.name)) as by_rest,
    ):
        one, other = by_grpc.predict(wanted.rows[:1]), by_rest.predict(wanted.rows[:1])
    for way, answer in (("gRPC", one), ("REST", other)):
        problem = wanted.problem(answer)
        if problem:
            score = answer.scores[0]
            raise MainlineError(f"served over {way}, a golden row scores {score}: {problem}.")
    if str(one.version) != release.version:
        raise MainlineError(f"the server reports version {one.version}, not {release.version}.")
    label = one.labels[0] if one.labels else ""
    return Prediction(
        release.name, int(release.version), one.scores[0], label, one.seconds, other.seconds
    )


def _said(score: Score, label: str) -> str:
    """The answer as text: the score, or the label with its score."""
    if isinstance(score, list):
        return f"{label} ({max(score):.4f})"
    return f"{score:.4f}" if abs(score) < SHORT else f"{score:,.1f}"
