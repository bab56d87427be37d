"""The command `fork`: the check of a proposal from a fork, which is never trained."""

from pathlib import Path

from customer_churn.core.errors import UserError
from customer_churn.git import Git
from customer_churn.proposal.context import Context
from customer_churn.proposal.touched import touched


def run(root: Path, *, against: str | None) -> None:
    """Raises UserError when the proposal touches a model: a maintainer has to take it over."""
    base = against or Context.from_environment().base or "origin/main"
    git = Git(root)
    if git.resolve(base) is None:
        raise UserError(f"git knows no revision '{base}' to compare with; fetch it first.")
    found = touched(git, base)
    if found:
        raise UserError(
            f"this proposal touches a model ({', '.join(found[:5])}). Nothing from a fork is "
            "trained, because training needs credentials. A maintainer who has read it can take "
            "it over: `gh pr checkout NUMBER`, push the branch here and open a pull request."
        )
    print("nothing that a model depends on has changed", flush=True)
