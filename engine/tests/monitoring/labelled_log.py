"""A log, a source with labels and a release, made of a few rows, for tests of what needs labels."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from mainline.core.table import TableSettings
from mainline.evaluation.settings import EvaluationSettings
from mainline.params.gate import GateSettings

VERSION = "111122223333"
TABLE = {
    "entity": "who",
    "time": "day",
    "target": "left",
    "positive": "yes",
    "numbers": ["age"],
    "categories": ["city"],
}
EVALUATION = {"costs": {"false_positive": 1, "false_negative": 8}, "resamples": 100, "slices": {}}
GATE = {
    "bars": {},
    "champion": {"margin": 0.01},
    "baseline": {"margin": 0.01},
    "slices": {"largest_gap": 0.2, "min_rows": 50},
    "size_mb": 2,
}
FILE = "labels-{as_of}.parquet"


def released(**changes) -> SimpleNamespace:
    """As `Watched` is, of three sections: `table`, `evaluation` and `gate` change single keys."""
    sections = {
        "table": TableSettings.model_validate(TABLE | changes.get("table", {})),
        "evaluation": EvaluationSettings.model_validate(EVALUATION | changes.get("evaluation", {})),
        "gate": GateSettings.model_validate(GATE | changes.get("gate", {})),
    }
    champion = SimpleNamespace(settings=lambda section, _: sections[section])
    return SimpleNamespace(
        version=VERSION,
        champion=champion,
        table=sections["table"],
        evaluation=sections["evaluation"],
    )


def predictions(rows: list[dict] | pd.DataFrame, **common) -> pd.DataFrame:
    """Rows of a log: what is not given is that of a well answered request of the release."""
    frame = pd.DataFrame(rows).assign(**common)
    frame["time"] = pd.to_datetime(frame["time"], utc=True)
    plain = {
        "request_id": [f"r{number}" for number in range(len(frame))],
        "row": 0,
        "arm": "main",
        "status": 200,
        "problem": "",
        "version": VERSION,
        "entity": None,
        "score": 0.5,
        "input_age": 40.0,
        "input_city": "ulm",
    }
    return frame.assign(**{name: v for name, v in plain.items() if name not in frame})


def store(root: Path, frame: pd.DataFrame) -> str:
    """Write a log as the gateway's shipper lays it out. Returns its address.

    An older one is replaced.
    """
    shutil.rmtree(root / "log", ignore_errors=True)
    hours = frame["time"].dt.strftime("day=%Y-%m-%d/hour=%H")
    for folder, rows in frame.groupby(hours):
        path = root / "log" / folder
        path.mkdir(parents=True, exist_ok=True)
        table = pa.Table.from_pandas(rows, preserve_index=False)
        place = table.schema.get_field_index("time")
        moment = table["time"].cast(pa.timestamp("us", "UTC"))
        table = table.set_column(place, "time", moment)
        for name in ("entity", "problem"):
            at = table.schema.get_field_index(name)
            table = table.set_column(at, name, table[name].cast(pa.string()))
        pq.write_table(table, path / "rows.parquet")
    return str(root / "log")


def source(root: Path, **of_days) -> None:
    """A file for each day (`d2026_06_30=rows`), and params.yaml that names them."""
    for name, rows in of_days.items():
        day = name.removeprefix("d").replace("_", "-")
        frame = pd.DataFrame(rows, columns=["who", "day", "left", "known"])
        frame.to_parquet(root / FILE.replace("{as_of}", day), index=False)
    asks(root, {"kind": "file", "path": FILE})


def asks(root: Path, settings: dict) -> None:
    """Let params.yaml name a source."""
    data = {"as_of": "2026-06-30", "source": settings}
    (root / "params.yaml").write_text(yaml.safe_dump({"data": data}))


def scored(rng: np.random.Generator, rows: int, apart: float, rate: float = 0.1):
    """Targets, and scores that are right probabilities; `apart` is how well they divide."""
    target = (rng.random(rows) < rate).astype(np.int64)
    evidence = rng.normal(apart * target, 1.0)
    odds = apart * evidence - apart**2 / 2 + np.log(rate / (1 - rate))
    return target, 1 / (1 + np.exp(-odds))
