"""What `metrics/candidates.json` says, where the project's network.py is not run.

Of what could ship, only what does can be scored then: its SavedModel is at hand.
"""

import math
from typing import Any

from mainline.core.errors import MainlineError
from mainline.core.files import read_json
from mainline.core.layout import Layout
from mainline.gate.candidate import Candidate

NAMES = ("network", "trees", "blend")
WHY = ("losses", "errors")
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
    """The file for the comment, as the proposal says it, with what each costs as it says, too.

    Raises MainlineError unless it holds known names and numbers: it becomes part of the comment.
    """
    root = Layout(candidate.root)
    shown = read_json(root.candidates, made_by="dvc repro evaluate")
    costs = read_json(root.costs, made_by="mainline judge") if root.costs.is_file() else {}
    try:
        each = {
            name: {
                "figure": numbers(said["figure"]),
                "difference": numbers(said["difference"]),
                **numbers({"bytes": said["bytes"]}),
                **numbers({cost: costs.get(name, {}).get(cost) for cost in COSTS}),
            }
            for name, said in shown["candidates"].items()
            if name in NAMES
        }
        about = {"ships": shown["ships"], **numbers({"trees_share": shown["trees_share"]})}
        for key in WHY:
            known = shown.get(key, {})
            about[key] = numbers({name: known[name] for name in each if name in known})
        said = [*about["losses"].values(), *about["errors"].values()]
        if about["losses"].keys() != about["errors"].keys() or None in said:
            raise ValueError("not each loss has its error")
        if about["ships"] not in each:
            raise ValueError(f"{about['ships']!r} ships and is no candidate")
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise MainlineError(f"{Layout.candidates} cannot be shown: {error!r}.") from None
    return about | {"candidates": each, "asked": candidate.train.ship, "unscored": True}


def numbers(values: dict[str, Any]) -> dict[str, float | None]:
    """The values, as numbers; None is an unknown one."""
    for name, value in values.items():
        is_number = isinstance(value, (int, float)) and math.isfinite(value)
        if value is not None and not is_number:
            raise ValueError(f"{name} is {value!r}")
    return values
