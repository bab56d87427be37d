"""The table of what could ship."""

import pytest
from verdicts import verdict

from mainline.report import report


def figure(value: float, reach: float) -> dict[str, float]:
    return {"value": value, "low": value - reach, "high": value + reach}


def found(ships: str = "blend", asked: str = "best", **changed: object) -> dict[str, object]:
    each = {
        name: {
            "figure": figure(0.8 + at / 100, 0.01),
            "difference": figure((at - 2) / 100, 0.002),
            "bytes": 2_500_000 * at,
            "p99_ms": 0.25 * (at + 1),
            "rows_per_second": 40_000,
            "seconds": None,
        }
        for at, name in enumerate(["network", "trees", "blend"])
    }
    each["trees"]["seconds"] = 20.4
    about = {"ships": ships, "trees_share": 0.35, "figure": "roc_auc", "candidates": each}
    return about | {"rows": 100, "asked": asked} | changed


def shown(repository, about) -> str:
    return report.render(repository, verdict(measured={"candidates": about}))


def test_each_candidate_is_a_line_and_what_ships_stands_out(repository):
    text = shown(repository, found())
    assert "| candidate | ROC AUC | against what ships | p99 | rows/s | MB | trained in |" in text
    network = "| network | 0.8000 (0.7900 to 0.8100) | -0.0200 (-0.0220 to -0.0180) | 0.25 ms |"
    assert f"{network} 40,000 | 0.00 | elsewhere |" in text
    assert "| trees | 0.8100 (0.8000 to 0.8200) | -0.0100 (-0.0120 to -0.0080) | 0.5 ms |" in text
    assert "| 2.50 | 20 s |" in text
    assert "| **blend** | 0.8200 (0.8100 to 0.8300) | ships | 0.75 ms |" in text
    assert "The blend (35% trees) ships: `train.ship: best` takes the cheapest" in text


def test_trees_that_are_better_than_what_ships_are_in_the_first_lines(repository):
    about = found("network")
    about["candidates"]["trees"]["difference"] = figure(0.004, 0.002)
    text = shown(repository, about)
    said = "⚠️ The trees are better than the network that ships: +0.0040 (+0.0020 to +0.0060)."
    assert text.splitlines()[4] == said
    about["candidates"]["trees"]["difference"] = figure(0.001, 0.002)
    assert "⚠️" not in shown(repository, about)


@pytest.mark.parametrize("ship", ["network", "trees"])
def test_what_the_owner_wants_ships_whatever_is_better(repository, ship):
    text = shown(repository, found(ship, ship))
    assert f"The {ship} ships: `train.ship` says so." in text


def test_without_an_interval_there_is_no_difference(repository):
    about = found()
    about["candidates"]["trees"]["difference"]["low"] = None
    assert "| trees | 0.8100 (0.8000 to 0.8200) | none |" in shown(repository, about)


def test_why_nothing_was_compared_is_said(repository):
    text = shown(repository, {"problem": "no | weights"})
    assert "What else could ship was not compared: no \\| weights" in text
