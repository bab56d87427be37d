"""Finds the case of a proposal, and the commit of main that it is compared with."""

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.dvc.outputs import same_file
from mainline.gate.candidate import Candidate
from mainline.gate.champion import Champion
from mainline.gate.source import same_sections
from mainline.git import Git


def base(git: Git, against: str | None, *, in_ci: bool) -> str | None:
    """The commit to judge against; None on a laptop that has no main yet.

    Raises MainlineError outside of git, for an unknown revision, and in CI without a main branch.
    """
    if not git.inside():
        raise MainlineError("not a git repository. The gate compares with the branch main.")
    name = against or git.main()
    if name:
        return git.known(name)
    if in_ci:
        raise MainlineError(
            "neither origin/main nor main is known here; fetch the base branch first."
        )
    return None


def of(
    candidate: Candidate, champion: Champion | None, git: Git, *, retrain: bool
) -> tuple[str, list[str]]:
    """The case, and the commits of main that have released this model before.

    The case is first, proposal, retrain, same, rollback or behind (see `Verdict`).
    """
    new = "retrain" if retrain else "proposal"
    if champion is None:
        return "first", []
    released = champion.release
    # Another name or registry is another release, even with the same model inside.
    renamed = (candidate.package.name, candidate.package.image) != (
        released.name,
        released.image.partition("@")[0],
    )
    if renamed:
        return new, []
    if candidate.content == released.content:
        # Not a retrain: a model cannot be better than itself.
        return "same" if _as_on_main(candidate, champion) else "proposal", [champion.commit]
    before = git.commits_touching(candidate.content, Layout.release, champion.commit)
    if not before:
        return new, []
    left = git.fork_point(champion.commit)
    if left and candidate.content in (git.show(left, Layout.release) or ""):
        return "behind", [left]  # main has a newer model, the branch the older: not a rollback
    return "rollback", before


def _as_on_main(candidate: Candidate, champion: Champion) -> bool:
    """Whether main has judged this model with the same rows and the same settings."""
    git, at, table = champion.git, champion.commit, Layout(candidate.root).table
    asked = same_sections(candidate, git, at, ("table", "split", "evaluation"))
    return asked and same_file(git, [at], Layout.table, table)
