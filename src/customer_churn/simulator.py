"""Simulated customers: a seeded stand-in for a company's own table, and nothing more.

Every month each active customer is looked at once (a snapshot); the target says whether they left
within the following month. A snapshot's label becomes known only after that month and some days of
delay, so the newest snapshots of a table are incomplete, as they are in real life. Moving `as_of`
forward adds rows and changes none: every month draws from a generator of its own.
"""

import datetime
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from mainline.core.config import Settings
from mainline.core.day import Day
from mainline.core.errors import DataError
from mainline.data.sources.raw import Raw
from mainline.data.sources.simulated_outcomes import outcomes

OUTCOMES = 1  # names the generator of what a month brings beside the binary target
LOCATIONS = np.array(["north", "south", "east", "west", "abroad"])
DEVICES = np.array(["ios", "android", "web"])
GENDERS = np.array(["female", "male", "other"])


class SimulatorSource(Settings):
    """`customers` at the start and `joiners` a month; `drift` grows by month (0: none).

    `label_delay_days` is the mean delay of a label beyond the month that it needs.
    """

    kind: Literal["simulator"] = "simulator"
    seed: int = Field(ge=0)
    start: Day
    customers: int = Field(gt=0)
    joiners: int = Field(ge=0)
    drift: float = Field(default=0.0, ge=0)
    label_delay_days: float = Field(default=0.0, ge=0)

    def read(self, as_of: datetime.date, _root: Path) -> Raw:
        """Simulate every snapshot whose month is over on `as_of`.

        Rows: customer_id, snapshot_date, age (years), income (thousand a year), tenure_months,
        purchase_frequency (a month), days_since_purchase, support_tickets, discount_share (0-1),
        gender, location, device_type, churned (`yes`/`no`); outcome and next_month_spend for other
        tasks. Raises DataError when no month is over.
        """
        months = pd.date_range(self.start, as_of, freq="MS")
        months = months[months + pd.DateOffset(months=1) <= pd.Timestamp(as_of)]
        if months.empty:
            raise DataError(
                f"no month is over between data.source.start ({self.start}) and data.as_of "
                f"({as_of}): there is no label yet."
            )
        people = _join(np.random.default_rng([self.seed, 0]), self.customers, first=0, settled=True)
        snapshots, pending = [], 0
        for number, month in enumerate(months, start=1):
            rng = np.random.default_rng([self.seed, number])
            rows, known_on, people = self._month(rng, people, number, month)
            known = known_on <= pd.Timestamp(as_of)
            pending += int((~known).sum())
            snapshots.append(rows[known])
            if people.empty:
                break
        frame = pd.concat(snapshots, ignore_index=True)
        return Raw(
            frame, f"simulated customers, seed {self.seed} (no real person)", {"pending": pending}
        )

    def _month(
        self, rng: np.random.Generator, people: pd.DataFrame, number: int, month: pd.Timestamp
    ) -> tuple[pd.DataFrame, "pd.Series[pd.Timestamp]", pd.DataFrame]:
        n = len(people)
        drift = self.drift * (number - 1) / 12
        activity = people["activity"] * np.exp(rng.normal(-0.15 * drift, 0.35, n))
        recency = (rng.exponential(30, n) / (activity + 0.3)).clip(upper=120).round()
        tickets = rng.poisson(0.25 + 0.5 * people["trouble"])
        risk = _risk(people, activity, recency, tickets) + 0.5 * drift
        left = rng.random(n) < 1 / (1 + np.exp(-risk))
        rows = pd.DataFrame(
            {
                "customer_id": people["id"].map("C{:07d}".format),
                "snapshot_date": month,
                "age": people["age"],
                "income": people["income"].mask(rng.random(n) < 0.08),
                "tenure_months": people["tenure"],
                "purchase_frequency": activity.round(2),
                "days_since_purchase": recency.mask(rng.random(n) < 0.03),
                "support_tickets": tickets,
                "discount_share": people["discount"],
                "gender": people["gender"],
                "location": people["location"],
                "device_type": people["device"].mask(rng.random(n) < 0.05),
                "churned": np.where(left, "yes", "no"),
            }
        )
        own = np.random.default_rng([self.seed, number, OUTCOMES])
        rows = rows.join(outcomes(own, rows, people["income"], left))
        delay = rng.exponential(self.label_delay_days, n).round()
        known_on = month + pd.DateOffset(months=1) + pd.to_timedelta(delay, unit="D")
        stay = people[~left].assign(tenure=lambda frame: frame["tenure"] + 1)
        newcomers = _join(rng, self.joiners, first=self._first(number), settled=False)
        return rows, pd.Series(known_on), pd.concat([stay, newcomers], ignore_index=True)

    def _first(self, number: int) -> int:
        return self.customers + self.joiners * (number - 1)


def _join(rng: np.random.Generator, n: int, *, first: int, settled: bool) -> pd.DataFrame:
    """`n` new customers, numbered from `first`; `settled` ones have been there for a while."""
    age = rng.normal(43, 14, n).clip(18, 90).round()
    location = rng.choice(5, n, p=[0.3, 0.25, 0.2, 0.2, 0.05])
    income = np.exp(rng.normal(3.6 + 0.08 * location, 0.4, n)) * (0.7 + age / 120)
    return pd.DataFrame(
        {
            "id": np.arange(first, first + n),
            "age": age,
            "income": income.round(1),
            "tenure": rng.integers(1, 72, n) if settled else np.ones(n, dtype=np.int64),
            "activity": rng.gamma(2.0, 1.2, n),
            "trouble": rng.gamma(1.0, 1.0, n),
            "discount": rng.beta(1.5, 5, n).round(2),
            "gender": GENDERS[rng.choice(3, n, p=[0.49, 0.49, 0.02])],
            "location": LOCATIONS[location],
            "device": DEVICES[rng.choice(3, n, p=[0.4, 0.4, 0.2])],
        }
    )


def _risk(
    people: pd.DataFrame,
    activity: "pd.Series[float]",
    recency: "pd.Series[float]",
    tickets: np.ndarray,
) -> "pd.Series[float]":
    """Log-odds of leaving within the month; interactions on purpose, so that a line is too poor."""
    young_on_web = (people["age"] < 30) & (people["device"] == "web")
    odds: pd.Series[float] = (
        -1.5
        - 0.9 * np.log1p(activity)
        + 0.025 * recency * (1 + 0.5 * (people["discount"] > 0.3))
        + 0.55 * tickets * np.exp(-people["tenure"] / 24)
        - 0.7 * np.log1p(people["tenure"] / 6)
        + 0.8 * young_on_web
        + 0.4 * (people["location"] == "abroad")
        + 0.02 * (45 - people["income"]).clip(-30, 30)
    )
    return odds
