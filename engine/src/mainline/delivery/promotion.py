"""Opens and closes the pull requests of promotions, and starts their checks."""

from mainline.delivery import branch as branches
from mainline.delivery import request_text as report
from mainline.delivery.evidence import Evidence
from mainline.experiments.experiment_result import Result
from mainline.git import Git
from mainline.github import starting
from mainline.github.api import Api
from mainline.github.pulls import Pulls
from mainline.github.workflow import summarise
from mainline.k8s.environments import PRODUCTION, STAGING
from mainline.release.release_file import Release

PREFIX = "promote-"  # one branch for each version, so that approvals stay with their version


def proposed(branch: str) -> bool:
    """Whether a pull request of this branch is open. It is left alone, to keep its approvals."""
    there = Pulls(Api.from_environment()).open(branch)
    if there:
        print(f"promotion {there['html_url']} is open already")
    return there is not None


def propose(
    git: Git,
    base: str,
    branch: str,
    release: Release,
    proof: Evidence,
    *,
    tried: Result | None = None,
) -> None:
    """Push the branch, open its pull request, and close older promotions that a bot opened.

    Raises MainlineError when GitHub refuses one of these.
    """
    api = Api.from_environment()
    title = f"Promote version {release.version} to production"
    body = report.body(git, base, release, proof, tried)
    branches.push(git, branch)
    summarise(body)
    pulls = Pulls(api)
    made = pulls.make(branch, title, body)
    print(f"promotion {made['html_url']}")
    starting.propose(api, branch, int(made["number"]))
    _close(pulls, f"#{made['number']} brings what {STAGING} runs now", keep=int(made["number"]))


def withdraw(release: Release) -> None:
    """Close the bot's open promotions: both environments now run the same release."""
    pulls = Pulls(Api.from_environment())
    _close(pulls, f"{STAGING} and {PRODUCTION} both run version {release.version} now")


def _close(pulls: Pulls, why: str, keep: int | None = None) -> None:
    for number in pulls.close(PREFIX, why, keep):
        print(f"closed    #{number}")
