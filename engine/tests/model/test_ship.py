"""What ships is chosen on validation rows."""

import numpy as np
import pytest

from mainline.model.ship import choose

ENTITIES = np.arange(400)
TARGET = np.random.default_rng(0).normal(size=(400, 1))


def losses(outputs: np.ndarray) -> np.ndarray:
    return np.square(outputs - TARGET)[:, 0]


def off(seed: int, size: float) -> np.ndarray:
    return TARGET + size * np.random.default_rng(seed).normal(size=TARGET.shape)


@pytest.mark.parametrize(
    ("network", "trees", "ships"),
    [
        (off(1, 1.0), off(1, 0.1), "trees"),
        (off(1, 0.1), off(1, 1.0), "network"),
        (off(1, 1.0), off(2, 1.0), "blend"),
        (off(1, 1.0), off(1, 1.0), "network"),
    ],
)
def test_the_best_ships_and_of_equals_the_cheapest(network, trees, ships):
    assert choose(network, trees, losses, ENTITIES, "best").name == ships


@pytest.mark.parametrize(("ship", "share"), [("network", 0.0), ("trees", 1.0)])
def test_what_the_owner_wants_ships(ship, share):
    choice = choose(off(1, 1.0), off(2, 1.0), losses, ENTITIES, ship)
    assert (choice.name, choice.share) == (ship, share)
    assert 0 < choice.blend < 1


@pytest.mark.parametrize(("entities", "ships"), [(400, "trees"), (4, "network")])
def test_rows_of_one_entity_count_as_one(entities, ships):
    """A difference that 400 customers show is chance when they are 4."""
    of_row = np.arange(400) % entities
    differs = 0.03 + 0.1 * np.where(of_row % 2 == 0, 1.0, -1.0)
    network, trees = (1 + differs)[:, np.newaxis], np.ones((400, 1))
    assert choose(network, trees, lambda outputs: outputs[:, 0], of_row, "best").name == ships


def test_trees_of_less_work_come_first():
    order = ("trees", "network", "blend")
    equal = off(1, 1.0)
    assert choose(equal, equal, losses, ENTITIES, "best", order=order).name == "trees"
    assert choose(off(1, 0.1), equal, losses, ENTITIES, "best", order=order).name == "network"


def test_why_is_kept_with_the_choice():
    network, trees = off(1, 0.1), off(1, 1.0)
    choice = choose(network, trees, losses, ENTITIES, "best")
    assert choice.asked == "best"
    assert choice.losses["trees"] == pytest.approx(losses(trees).mean(), abs=1e-6)
    apart = losses(trees) - losses(network)
    assert choice.errors["trees"] == pytest.approx(apart.std() / np.sqrt(len(apart)), abs=1e-6)
    assert choice.errors["network"] == 0
    assert choice.losses["trees"] - choice.losses["network"] > choice.errors["trees"]


@pytest.mark.parametrize(
    ("network", "trees", "name"),
    [(off(1, 1.0), off(1, 0.01), "trees"), (off(1, 0.01), off(1, 1.0), "network")],
)
def test_a_blend_of_one_part_alone_has_that_part_s_name(network, trees, name):
    choice = choose(network, trees, losses, ENTITIES, "blend")
    assert (choice.name, choice.asked) == (name, "blend")
    assert choice.share == choice.blend == (name == "trees")
