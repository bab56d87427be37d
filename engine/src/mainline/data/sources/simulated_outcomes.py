"""More that simulated customers do within the month: targets for tasks other than a binary one."""

import numpy as np
import pandas as pd

STAYS, REDUCES, LEAVES = "stays", "reduces", "leaves"


def outcomes(
    rng: np.random.Generator, rows: pd.DataFrame, income: "pd.Series[float]", left: np.ndarray
) -> pd.DataFrame:
    """`outcome` (stays, reduces, leaves) and `next_month_spend`, an amount, of a month's rows.

    `rng` is a generator of their own, so that the other columns are the same with and without
    these; `income` is the true one, also where the row lacks it.
    """
    n = len(rows)
    recency = rows["days_since_purchase"].fillna(30)
    odds = (
        -1.6
        + 0.9 * rows["support_tickets"]
        + 0.02 * recency
        + 1.5 * (rows["discount_share"] > 0.35)
        - 0.35 * np.log1p(rows["tenure_months"])
    )
    reduced = rng.random(n) < 1 / (1 + np.exp(-odds))
    basket = (15 + 0.6 * income) * (1 - 0.6 * rows["discount_share"])
    basket = basket * np.where(rows["age"] < 30, 0.7, 1.0)
    spend = rows["purchase_frequency"] * basket * np.exp(rng.normal(0, 0.25, n))
    part = np.where(left, rng.uniform(0, 0.5, n), np.where(reduced, rng.uniform(0.4, 0.8, n), 1.0))
    return pd.DataFrame(
        {
            "outcome": np.where(left, LEAVES, np.where(reduced, REDUCES, STAYS)),
            "next_month_spend": (spend * part).round(2),
        }
    )
