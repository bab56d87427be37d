"""What could ship is timed, each candidate for itself."""

from mainline.gate import alternatives


def test_each_candidate_has_its_figure_and_its_cost(candidates, monkeypatch):
    for name, brief in (("CALLS", 20), ("WARM", 1), ("BATCH", 64)):
        monkeypatch.setattr(alternatives, name, brief)
    found = alternatives.measured(candidates("champion"))
    assert (found["ships"], found["asked"]) == ("network", "network")
    assert list(found["candidates"]) == ["network", "trees", "blend"]
    for each in found["candidates"].values():
        assert each["figure"]["low"] < each["figure"]["value"] < each["figure"]["high"]
        assert 0 < each["p99_ms"] < 1000
        assert each["rows_per_second"] > 10
        assert each["bytes"] > 0
