"""The bot's commit: generated files only, only if they changed, pushed without force."""

from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.dvc import objects
from mainline.dvc.repro import generated
from mainline.git import Git
from mainline.github.identity import EMAIL, IDENTITY, authenticated

SUBJECT = "Model: what this proposal makes"


def changed(root: Path) -> list[str]:
    """Generated paths that differ from HEAD."""
    return [path for path, _, _ in Git(root).changed("HEAD", *generated(root))]


def commit(root: Path, *, machine: str = "") -> str | None:
    """Commit the generated paths. Returns the commit; None when nothing changed.

    `machine` is the one that trained, for the trailer (`machine.trained_on`); empty without one.

    Raises MainlineError when HEAD is such a commit already: the pipeline is not reproducible, and
    each run would add another one. Other commits of the bot, as of a retraining, are none.
    """
    found = changed(root)
    if not found:
        return None
    git = Git(root)
    if git.run("log", "-1", "--format=%ce %s").strip() == f"{EMAIL} {SUBJECT}":
        raise MainlineError(
            f"the pipeline made this commit, and running it again makes other files: "
            f"{', '.join(found[:5])}. A stage is not reproducible (a clock, a random number "
            "without a seed, `always_changed`). Fix it and commit the fix."
        )
    there = [name for name in generated(root) if (root / name).exists()]
    cached = [f":(exclude,literal){path}" for path in objects.named(objects.of_tree(root))]
    git.run("add", "--all", "--force", "--", *there, *cached)  # whatever a `.gitignore` says
    trailer = f"\nTrained-on: {machine}\n" if machine else ""
    message = f"{SUBJECT}\n{trailer}"
    git.run(*IDENTITY, "commit", "--quiet", "--no-verify", "--message", message, "--", *there)
    return git.run("rev-parse", "HEAD").strip()


def push(root: Path, branch: str) -> str:
    """Push the commit to the pull request's branch. Returns the branch's new head.

    If an earlier attempt of this run pushed an equal commit, that one is used. Raises MainlineError
    when the branch has other new commits.
    """
    git = Git(root)
    target = f"HEAD:refs/heads/{branch}"
    try:
        git.run("push", "--quiet", "origin", target, environment=authenticated())
    except MainlineError as error:
        there = _tip(git, branch)
        if there and _twins(git, there, "HEAD"):
            git.run("reset", "--quiet", "--soft", there)
            return there
        reason = " ".join(str(error).partition("hint:")[0].split())
        raise MainlineError(
            "the commit could not be pushed: the branch has a newer commit (with its own run), or "
            f"the token has no write permission. {reason}"
        ) from None
    return git.run("rev-parse", "HEAD").strip()


def _tip(git: Git, branch: str) -> str | None:
    """The current head of the branch; None when it cannot be fetched."""
    try:
        git.run("fetch", "--quiet", "origin", f"refs/heads/{branch}", environment=authenticated())
    except MainlineError:
        return None
    return git.resolve("FETCH_HEAD")


def _twins(git: Git, one: str, other: str) -> bool:
    """Whether both commits have the same tree and the same parents."""
    return all(
        git.run("rev-parse", f"{one}{what}", check=False)
        == git.run("rev-parse", f"{other}{what}", check=False)
        for what in ("^@", "^{tree}")
    )
