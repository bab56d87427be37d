"""Finds the approvers of a change in the reviews of its pull request."""

from typing import Any

from mainline.github.answers import Refused
from mainline.github.api import Api

_SAYS = ("APPROVED", "CHANGES_REQUESTED", "DISMISSED")  # a comment does not change an approval
_UNKNOWN = 422  # GitHub's status for an unknown commit


def approvers(api: Api, pull: int) -> list[str]:
    """Logins of the users whose last review is an approval, sorted.

    Raises MainlineError when GitHub does not answer, or refuses.
    """
    last: dict[str, str] = {}
    for review in api.pages(f"pulls/{pull}/reviews"):
        if review["state"] in _SAYS:
            last[_login(review)] = review["state"]
    return sorted(login for login, state in last.items() if state == "APPROVED")


def pull_of(api: Api, commit: str) -> int | None:
    """The pull request that brought a commit to main; None when there is none.

    Raises MainlineError as `approvers` does.
    """
    try:
        found = list(api.pages(f"commits/{commit}/pulls"))
    except Refused as error:
        if error.status != _UNKNOWN:
            raise
        return None
    merged = [pull for pull in found if pull["merged_at"] and pull["base"]["ref"] == "main"]
    own = [pull for pull in merged if pull["merge_commit_sha"] == commit]
    return next((int(pull["number"]) for pull in own or merged), None)


def _login(review: dict[str, Any]) -> str:
    user = review["user"]
    return str(user["login"]) if user else "ghost"  # of a deleted account
