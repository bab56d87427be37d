"""Who approved a change: the reviews of a pull request, as GitHub has them now."""

from typing import Any

from mainline.github.answers import Refused
from mainline.github.api import Api

_SAYS = ("APPROVED", "CHANGES_REQUESTED", "DISMISSED")  # a comment takes no approval back
_UNKNOWN = 422  # what GitHub says of a commit that it does not have


def approvers(api: Api, pull: int) -> list[str]:
    """Logins of those whose last word was yes, sorted.

    Raises MainlineError when GitHub does not answer, or says no.
    """
    last: dict[str, str] = {}
    for review in api.pages(f"pulls/{pull}/reviews"):
        if review["state"] in _SAYS:
            last[_login(review)] = review["state"]
    return sorted(login for login, state in last.items() if state == "APPROVED")


def pull_of(api: Api, commit: str) -> int | None:
    """The pull request by which a commit came to main; None when it came without one.

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
    return str(user["login"]) if user else "ghost"  # whose account is gone
