"""Closes a bot's retraining that was judged and is not better than the model on main."""

import json
from pathlib import Path
from typing import Any

from mainline.core import config
from mainline.gate.promise import RETRAIN
from mainline.gate.verdict import FAIL
from mainline.git import Git
from mainline.github.api import Api
from mainline.github.comments import Comments
from mainline.github.pulls import Pulls
from mainline.params.monitoring import MonitoringSettings
from mainline.retraining.on_main import SECTION
from mainline.retraining.pushed_branch import only_bots
from mainline.retraining.reason import in_markdown

CHAMPION = "champion"  # the rule that compares with main's model
NOT_BETTER = "The retrained model is not better than the one on main: "


def close(root: Path, api: Api, number: int, commits: tuple[str, str], verdict: Path) -> None:
    """Close the pull request with the reason, if `monitoring.retrain.close` of `root` says so.

    `root` is main's checkout; `commits` are main's and the pull request's head. Left open: a
    person's pull request, one that a person opened again, a branch with a commit of a person, and a
    verdict that compared nothing.
    """
    why = _not_better(verdict)
    if not why or not _wanted(root):
        return
    pulls = Pulls(api)
    pull = pulls.get(number)
    base, head = commits
    ours = pull["state"] == "open" and pulls.by_bot(pull, RETRAIN)
    if ours and only_bots(Git(root), base, head) and not _reopened(api, number):
        pulls.close_one(pull, f"{NOT_BETTER}{why}")
        print(f"closed    #{number}: not better than the model on main", flush=True)


def _not_better(verdict: Path) -> str:
    """The reason of the rule that compared both models on the same rows; empty without one."""
    try:
        found: dict[str, Any] = json.loads(verdict.read_text(encoding="utf-8"))
        paired = found["open"] is False and (found["champion"] or {}).get("paired") is True
        rules = [rule for rule in found["rules"] if rule["name"] == CHAMPION]
        failed = [rule for rule in rules if rule["outcome"] == FAIL]
        said = [f"{in_markdown(it['figure'])} ({in_markdown(it['why'])})" for it in failed]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""
    return said[0] if paired and said else ""


def _wanted(root: Path) -> bool:
    values = config.read_params(root).get(SECTION)
    return config.parse(
        MonitoringSettings, values, name="params.yaml", prefix=(SECTION,)
    ).retrain.close


def _reopened(api: Api, number: int) -> bool:
    """Whether a bot has closed it before, by its comment: a person has opened it again."""
    said = ((it.get("user") or {}, it["body"] or "") for it in Comments(api, number).all())
    return any(by.get("type") == "Bot" and text.startswith(NOT_BETTER) for by, text in said)
