"""Whether the arms have the share of units that the settings say: if not, nothing is decided.

A mismatch means that something chose which units are in an arm: requests of one arm that were lost,
settings that were not in force everywhere. Then the arms differ in more than the model.
"""

from dataclasses import asdict, dataclass
from typing import Any

from scipy.special import chdtrc

SURE = 0.001  # p below it is a mismatch; at this level looking often makes few false ones


@dataclass(frozen=True)
class Ratio:
    """Units that the challenger has, `units` of both arms, the share in the settings, and p."""

    challenger: int
    units: int
    expected: float
    p: float

    @classmethod
    def of(cls, challenger: int, units: int, expected: float) -> "Ratio":
        """By a chi-square test of one degree of freedom. Shares of 0 and 1 have to be met."""
        distance = challenger - expected * units
        variance = expected * (1 - expected) * units
        if not variance:
            return cls(challenger, units, expected, float(distance == 0))
        return cls(challenger, units, expected, float(chdtrc(1, distance**2 / variance)))

    @property
    def mismatch(self) -> bool:
        """Whether chance does not explain it."""
        return self.p < SURE

    @property
    def sentence(self) -> str:
        """What was found."""
        return (
            f"the challenger has {self.challenger:,} of {self.units:,} "
            f"({self.challenger / max(self.units, 1):.2%}) and the settings say "
            f"{self.expected:.2%} (chi-square, p = {self.p:.2g})"
        )

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)
