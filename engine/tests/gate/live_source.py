"""A project whose table is a batch of a database beside it."""

import sqlite3

import pandas as pd

from mainline.core.layout import Layout
from mainline.data import ingest
from mainline.snapshots import snapshot
from project import Project

QUERY = "SELECT * FROM rows WHERE known > :since AND known <= :as_of"


def execute(project: Project, statement: str) -> None:
    with sqlite3.connect(project.root / "shop.db") as database:
        database.execute(statement)
    database.close()


def _write(project: Project, rows: pd.DataFrame) -> None:
    with sqlite3.connect(project.root / "shop.db") as database:
        rows.to_sql("rows", database, index=False, if_exists="append")
    database.close()


def from_database(project: Project) -> None:
    """Main's table is a batch of a database."""
    rows = pd.read_parquet(Layout(project.root).table).astype({"snapshot_date": "str"})
    rows["churned"] = rows["churned"].map({1: "yes", 0: "no"})
    _write(project, rows.assign(known="2026-06-01"))
    source = {"kind": "sql", "url": "sqlite:///shop.db", "query": QUERY}
    project.set(**{"data.source": source})
    snapshot.run(project.root)
    project.run("ingest")
    (project.root / ".gitignore").open("a").write("/shop.db\n")
    project.merge("From a database")


def july(project: Project) -> None:
    """Two hundred more customers, known in July, taken as a batch and into the table."""
    with sqlite3.connect(project.root / "shop.db") as database:
        rows = pd.read_sql("SELECT * FROM rows LIMIT 200", database)
    database.close()
    _write(project, rows.assign(known="2026-07-02", customer_id="n" + rows["customer_id"]))
    snapshot.run(project.root, as_of="2026-07-31")
    ingest.run(project.root)
