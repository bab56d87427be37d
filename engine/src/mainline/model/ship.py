"""Which candidate ships: the network, the trees, or both, weighted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Ship = Literal["best", "network", "trees", "blend"]
SHARES = np.linspace(0, 1, 21)  # of the trees in a blend

Losses = Callable[[np.ndarray], np.ndarray]  # outputs to each row's loss (rows,)


@dataclass(frozen=True)
class Choice:
    """`share` is the trees' weight in what ships; `blend` the one of the best blend."""

    name: str
    share: float
    blend: float

    def blended(self, network: Any, trees: Any) -> Any:
        """The weighted mean of outputs."""
        return self.share * trees + (1 - self.share) * network


NETWORK = Choice("network", 0.0, 0.0)


def choose(
    network: np.ndarray,
    trees: np.ndarray,
    losses: Losses,
    entities: np.ndarray,
    ship: Ship,
    *,
    order: Sequence[str] = ("network", "trees", "blend"),
) -> Choice:
    """Choose on outputs (rows, width) for validation rows, of entities (rows,).

    `best` takes the first of `order`, which is the cheapest, whose mean loss is within one standard
    error, by entity, of the lowest.
    """
    found = [losses(share * trees + (1 - share) * network) for share in SHARES]
    blend = int(np.argmin([each.mean() for each in found]))
    places = {"network": 0, "trees": len(SHARES) - 1, "blend": blend}
    if ship != "best":
        return Choice(ship, float(SHARES[places[ship]]), float(SHARES[blend]))
    lowest = found[min(places.values(), key=lambda place: float(found[place].mean()))]
    groups = np.unique(entities.astype(str), return_inverse=True)[1]
    name = next(name for name in order if _near(found[places[name]] - lowest, groups))
    return Choice(name, float(SHARES[places[name]]), float(SHARES[blend]))


def _near(differences: np.ndarray, groups: np.ndarray) -> bool:
    """Whether the mean is at most one standard error, the rows of one entity kept together."""
    mean = differences.mean()
    sums = np.bincount(groups, differences - mean)
    return bool(mean <= np.sqrt((sums**2).sum()) / len(differences))
