"""A repository whose gateway runs an experiment, with a log and labels; git and DuckDB are real."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from mainline.core.layout import Layout
from mainline.experiments import experiment
from mainline.experiments.experiment_result import Result
from mainline.gateway.routes import fraction
from mainline.packaging.content import version
from mainline.release.release_file import Release
from mainline.request_log.settings import LogSettings
from mainline.request_log.typed_columns import Privacy
from mainline.request_log.typed_rows import TypedRows
from repository import repository

BEGUN = datetime(2026, 3, 1, 8, tzinfo=UTC)  # the settings are merged
ASKED = datetime(2026, 3, 2, tzinfo=UTC)  # the first request
ROUTES = {"experiment": "spring", "figure": "log_loss", "split": {"by": "entity", "share": 0.5}}
PARAMS = {
    "data": {"as_of": "2026-02-28", "source": {"kind": "file", "path": "labels.csv"}},
    "table": {
        "entity": "who",
        "target": "left",
        "positive": "yes",
        "numbers": ["age"],
        "categories": [],
        "time": "day",
    },
    "evaluation": {"costs": {"false_positive": 1, "false_negative": 8}},
    "package": {"name": "tiny", "image": "registry.example/model"},
    "monitoring": {"labels": {"known": "known"}},
}


def release(number: int) -> Release:
    content, digest = (f"sha256:{each:02x}" + "ab" * 31 for each in (number, number + 1))
    return Release("tiny", str(version(content)), f"registry.example/m@{digest}", digest, content)


MAIN, CHALLENGER = release(2).version, release(1).version
THRESHOLDS = {CHALLENGER: 0.15, MAIN: 0.4}


class Trial:
    """Two released models, an experiment in the settings, rows in the log."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        self.git = repository(root)
        self.params = PARAMS
        for number in (1, 2):
            self.write(Layout.release, release(number).render())
            self.write(
                Layout.figures,
                yaml.safe_dump({"threshold": THRESHOLDS[release(number).version], "model": {}}),
            )
            self.write(Layout.params, yaml.safe_dump(PARAMS))
            self.commit(f"Model {number}", BEGUN - timedelta(days=9))

    def write(self, path: Path, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def commit(self, message: str, when: datetime) -> None:
        dates = {"GIT_COMMITTER_DATE": when.isoformat(), "GIT_AUTHOR_DATE": when.isoformat()}
        self.git.run("add", "-A")
        self.git.run("commit", "-q", "-m", message, environment=dates)

    def routes(self, routes: dict, when: datetime = BEGUN) -> None:
        """Merge these routes."""
        self.write(experiment.SETTINGS, yaml.safe_dump({"routes": routes}))
        self.commit("Routes", when)

    def log(self, rows: pd.DataFrame) -> None:
        """Put rows into the store, under a name of their own; what is not given is usual."""
        usual = {
            "time": ASKED,
            "row": 0,
            "rows": 1,
            "protocol": "rest",
            "status": 200,
            "problem": "",
            "seconds": 0.01,
            "version": MAIN,
            "arm": "main",
        }
        rows = rows.assign(**{name: value for name, value in usual.items() if name not in rows})
        schema = TypedRows({}, Privacy(LogSettings())).schema
        for name in set(schema.names) - set(rows):
            rows[name] = None
        rows["time"] = pd.to_datetime(rows["time"], utc=True)
        for hour, part in rows.groupby(rows["time"].dt.floor("h")):
            folder = self.root / f"store/{hour:day=%Y-%m-%d/hour=%H}"
            folder.mkdir(parents=True, exist_ok=True)
            table = pa.Table.from_pandas(part[schema.names], schema=schema, preserve_index=False)
            pq.write_table(table, folder / f"{len(list(folder.iterdir()))}.parquet")

    def labels(self, rows: pd.DataFrame) -> None:
        """The source's rows."""
        rows.to_csv(self.root / "labels.csv", index=False)

    def run(self, **options: object) -> Result:
        """The command, as of a day on which all labels are known."""
        given = {"store": str(self.root / "store"), "last": "2026-03-31", "as_of": "2026-05-31"}
        return experiment.run(self.root, **given | options)


def people(count: int, seed: int = 0) -> pd.DataFrame:
    """Customers with the truth about them, and the scores of a good and of a better model."""
    rng = np.random.default_rng(seed)
    truth = rng.uniform(0.02, 0.98, count)
    noise = rng.normal(0, 1.2, count)
    blurred = 1 / (1 + np.exp(-(np.log(truth / (1 - truth)) + noise)))
    return pd.DataFrame(
        {
            "entity": [f"c{number}" for number in range(count)],
            "left": rng.random(count) < truth,
            "plain": blurred,
            "better": truth,
        }
    )


def labels_of(found: pd.DataFrame, known: str = "2026-04-10") -> pd.DataFrame:
    left = np.where(found["left"], "yes", "no")
    about = {"who": found["entity"], "day": "2026-03-01", "age": 40, "left": left, "known": known}
    return pd.DataFrame(about)


def split(found: pd.DataFrame, share: float = 0.5, experiment: str = "spring") -> pd.DataFrame:
    """One request of each, as the gateway splits them: the better model is the challenger."""
    place = fraction(f"split by entity {experiment}")
    theirs = found["entity"].map(lambda key: place(key) < share)
    return pd.DataFrame(
        {
            "request_id": [f"r-{key}" for key in found["entity"]],
            "entity": found["entity"],
            "arm": np.where(theirs, "challenger", "main"),
            "version": np.where(theirs, CHALLENGER, MAIN),
            "score": np.where(theirs, found["better"], found["plain"]),
        }
    )


def shadow(found: pd.DataFrame) -> pd.DataFrame:
    """One request of each, with a copy."""
    about = {"request_id": [f"r-{key}" for key in found["entity"]], "entity": found["entity"]}
    main = {"score": found["plain"], "arm": "main", "version": MAIN}
    copy = {"score": found["better"], "arm": "shadow", "version": CHALLENGER}
    return pd.concat([pd.DataFrame({**about, **each}) for each in (main, copy)])
