"""The command `task score`: scores one partition with the model that an environment runs."""

from pathlib import Path

from mainline.cluster.checkout import clone
from mainline.scoring import score


def run(
    work: Path,
    *,
    revision: str,
    directory: Path,
    environment: str,
    source: str,
    into: str,
    partition: str,
    allow_failed: int,
) -> None:
    """Work below `work`, an empty folder. Raises MainlineError as `clone` and `score.run` do."""
    root = clone(work, revision, directory).root
    score.run(
        root,
        source=source,
        into=into,
        partition=partition,
        environment=environment,
        allow_failed=allow_failed,
    )
