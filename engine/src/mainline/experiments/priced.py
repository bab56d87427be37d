"""The threshold of each version, as its commit says: it decides what a call costs."""

from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.evaluation.settings import EvaluationSettings
from mainline.experiments.row_figures import Priced
from mainline.gate.champion import Champion
from mainline.git import Git
from mainline.release.release_file import Release


def of(
    git: Git, head: str, versions: tuple[str, str], evaluation: EvaluationSettings
) -> tuple[Priced, Priced]:
    """What each version's answers are priced with; the costs are main's of today.

    Raises MainlineError for a version that main never released.
    """
    main, challenger = (_threshold(git, head, each, evaluation) for each in versions)
    return Priced(main, evaluation.costs), Priced(challenger, evaluation.costs)


def _threshold(git: Git, head: str, version: str, evaluation: EvaluationSettings) -> float | None:
    if evaluation.costs is None:
        return evaluation.threshold
    found = made(git, head, version).evaluation().get("threshold")
    return None if found is None else float(found)


def made(git: Git, head: str, version: str) -> Champion:
    """The release of a version, at the commit of main that made it.

    Raises MainlineError when main never released it.
    """
    path = Path(Layout.release)
    commits = git.line(head, path)
    texts = git.texts([each.hash for each in commits], path)
    for commit, text in reversed(list(zip(commits, texts, strict=True))):
        if text and Release.parse(text, name=f"{path} at {commit.hash[:12]}").version == version:
            return Champion(git, commit.hash, Release.parse(text, name=str(path)))
    raise MainlineError(
        f"the log has answers of version {version}, which main never released.",
        hint="`git fetch` brings what is newer.",
    )
