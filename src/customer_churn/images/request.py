"""The pull request that `pin --push` opens or brings up to date: one branch, one commit on main."""

import os
from pathlib import Path

from customer_churn.core.errors import UserError
from customer_churn.delivery import branch as branches
from customer_churn.delivery.environments import main
from customer_churn.forge.api import Api
from customer_churn.forge.pulls import Pulls
from customer_churn.forge.workflow import summarise
from customer_churn.git import Git
from customer_churn.images.mentions import write

BRANCH = "pin-images"
TITLE = "Pin images"
NO_CHECKS = (
    "This branch was pushed with the job's own token, which starts no checks: close this pull "
    "request and open it again, and they run."
)


def propose(git: Git, lines: list[str], texts: dict[Path, str]) -> None:
    """Push `texts` as a branch of main and see to its pull request; without any, do nothing.

    A branch that says the same already stays, and so do its approvals. Raises UserError when this
    is not main as it stands, or the forge refuses.
    """
    if git.resolve("HEAD") != main(git):
        raise UserError("`--push` starts from main; `git switch --detach origin/main` goes there.")
    if not texts:
        print("Every digest is as its registry says.")
        return
    body = _body(lines)
    summarise(body)
    if not _there(git, texts):
        with branches.prepared(git, BRANCH, main(git)):
            write(git.root, texts)
            git.run("add", "--", *map(str, texts))
            branches.save(git, TITLE)
        branches.push(git, BRANCH)
    api = Api.from_environment()
    made = Pulls(api).make(BRANCH, TITLE, body)
    if made["body"] != body:
        api.patch(f"pulls/{made['number']}", {"body": body})
    print(f"pin       {made['html_url']}")


def _body(lines: list[str]) -> str:
    parts = ["What the registries say of the tags that stand in our files:"]
    parts.append("\n".join(["```", *lines, "```"]))
    if not os.environ.get("PUSH_TOKEN"):
        parts.append(NO_CHECKS)
    return "\n\n".join(parts)


def _there(git: Git, texts: dict[Path, str]) -> bool:
    """Whether the branch is on the forge, from this main and with these texts."""
    pushed = f"origin/{BRANCH}"
    if not git.resolve(pushed) or not git.reaches(pushed, main(git)):
        return False
    return all(git.show(pushed, path) == text for path, text in texts.items())
