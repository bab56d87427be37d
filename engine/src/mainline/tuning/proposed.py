"""The branch with the best values: one commit that changes params.yaml and nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.git import Git
from mainline.proposal import aside
from mainline.tuning.edited import edited
from mainline.tuning.result import Result


def settled(git: Git, today: Mapping[str, Any]) -> None:
    """Before a search: HEAD has the settings and the code, and its values can be changed.

    Raises MainlineError when a branch could not be made at the end.
    """
    files = [str(Layout.params), Layout(git.root).seen(str(Layout.source))]
    names = sorted({path for path, _, _ in git.changed("HEAD", *files)})
    if names:
        raise MainlineError(
            f"not committed: {', '.join(names[:3])}. The branch with the best settings starts at "
            "the last commit.",
            hint="Commit first.",
        )
    edited(git.show("HEAD", Layout.params) or "", today, name=str(Layout.params))


def branch(git: Git, name: str, result: Result, identity: Sequence[str] = ()) -> str:
    """Make the branch `name` on top of HEAD. Index and working tree stay as they are.

    Returns its commit. Raises MainlineError when the branch is there with something else.
    """
    text = git.show("HEAD", Layout.params) or ""
    new = edited(text, result.changes(), name=str(Layout.params))
    return aside.branch(
        git,
        name,
        git.known("HEAD"),
        {Layout.params: new},
        message_of(result),
        identity=identity,
        after=": no trial is repeated",
    )


def message_of(result: Result) -> str:
    """Subject, result and table."""
    return "\n".join([title(result), "", result.sentence, "", *result.lines(), ""])


def title(result: Result) -> str:
    """One line, for the commit and the pull request."""
    count = len(result.trials.finished)
    return f"Settings from {count} trials: loss {result.today.value:.4f} -> {result.best.value:.4f}"
