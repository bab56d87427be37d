"""A table of made-up people for comparisons with main's catalogue."""

import datetime

import numpy as np
import pandas as pd

from mainline.core.table import TableSettings
from mainline.data import catalogue
from mainline.data.sources.raw import Raw

ROWS = 4000
TABLE = TableSettings.model_validate(
    {
        "entity": "who",
        "target": "left",
        "positive": "yes",
        "numbers": ["pay", "wealth", "visits", "fixed", "rare"],
        "categories": ["city"],
    }
)
CITIES = ["bonn", "köln", "ulm", "jena"]


def people(seed, rows=ROWS):
    """Another draw of them for another seed."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "who": [f"p{n}" for n in range(rows)],
            "pay": np.where(rng.random(rows) < 0.05, np.nan, rng.normal(50, 10, rows)),
            "wealth": rng.standard_cauchy(rows),  # no tail is heavier: not even a mean exists
            "visits": rng.poisson(0.7, rows).astype("float64"),
            "fixed": 3.0,
            "rare": np.where(rng.random(rows) < 0.002, rng.normal(900, 9, rows), 0.0),
            "city": rng.choice(CITIES, rows, p=[0.5, 0.3, 0.18, 0.02]),
            "left": (rng.random(rows) < 0.05).astype("int8"),
        }
    )
    return frame.astype({"who": "str", "city": "str"})


def entry(frame, table=TABLE):
    """What main's catalogue would say of it."""
    return catalogue.entry(frame, Raw(frame, "made up", {}), table, datetime.date(2026, 6, 30))
