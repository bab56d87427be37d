"""Which candidate ships: the network, the trees, or both, weighted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

Ship = Literal["best", "network", "trees", "blend"]
SHARES = np.linspace(0, 1, 21)  # of the trees in a blend
DIGITS = 6  # of the losses that are kept

Losses = Callable[[np.ndarray], np.ndarray]  # outputs to each row's loss (rows,)


@dataclass(frozen=True)
class Choice:
    """`share` is the trees' weight in what ships; `blend` the one of the best blend.

    `asked` is the setting. `losses` are the mean losses of the candidates on validation rows,
    `errors` the standard error, by entity, of each one's difference to the lowest.
    """

    name: str
    share: float
    blend: float
    asked: Ship = "best"
    losses: dict[str, float] = field(default_factory=dict)
    errors: dict[str, float] = field(default_factory=dict)

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
    error, by entity, of the lowest. A blend of one part alone has the name of that part.
    """
    found = [losses(share * trees + (1 - share) * network) for share in SHARES]
    blend = int(np.argmin([each.mean() for each in found]))
    places = {"network": 0, "trees": len(SHARES) - 1, "blend": blend}
    means = {name: float(found[place].mean()) for name, place in places.items()}
    lowest = found[places[min(means, key=lambda name: means[name])]]
    groups = np.unique(entities.astype(str), return_inverse=True)[1]
    apart = {name: found[place] - lowest for name, place in places.items()}
    errors = {name: _error(each, groups) for name, each in apart.items()}
    if ship == "best":
        name = next(name for name in order if apart[name].mean() <= errors[name])
    else:
        name = {0: "network", len(SHARES) - 1: "trees"}.get(places[ship], ship)
    return Choice(
        name,
        float(SHARES[places[name]]),
        float(SHARES[blend]),
        ship,
        {name: round(mean, DIGITS) for name, mean in means.items()},
        {name: round(error, DIGITS) for name, error in errors.items()},
    )


def _error(differences: np.ndarray, groups: np.ndarray) -> float:
    """The standard error of the mean, the rows of one entity kept together."""
    sums = np.bincount(groups, differences - differences.mean())
    return float(np.sqrt((sums**2).sum()) / len(differences))
