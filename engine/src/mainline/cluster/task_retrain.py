"""The command `task retrain`: asks GitHub for a retraining if the verdict gives a reason."""

from pathlib import Path

from mainline.cluster.checkout import clone
from mainline.cluster.handed_verdict import unpacked
from mainline.core.layout import Layout
from mainline.retraining import retrain


def run(work: Path, *, revision: str, directory: Path, verdict: str) -> None:
    """Work below `work`, an empty folder. Raises MainlineError as `clone` and `retrain.run` do."""
    found = unpacked(verdict)
    root = clone(work, revision, directory).root
    path = Layout(root).monitor / "verdict.json"
    found.write(path)
    retrain.run(root, from_verdict=path, dispatch=True)
