"""Requests without an answer: figures leave them out, which favours an arm that fails on hard ones.

They are counted by request, since a request that failed has one row, however many it asked about.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mainline.evaluation.always_valid import Mean, difference_interval

# The challenger's share above main's: fewer rows cannot be told from noise, and may be the hardest.
MOST = 0.001


@dataclass(frozen=True)
class Unanswered:
    """1 for a request without an answer, else 0: of main and of the challenger, (requests,).

    `paired`: values at one place are of one request.
    """

    main: np.ndarray
    challenger: np.ndarray
    paired: bool

    @classmethod
    def of(cls, rows: pd.DataFrame, *, paired: bool) -> "Unanswered":
        """From the log's rows, with `theirs` and `answered`; of pairs, requests of both arms."""
        lost = 1.0 - rows.groupby(["theirs", "request_id"])["answered"].min().astype("float64")
        arms = [lost[lost.index.get_level_values(0) == theirs] for theirs in (False, True)]
        main, challenger = (each.droplevel(0) for each in arms)
        if paired:
            both = main.index.intersection(challenger.index)
            main, challenger = main[both], challenger[both]
        return cls(main.to_numpy(), challenger.to_numpy(), paired)

    def reason(self, alpha: float) -> str | None:
        """Why no figure of answers may be decided; None when the shares are alike."""
        main, challenger = (Mean.of_shares(each) for each in (self.main, self.challenger))
        if self.paired:
            low, high = Mean.of(self.challenger - self.main).interval(alpha=alpha)
        else:
            low, high = difference_interval(main, challenger, alpha=alpha)
        if low <= 0 <= high and not challenger.mean - main.mean > MOST:
            return None
        return (
            f"{challenger.mean:.2%} of the challenger's requests have no answer and "
            f"{main.mean:.2%} of main's; the figure leaves them out, and they may be the hard ones"
        )
