"""The command `carry`: copies the check results of a commit to the bot's commit on top of it.

A push with the job's own token starts no workflow, so the bot's commit would never get the required
checks. It changes only generated files, so the results of its parent are valid for it.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.github.api import Api
from mainline.github.statuses import Statuses

CHECK = "proposal"  # `propose` sets this status itself
EVERY = 20.0
STARTS_WITHIN = 10.0  # minutes within which a required check must start


def required(root: Path) -> list[str]:
    """The names of the checks that the ruleset requires."""
    rules = json.loads(Layout(root).rules.read_text(encoding="utf-8"))["rules"]
    checks = [r["parameters"] for r in rules if r["type"] == "required_status_checks"]
    return [check["context"] for found in checks for check in found["required_status_checks"]]


def run(
    root: Path,
    parent: str,
    child: str,
    *,
    api: Api | None = None,
    minutes: float = 95,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Set each status as soon as it is known. Returns whether all succeeded.

    Raises MainlineError with the checks that have no result in time, or when no check has started:
    then the push of the parent started no workflow.
    """
    statuses = Statuses(api or Api.from_environment())
    waiting = [name for name in required(root) if name != CHECK]
    good = True
    for asked in range(max(int(minutes * 60 / EVERY), 1)):
        known = statuses.known(parent)
        if asked * EVERY >= STARTS_WITHIN * 60 and not known.keys() & set(waiting):
            raise MainlineError(
                f"no check has started on {parent[:12]} within {STARTS_WITHIN:g} minutes. Start CI "
                f"for that commit, then run this job again; it needs {', '.join(waiting)}."
            )
        for name in [name for name in waiting if known.get(name, "pending") != "pending"]:
            statuses.set(child, name, known[name], f"as on {parent[:12]}, its parent")
            print(f"{known[name]:<9} {name}", flush=True)
            good = good and known[name] == "success"
            waiting.remove(name)
        if not waiting:
            return good
        sleep(EVERY)
    raise MainlineError(f"no result yet on {parent[:12]}: {', '.join(waiting)}.")
