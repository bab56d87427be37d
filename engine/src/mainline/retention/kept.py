"""Every revision whose data is kept, and why."""

from dataclasses import dataclass
from itertools import product

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.delivery.deployments import deployments
from mainline.git import Git, short
from mainline.github.identity import authenticated
from mainline.k8s.environments import ENVIRONMENTS, main, release_path

# Branches here and as the remote had them, tags, what is stashed, DVC's experiments.
REFS = ("refs/heads", "refs/remotes", "refs/tags", "refs/stash", "refs/exps")


@dataclass(frozen=True)
class Kept:
    """`released` are versions and the commits of main's that deployed them, `tips` branches, tags.

    `touched` are all commits here that write a release: main's line may not be what it was, after a
    merge the wrong way round or in a fork that is behind. Nobody promised their data.
    """

    released: dict[str, list[str]]
    tips: list[str]
    touched: list[str]

    @property
    def commits(self) -> list[str]:
        """Each once."""
        deployed = [commit for commits in self.released.values() for commit in commits]
        return list(dict.fromkeys([*deployed, *self.tips]))


def kept(git: Git) -> Kept:
    """Everything that main ever deployed, and the tip of everything that git holds here.

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
    """Branches and tags of origin that are not among `tips` as they are there now.

    Raises MainlineError when the remote cannot be asked.
    """
    if "origin" not in git.run("remote", check=False).split():
        return []
    asked = ("ls-remote", "--heads", "--tags", "--refs", "origin")
    try:
        said = git.run(*asked, environment=authenticated())
    except MainlineError as error:
        raise MainlineError(
            f"origin does not say which branches it has, and their data must stay: {error}"
        ) from None
    known = set(tips)
    lines = [line.split("\t") for line in said.splitlines()]
    return [short(name) for commit, name in lines if git.resolve(commit) not in known]
