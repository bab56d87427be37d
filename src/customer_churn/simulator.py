"""Simulated customers: a seeded stand-in for a company's own table, and nothing more.

Every month each active customer is looked at once (a snapshot); the target says whether they left
within the following month. A snapshot's label becomes known only after that month and some days of
delay, so the newest snapshots of a table are incomplete, as they are in real life. Moving `as_of`
forward adds rows and changes none: every month draws from a generator of its own.
"""

import datetime

import numpy as np
import pandas as pd
from mainline.extension import DataError, Day, Raw, Settings
from pydantic import Field

OUTCOMES = 1  # names the generator of what a month brings beside the binary target
LOCATIONS = np.array(["north", "south", "east", "west", "abroad"])
DEVICES = np.array(["ios", "android", "web"])
GENDERS = np.array(["female", "male", "other"])


class Options(Settings):
    """The section `data.source.options` of params.yaml."""

    seed: int = Field(ge=0)
    start: Day
    customers: int = Field(gt=0)  # at the start
    joiners: int = Field(ge=0)  # new customers a month
    drift: float = Field(default=0.0, ge=0)  # how far behaviour moves in a year
    label_delay_days: float = Field(default=0.0, ge=0)  # mean delay beyond the label's month


def read(as_of: datetime.date, options: Options) -> Raw:
    """Simulate every snapshot whose month is over on `as_of`.

    Rows: customer_id, snapshot_date, age (years), income (thousand a year), tenure_months,
    purchase_frequency (a month), days_since_purchase, support_tickets, discount_share (0-1),
    gender, location, device_type, churned (`yes`/`no`); outcome and next_month_spend for other
    tasks. Raises DataError when no month is over.
    """
    months = pd.date_range(options.start, as_of, freq="MS")
    months = months[months + pd.DateOffset(months=1) <= pd.Timestamp(as_of)]
    if months.empty:
        raise DataError(
            f"no month is over between data.source.options.start ({options.start}) and data.as_of "
            f"({as_of}): there is no label yet."
        )
    people = _join(
        np.random.default_rng([options.seed, 0]), options.customers, first=0, settled=True
    )
    snapshots, pending = [], 0
    for number, month in enumerate(months, start=1):
        rng = np.random.default_rng([options.seed, number])
        rows, known_on, people = _month(rng, people, number, month, options)
        known = known_on <= pd.Timestamp(as_of)
        pending += int((~known).sum())
        snapshots.append(rows[known])
        if people.empty:
            break
    return Raw(
        pd.concat(snapshots, ignore_index=True),
        f"simulated customers, seed {options.seed} (no real person)",
        {"pending": pending},
    )


def _month(
    rng: np.random.Generator,
    people: pd.DataFrame,
    number: int,
    month: pd.Timestamp,
    options: Options,
) -> tuple[pd.DataFrame, "pd.Series[pd.Timestamp]", pd.DataFrame]:
    """A month's rows, the days on which their labels become known, and the next month's people."""
    n = len(people)
    drift = options.drift * (number - 1) / 12
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
    own = np.random.default_rng([options.seed, number, OUTCOMES])
    rows = rows.join(_outcomes(own, rows, people["income"], left))
    delay = rng.exponential(options.label_delay_days, n).round()
    known_on = month + pd.DateOffset(months=1) + pd.to_timedelta(delay, unit="D")
    stay = people[~left].assign(tenure=lambda frame: frame["tenure"] + 1)
    first = options.customers + options.joiners * (number - 1)
    newcomers = _join(rng, options.joiners, first=first, settled=False)
    return rows, pd.Series(known_on), pd.concat([stay, newcomers], ignore_index=True)


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


def _outcomes(
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
            "outcome": np.where(left, "leaves", np.where(reduced, "reduces", "stays")),
            "next_month_spend": (spend * part).round(2),
        }
    )
