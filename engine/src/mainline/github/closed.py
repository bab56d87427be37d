"""The environments of judge.yml, each open to `main` alone.

A job of any branch may name an environment; only this policy keeps it from the environment's
secrets and from its OIDC subject.
"""

from collections.abc import Callable
from typing import Any

NAMES = ("judge", "keep")
PLACE = "repos/{owner}/{repo}/environments"  # gh fills in the repository of the directory
MAIN = ("main", "branch")
CUSTOM = {"protected_branches": False, "custom_branch_policies": True}
Gh = Callable[..., Any]


def apply(gh: Gh, *, dry_run: bool) -> None:
    """Create what is missing and print the changes; `dry_run` only prints them.

    `gh` takes the arguments of `gh api` and returns the JSON. Reviewers and secrets stay.
    """
    listed = gh(f"{PLACE}?per_page=100")["environments"]
    there = {made["name"]: made.get("deployment_branch_policy") for made in listed}
    for name in NAMES:
        place = f"{PLACE}/{name}/deployment-branch-policies"
        custom = there.get(name) == CUSTOM
        open_to = gh(f"{place}?per_page=100")["branch_policies"] if custom else []
        others = [it for it in open_to if (it["name"], it.get("type", "branch")) != MAIN]
        if custom and len(open_to) == 1 and not others:
            print(f"environment '{name}' is open to main alone")
            continue
        if dry_run:
            print(f"environment '{name}' would be open to main alone")
            continue
        if not custom:
            gh(f"{PLACE}/{name}", "--method", "PUT", *_fields())
        if len(others) == len(open_to):
            gh(place, "--method", "POST", "--raw-field", "name=main")
        for other in others:
            gh(f"{place}/{other['id']}", "--method", "DELETE")
        print(f"environment '{name}' is open to main alone now")


def _fields() -> list[str]:
    pairs = (f"deployment_branch_policy[{key}]={str(on).lower()}" for key, on in CUSTOM.items())
    return [part for pair in pairs for part in ("--field", pair)]
