"""What could ship is timed, each candidate for itself."""

import pandas as pd

from mainline.gate import alternatives
from mainline.model.trained import Trained


def test_each_candidate_has_its_figure_and_its_cost(candidates, monkeypatch):
    for name, brief in (("CALLS", 20), ("WARM", 1), ("BATCH", 64)):
        monkeypatch.setattr(alternatives, name, brief)
    times, cost = [], alternatives.cost

    def timed(model: Trained, frame: pd.DataFrame) -> dict[str, float]:
        """As `cost`, which traces a graph for seconds: here the first one alone."""
        times.append(model.choice.name)
        costs.extend([] if costs else [cost(model, frame)])
        return costs[0]

    costs: list[dict[str, float]] = []
    monkeypatch.setattr(alternatives, "cost", timed)
    found = alternatives.measured(candidates("champion"))
    assert times == ["network", "trees", "blend"]
    assert (found["ships"], found["asked"]) == ("network", "network")
    assert list(found["candidates"]) == ["network", "trees", "blend"]
    for each in found["candidates"].values():
        assert each["figure"]["low"] < each["figure"]["value"] < each["figure"]["high"]
        assert 0 < each["p99_ms"] < 1000
        assert each["rows_per_second"] > 10
        assert each["bytes"] > 0
