"""The command `fork`: checks a proposal from a fork. Forks are never trained."""

from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.git import MAINS
from mainline.github.context import Context
from mainline.proposal.touched import changes


def run(root: Path, *, against: str | None, pr: int | None = None) -> None:
    """Raises MainlineError when the proposal touches a model: a maintainer has to take it over."""
    found = changes(root, against or Context.of(pr).base or MAINS[0])
    if found:
        raise MainlineError(
            f"this proposal touches a model ({', '.join(found[:5])}). Proposals from forks are not "
            "trained, because training needs credentials. After a review, a maintainer can take "
            "it over: `gh pr checkout NUMBER`, push the branch here and open a pull request."
        )
    print("nothing that a model depends on has changed", flush=True)
