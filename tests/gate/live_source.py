"""A project whose table is a batch of a database beside it."""

import sqlite3

import pandas as pd

from customer_churn.core import paths
from customer_churn.snapshots import snapshot
from project import Project

QUERY = "SELECT * FROM rows WHERE known > :since AND known <= :as_of"


def rows_of(project: Project) -> pd.DataFrame:
    """The table as a source would give it."""
    rows = pd.read_parquet(project.root / paths.TABLE)
    return rows.assign(churned=rows["churned"].map({1: "yes", 0: "no"}))


def lose_a_row(project: Project) -> None:
    """A table that no source gives, and the model that it makes."""
    path = project.root / paths.TABLE
    pd.read_parquet(path).iloc[1:].to_parquet(path, index=False)
    project.run("validate", "split", "train", "evaluate", "package", "release")


def write(project: Project, rows: pd.DataFrame) -> None:
    with sqlite3.connect(project.root / "shop.db") as database:
        rows.to_sql("rows", database, index=False, if_exists="append")
    database.close()


def from_database(project: Project) -> None:
    """Main's table is a batch of a database; the proposal changes a setting of the training."""
    rows = rows_of(project).astype({"snapshot_date": "str"})
    write(project, rows.assign(known="2026-06-01"))
    source = {"kind": "sql", "url": "sqlite:///shop.db", "query": QUERY}
    project.set(**{"data.source": source, "gate.champion.margin": 0.2})
    snapshot.run(project.root)
    project.run("ingest", "validate", "split", "package", "release")
    (project.root / ".gitignore").open("a").write("/shop.db\n")
    project.commit("From a database")
    project.git("branch", "-f", "main", "HEAD")
    project.retrain(**{"train.seed": 42})
