"""Finds the revisions whose data is kept."""

from dataclasses import dataclass
from itertools import product

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.delivery.deployments import deployments
from mainline.git import Git, short
from mainline.github.identity import authenticated
from mainline.k8s.environments import ENVIRONMENTS, main, release_path

# Local and remote branches, tags, stashes, DVC's experiments.
REFS = ("refs/heads", "refs/remotes", "refs/tags", "refs/stash", "refs/exps")


@dataclass(frozen=True)
class Kept:
    """`released` maps versions to the commits of main that deployed them; `tips` are branch heads.

    `touched` are all commits here that write a release. main's first-parent line may lack some of
    them, for example in a fork that is behind. Their data is kept only if it can be listed.
    """

    released: dict[str, list[str]]
    tips: list[str]
    touched: list[str]

    @property
    def commits(self) -> list[str]:
        """The commits of `released` and `tips`, without duplicates."""
        deployed = [commit for commits in self.released.values() for commit in commits]
        return list(dict.fromkeys([*deployed, *self.tips]))


def kept(git: Git) -> Kept:
    """All releases of main, and the heads of all branches and tags here.

    Raises MainlineError when this clone lacks a part of the history.
    """
    head = main(git)
    released: dict[str, list[str]] = {}
    models = _models(git)
    for model, environment in product(models, ENVIRONMENTS):
        for each in deployments(model, head, environment):
            if each.release or each.unreadable:
                name = each.release.version if each.release else f"unreadable, {each.commit[:7]}"
                released.setdefault(name, []).append(each.commit)
    listed = git.run("for-each-ref", "--format=%(refname)", *REFS).split()
    found = [git.resolve(name) for name in ["HEAD", *listed]]
    tips = list(dict.fromkeys(commit for commit in found if commit))
    places = (f":(glob,top)**/{release_path(environment)}" for environment in ENVIRONMENTS)
    touched = git.run("rev-list", "--full-history", *tips, "--", *places).split()
    return Kept(released, tips, touched)


def _models(git: Git) -> list[Git]:
    """The repository as each of its models sees it: the cache and the remote hold all of them."""
    found = git.files(paths=[f":(glob,top)**/{Layout.pipeline}"])
    return [Git((git.root / name).parent) for name in found]


def unseen(git: Git, tips: list[str]) -> list[str]:
    """Branches and tags of origin whose current commits are not among `tips`.

    Raises MainlineError when origin does not answer.
    """
    if "origin" not in git.run("remote", check=False).split():
        return []
    asked = ("ls-remote", "--heads", "--tags", "--refs", "origin")
    try:
        said = git.run(*asked, environment=authenticated())
    except MainlineError as error:
        raise MainlineError(
            f"the branches of origin cannot be listed, and their data must be kept: {error}"
        ) from None
    known = set(tips)
    lines = [line.split("\t") for line in said.splitlines()]
    return [short(name) for commit, name in lines if git.resolve(commit) not in known]
