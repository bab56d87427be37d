"""The rule `cost`: does the model cost less than flagging all rows, or none?"""

from collections.abc import Iterator
from typing import Any

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.evaluation import costs, threshold
from mainline.gate.bars import Bars
from mainline.gate.candidate import Candidate
from mainline.gate.champion import Champion
from mainline.gate.verdict import Rule

CALLED = {"nobody": "no row", "everybody": "every row"}  # the keys of the figures, in words


def rules(candidate: Candidate, bars: Bars) -> Iterator[Rule]:
    """At main's costs, the model must cost no more than flagging no rows, and than flagging all.

    If the proposal changes the costs, its model is judged at the threshold that main's costs give.
    If the proposal sets a threshold itself, that one is used. No rule if main has no costs.
    """
    prices, own = bars.evaluation.costs, candidate.evaluation
    if prices is None:
        return
    if prices == own.costs:
        found = candidate.figures["costs"]
    elif own.costs is None:
        shipped = bars.evaluation.model_copy(update={"threshold": own.threshold})
        found = candidate.asked.costs(shipped)["costs"]
    else:
        settled = threshold.settled(bars.evaluation, candidate.validation)
        found = candidate.asked.costs(settled)["costs"]
    value = found["cost"]["value"]
    if value is None:
        why = "no threshold can be chosen: scores are not numbers, or all rows have one class."
        yield Rule.judged("cost", False, why, figure="none")
        return
    cheapest = min(CALLED, key=lambda name: float(found[name]))
    passed = bool(value <= found[cheapest])
    why = (
        f"a test row costs less than when {CALLED[cheapest]} is called positive"
        if value < found[cheapest]
        else f"calling {CALLED[cheapest]} positive costs {found[cheapest]:.4f} per test row: the "
        "model saves nothing."
    )
    bar = f"<= {found[cheapest]:.4f}"
    yield Rule.judged("cost", passed, why, figure=f"{value:.4f}", bar=bar)


def beside(candidate: Candidate, champion: Champion | None) -> dict[str, Any]:
    """The candidate's cost at the champion's threshold, for the comment."""
    prices = candidate.evaluation.costs
    if prices is None or champion is None:
        return {}
    text = champion.git.show(champion.commit, Layout.figures)
    try:
        theirs = read_yaml(text or "", name=str(Layout.figures)).get("threshold")
    except MainlineError:
        return {}
    if not isinstance(theirs, float):
        return {}
    by_row = costs.per_row(candidate.rows.target, candidate.scores, theirs, prices)
    return {"at_champions_threshold": {"threshold": theirs, "cost": round(float(by_row.mean()), 6)}}
