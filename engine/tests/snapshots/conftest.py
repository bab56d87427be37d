"""A shop whose rows live in SQLite, with git and DVC around it."""

import datetime
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.data import batches, ingest
from mainline.snapshots import snapshot
from project import SMALL
from this_engine import this_engine

ROOT = Path(__file__).parents[3]
QUERY = """SELECT id, age, town, gone FROM customers
WHERE known_on > :since AND known_on <= :as_of"""
JUNE, JULY = "2026-06-30", "2026-07-31"


class Shop:
    """`rows` go into the database; `snapshot` asks for them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.params: dict[str, Any] = yaml.safe_load((SMALL / "params.yaml").read_text())
        source = {
            "kind": "sql",
            "url": "sqlite:///shop.db",
            "query": QUERY,
            "rename": {"town": "city"},
        }
        self.params["data"] = {"as_of": JUNE, "source": source}
        self.params["table"] = {
            "entity": "id",
            "target": "gone",
            "positive": "yes",
            "numbers": ["age"],
            "categories": ["city"],
        }
        self.params["validation"] = {"min_rows": 10}
        self.params["evaluation"] |= {"slices": {}, "fairness": {}}
        del self.params["gate"]["fairness"]
        self.execute("CREATE TABLE customers (id TEXT, age, town TEXT, gone TEXT, known_on TEXT)")
        self.add("2026-06-01", [f"c{n:02d}" for n in range(20)])
        this_engine().write(self.root)
        self.write()

    @property
    def source(self) -> dict[str, Any]:
        return self.params["data"]["source"]

    def write(self) -> None:
        (self.root / "params.yaml").write_text(yaml.safe_dump(self.params, sort_keys=False))

    def execute(self, statement: str, *values: object) -> None:
        with sqlite3.connect(self.root / "shop.db") as database:
            database.execute(statement, values)
        database.close()

    def add(self, day: str, names: list[str], age: float = 30) -> None:
        for number, name in enumerate(names):
            row = (name, age + number, "ulm", "no" if number % 2 else "yes", day)
            self.execute("INSERT INTO customers VALUES (?, ?, ?, ?, ?)", *row)

    def snapshot(self, **options: Any) -> bool:
        return snapshot.run(self.root, **options)

    def refused(self, **options: Any) -> str:
        with pytest.raises(MainlineError) as caught:
            self.snapshot(**options)
        return str(caught.value)

    def table(self) -> pd.DataFrame:
        ingest.run(self.root)
        return pd.read_parquet(Layout(self.root).table).set_index("id")

    def batches(self) -> list[batches.Batch]:
        return batches.manifest(self.root).batches

    def days(self) -> list[str]:
        return [str(batch.as_of) for batch in self.batches()]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Twenty customers known in June; git and DVC are set up, nothing was asked yet."""
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q", "-b", "main"], check=True)
    shutil.copy2(ROOT / ".gitignore", tmp_path / ".gitignore")
    (tmp_path / ".dvc").mkdir()
    (tmp_path / ".dvc" / "config").write_text("[core]\n    analytics = false\n")
    (tmp_path / "dvc.yaml").write_text("stages: {}\n")
    return Shop(tmp_path)


@pytest.fixture
def two(shop: Shop) -> Shop:
    """Batches of June and July; in July c03 is said to be older, and three are new."""
    shop.snapshot()
    shop.add("2026-07-05", ["c03"], age=77)
    shop.add("2026-07-20", ["n1", "n2", "n3"])
    shop.snapshot(as_of=JULY)
    shop.params["data"]["as_of"] = JULY
    return shop


@pytest.fixture
def july() -> datetime.date:
    return datetime.date(2026, 7, 31)
