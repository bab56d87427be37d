"""Made-up customers, seen once a month until they leave: a source that is quick to compute."""

import datetime

import numpy as np
import pandas as pd
from pydantic import Field

from mainline.extension import Day, Raw, Settings


class Options(Settings):
    """`customers` at the start and `joiners` a month."""

    seed: int = Field(ge=0)
    start: Day
    customers: int = Field(gt=0)
    joiners: int = Field(ge=0)


def read(as_of: datetime.date, options: Options) -> Raw:
    """Every month that is over on `as_of`; each draws from a generator of its own."""
    months = pd.date_range(options.start, as_of, freq="MS")
    months = months[months + pd.DateOffset(months=1) <= pd.Timestamp(as_of)]
    people = _join(np.random.default_rng([options.seed, 0]), options.customers, 0)
    snapshots = []
    for number, month in enumerate(months, start=1):
        rng = np.random.default_rng([options.seed, number])
        rows = _month(rng, people).assign(snapshot_date=month)
        snapshots.append(rows)
        stay = people[rows["churned"].eq("no")]
        first = options.customers + options.joiners * (number - 1)
        people = pd.concat(
            [
                stay.assign(tenure_months=stay["tenure_months"] + 1),
                _join(rng, options.joiners, first),
            ],
            ignore_index=True,
        )
    return Raw(pd.concat(snapshots, ignore_index=True), f"made-up customers, seed {options.seed}")


def _join(rng: np.random.Generator, n: int, first: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": [f"C{number:07d}" for number in range(first, first + n)],
            "age": rng.normal(43, 14, n).clip(18, 90).round(),
            "income": np.exp(rng.normal(3.8, 0.4, n)).round(1),
            "tenure_months": rng.integers(1, 72, n),
            "discount_share": rng.beta(1.5, 5, n).round(2),
            "gender": rng.choice(["female", "male", "other"], n, p=[0.48, 0.48, 0.04]),
            "location": rng.choice(["north", "south", "east", "west", "abroad"], n),
            "device_type": rng.choice(["ios", "android", "web"], n),
        }
    )


def _month(rng: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    n = len(people)
    activity = rng.gamma(2.0, 1.2, n)
    recency = (rng.exponential(30, n) / (activity + 0.3)).clip(max=90).round()
    tickets = rng.poisson(0.7, n)
    odds = -1.5 - 0.9 * np.log1p(activity) + 0.03 * recency + 0.8 * tickets
    odds += 0.03 * (45 - people["age"]) - 0.02 * people["tenure_months"]
    left = rng.random(n) < 1 / (1 + np.exp(-odds))
    return people.assign(
        income=people["income"].mask(rng.random(n) < 0.08),
        device_type=people["device_type"].mask(rng.random(n) < 0.05),
        purchase_frequency=activity.round(2),
        days_since_purchase=pd.Series(recency).mask(rng.random(n) < 0.03),
        support_tickets=tickets,
        churned=np.where(left, "yes", "no"),
    )
