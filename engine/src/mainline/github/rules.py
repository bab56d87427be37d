"""The command `rules`: applies the ruleset for `main` and the environments to GitHub.

It uses `gh`, because it needs an administrator's rights: those of the logged-in user. A job does
not have these rights.
"""

import difflib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from mainline.core.errors import MainlineError
from mainline.core.files import json_text, read_json
from mainline.core.layout import Layout
from mainline.github import closed

NOBODY = re.compile("@your[-]org/")  # the template's owners; a rendered project finds no name here
PLACE = "repos/{owner}/{repo}/rulesets"  # gh fills in the repository of the directory


def run(root: Path, *, dry_run: bool) -> None:
    """Create or update ruleset and environments and print the changes; `dry_run` only prints them.

    Warns about placeholder owners.

    Raises MainlineError when `gh` is missing or logged out, or GitHub refuses.
    """
    for line in warnings(root):
        print(f"rules: {line}", file=sys.stderr)
    _apply_ruleset(root, dry_run=dry_run)
    closed.apply(lambda *arguments: _gh(root, *arguments), dry_run=dry_run)


def _apply_ruleset(root: Path, *, dry_run: bool) -> None:
    wanted = read_json(Layout(root).rules, made_by="git checkout")
    number, file = _number(root, str(wanted["name"])), Layout(root).seen(Layout.rules)
    there = _gh(root, f"{PLACE}/{number}") if number else {}
    difference = changes(there, wanted)
    if not difference:
        print(f"ruleset '{wanted['name']}' matches {Layout.rules}")
        return
    print("\n".join(difference))
    if dry_run:
        print(f"ruleset '{wanted['name']}' would be {'updated' if number else 'created'}")
    elif number:
        _gh(root, f"{PLACE}/{number}", "--method", "PUT", "--input", file)
        print(f"ruleset '{wanted['name']}' updated")
    else:
        _gh(root, PLACE, "--method", "POST", "--input", file)
        print(f"ruleset '{wanted['name']}' created")


def warnings(root: Path) -> list[str]:
    """What takes the force out of the rules, whatever GitHub says of them."""
    path = Layout(root).owners
    if not path.is_file():
        return [f"{Layout.owners} is missing: no file has an owner to ask for a review."]
    lines = path.read_text(encoding="utf-8").splitlines()
    fields = [field for line in lines for field in line.partition("#")[0].split()[1:]]
    made_up = sorted({field for field in fields if NOBODY.match(field)})
    if not made_up:
        return []
    return [
        f"{Layout.owners} still names {', '.join(made_up)}. An owner that does not exist is asked "
        "for no review: put your own teams or people there."
    ]


def changes(there: Any, wanted: Any) -> list[str]:
    """A diff from GitHub's ruleset to the file, for the keys in the file."""
    before, after = (json_text(_sorted(value)) for value in (_as_named(there, wanted), wanted))
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), "on GitHub", str(Layout.rules), lineterm=""
    )
    return list(lines)


def _number(root: Path, name: str) -> int:
    """The id of the repository's ruleset with that name; 0 when there is none."""
    found = _gh(root, f"{PLACE}?includes_parents=false&per_page=100")
    return next((int(rules["id"]) for rules in found if rules["name"] == name), 0)


def _as_named(there: Any, wanted: Any) -> Any:
    """GitHub's ruleset without the keys that GitHub adds."""
    if isinstance(there, dict) and isinstance(wanted, dict):
        return {key: _as_named(there[key], wanted[key]) for key in wanted if key in there}
    if isinstance(there, list) and isinstance(wanted, list):
        named = {_name(entry): entry for entry in wanted}
        return [_as_named(entry, named.get(_name(entry))) for entry in there]
    return there


def _sorted(value: Any) -> Any:
    """Sort rules and checks, because GitHub changes their order."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return sorted(map(_sorted, value), key=lambda entry: str(_name(entry)))
    return value


def _name(entry: Any) -> Any:
    """The identifying value of an entry: the type of a rule, the name of a check."""
    if isinstance(entry, dict):
        return entry.get("type") or entry.get("context") or json.dumps(entry, sort_keys=True)
    return entry


def _gh(root: Path, *arguments: str) -> Any:
    try:
        done = subprocess.run(
            ["gh", "api", *arguments], cwd=root, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise MainlineError("`gh` is not installed; get it from https://cli.github.com.") from None
    if done.returncode:
        raise MainlineError(_why(done.returncode, done.stderr.strip() or done.stdout.strip()))
    try:
        return json.loads(done.stdout or "null")  # a deletion has no answer
    except ValueError:
        raise MainlineError(f"the output of `gh api {arguments[0]}` is not JSON.") from None


def _why(code: int, said: str) -> str:
    last = said.splitlines()[-1][:300] if said else f"`gh` exited with {code} without output"
    if code == 4 or "gh auth login" in said:
        return f"`gh` is not logged in: run `gh auth login` as an administrator. ({last})"
    if "Upgrade to" in said:
        return f"this repository's plan has no rulesets; public repositories have them. ({last})"
    if "HTTP 403" in said or "HTTP 404" in said:
        return (
            "only an administrator of the repository may set its rules, with a token of the scope "
            f"`repo`. Check that `gh repo view` shows the right repository. ({last})"
        )
    if "git remote" in said:
        return f"`gh` does not know which repository this is; `gh repo set-default`. ({last})"
    return f"GitHub does not accept {Layout.rules}: {last}"
