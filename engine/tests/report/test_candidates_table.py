"""The table of what could ship."""

import pytest
from verdicts import verdict

from mainline.packaging import card
from mainline.report import candidates, report


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
    verb = "ship" if ship == "trees" else "ships"
    said = (
        f"The {ship} {verb}: `train.ship` is `{ship}`, and losses on validation rows do not decide."
    )
    assert said in text


def test_without_an_interval_there_is_no_difference(repository):
    about = found()
    about["candidates"]["trees"]["difference"]["low"] = None
    assert "| trees | 0.8100 (0.8000 to 0.8200) | none |" in shown(repository, about)


def test_why_nothing_was_compared_is_said(repository):
    text = shown(repository, {"problem": "no | weights"})
    assert "What else could ship was not compared: no \\| weights" in text


@pytest.mark.parametrize("name", ["network", "trees", "blend"])
def test_each_candidate_that_is_better_is_in_the_first_lines(name):
    ships = "trees" if name == "network" else "network"
    about = found(ships)
    for each in about["candidates"].values():
        each["difference"] = figure(0.0, 0.002)
    assert candidates.better({"measured": {"candidates": about}}) == []
    about["candidates"][name]["difference"] = figure(0.004, 0.002)
    [said] = candidates.better({"measured": {"candidates": about}})
    assert said.startswith(f"the {name} ")
    assert f"better than the {ships} that ship" in said


def test_the_losses_that_decided_are_said(repository):
    losses = {"network": 0.4123, "trees": 0.413, "blend": 0.412}
    errors = {"network": 0.0016, "trees": 0.0005, "blend": 0.0}
    text = shown(repository, found("network", losses=losses, errors=errors))
    assert "of the lowest: network 0.4123 (0.0003 above, standard error 0.0016), trees" in text
    assert "blend 0.4120." in text


def test_a_blend_that_is_one_part_alone_says_so(repository):
    text = shown(repository, found("network", "blend", trees_share=0.0))
    assert "The network ships: `train.ship: blend` asks for the share of trees" in text
    assert "rows, and that is 0%." in text


def test_the_card_has_the_candidates_and_why_one_ships():
    losses, errors = {"network": 0.4, "blend": 0.3}, {"network": 0.01, "blend": 0.0}
    text = "\n".join(card._candidates(found(losses=losses, errors=errors), "ROC AUC"))
    assert text.startswith("## Candidates\n")
    assert "The blend (35% trees) ships: `train.ship: best` takes the cheapest" in text
    assert "network 0.4000 (0.1000 above, standard error 0.0100), blend 0.3000." in text
    assert "rows/s" not in text
