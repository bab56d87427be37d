"""What `metrics/candidates.json` says, where the project's network.py is not run.

Of what could ship, only what does can be scored then: its SavedModel is at hand.
"""

from typing import Any

from mainline.core.files import read_json
from mainline.core.layout import Layout
from mainline.gate.candidate import Candidate

COSTS = ("p99_ms", "rows_per_second", "seconds")


def both(candidate: Candidate, shown: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The part of the file that can be computed here: as the file has it, and computed."""
    name, led = shown["ships"], candidate.task.leading.name
    figure = {"figure": candidate.figures["model"][led]}
    computed = {"figure": led, "rows": len(candidate.rows.target), "candidates": {name: figure}}
    own = {key: shown[key] for key in ("figure", "rows")}
    file = {"figure": shown["candidates"][name]["figure"]}
    return own | {"candidates": {name: file}}, computed


def unmeasured(candidate: Candidate) -> dict[str, Any]:
    """The file for the comment, as the proposal says it; what each costs is not known."""
    shown: dict[str, Any] = read_json(
        Layout(candidate.root).candidates, made_by="dvc repro evaluate"
    )
    each = {name: found | dict.fromkeys(COSTS) for name, found in shown["candidates"].items()}
    return shown | {"candidates": each, "asked": candidate.train.ship, "unscored": True}
