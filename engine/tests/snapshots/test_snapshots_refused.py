"""What goes wrong between a person, a database and the files, each with words that help."""

import json
import re
import socket

import pytest

from mainline.cli import main as cli
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout

PASSWORD = "s3cret/with@signs"


@pytest.fixture
def nothing_kept(shop):
    yield shop
    assert not Layout(shop.root).manifest.exists()
    assert not Layout(shop.root).snapshots.exists()


def said(shop, **options):
    shop.write()
    return shop.refused(**options)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("postgresql://me:hunter2@host/shop", "the password stands in it"),
        ("postgresql://me:pre${A}@host/shop", "the password stands in it"),
        ("postgresql://host/shop?password=hunter2", "the password stands in it"),
        ("shop.db", "this is not a database URL"),
    ],
)
def test_an_address_that_must_not_be_in_git(nothing_kept, url, found):
    nothing_kept.source["url"] = url
    message = said(nothing_kept)
    assert "'data.source.url'" in message
    assert found in message
    assert "hunter2" not in message


def test_a_batch_of_another_branch_is_not_recorded_as_this_ones(two):
    batch = two.root / two.batches()[0].path
    batch.write_bytes(batch.read_bytes() + b"x")
    before = two.batches()
    message = said(two, as_of="2026-08-31")
    assert "2026-06-30.parquet is missing or another one" in message
    assert two.batches() == before


@pytest.mark.parametrize("day", ['&day "2026-06-30"', '!!str "2026-06-30"'])
def test_a_day_that_is_more_than_a_day_is_left_to_a_person(two, day):
    params = two.root / "params.yaml"
    text = params.read_text().replace("'2026-07-31'", day).replace('"2026-07-31"', day)
    params.write_text(text)
    assert 'set data.as_of: "2026-07-31" in params.yaml yourself' in two.refused(as_of="2026-07-31")
    assert params.read_text() == text


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (("known_on <= :as_of", "1"), "it does not use :as_of"),
        ((":since", ":sinse"), "':sinse' has no value"),
        (("town", "town AS age"), "two columns the name 'age'"),
        (
            ("gone FROM", "1 AS x FROM"),
            "gives no column 'gone'; it gives: 'id', 'age', 'city', 'x'",
        ),
        (("SELECT", "SELEKT"), 'near "SELEKT": syntax error'),
        (("customers", "clients"), "no such table: clients"),
        (("> :since", "> :as_of"), "gives no row up to 2026-06-30"),
    ],
)
def test_queries(nothing_kept, change, found):
    nothing_kept.source["query"] = nothing_kept.source["query"].replace(*change)
    nothing_kept.source["rename"] = {"town": "city"}
    assert found in said(nothing_kept)


def test_a_statement_that_would_write(nothing_kept):
    nothing_kept.source["query"] = "DELETE FROM customers WHERE known_on <= :as_of"
    assert "attempt to write a readonly database" in said(nothing_kept)


def test_values_of_several_kinds(nothing_kept):
    nothing_kept.execute("UPDATE customers SET age = 'old' WHERE id = 'c05'")
    assert "the values of column 'age' have different types" in said(nothing_kept)


def test_a_sqlite_file_that_is_not_there_is_not_made(nothing_kept):
    nothing_kept.source["url"] = "sqlite:///other.db"
    assert said(nothing_kept) == "data.source.url: there is no SQLite file 'other.db'."
    assert not (nothing_kept.root / "other.db").exists()


def test_a_driver_that_is_not_installed(nothing_kept):
    nothing_kept.source["url"] = "mysql+pymysql://host/shop"
    assert "needs the driver 'pymysql', which is not installed" in said(nothing_kept)


def test_a_kind_of_database_that_nobody_knows(nothing_kept):
    nothing_kept.source["url"] = "paper://host/shop"
    assert "is not a valid address for SQLAlchemy" in said(nothing_kept)


def test_a_variable_that_is_not_set(nothing_kept, monkeypatch):
    monkeypatch.delenv("SHOP_PASSWORD", raising=False)
    nothing_kept.source["url"] = "postgresql://me:${SHOP_PASSWORD}@host/shop"
    assert "names the environment variable SHOP_PASSWORD, which is not set" in said(nothing_kept)


def test_a_host_that_does_not_answer_keeps_the_secret(nothing_kept, monkeypatch):
    with socket.socket() as free:  # a port that was ours a moment ago has no listener
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("SHOP_PASSWORD", PASSWORD)
    nothing_kept.source["url"] = f"postgresql://me:${{SHOP_PASSWORD}}@127.0.0.1:{port}/shop"
    message = said(nothing_kept)
    assert message.startswith(f"postgresql://127.0.0.1:{port}/shop: ")
    assert re.search("refused|failed", message)
    assert PASSWORD not in message


def test_a_file_needs_no_snapshot(shop):
    shop.params["data"]["source"] = {"kind": "file", "path": "rows.csv"}
    assert "data.source.kind is 'file', which every run reads directly" in said(shop)


def test_history_goes_forward_only(two):
    assert "the newest batch is as of 2026-07-31" in two.refused(as_of="2026-07-15")
    assert "is in the future" in two.refused(as_of="9000-01-01")
    assert "--as-of: 'July' is not a day" in two.refused(as_of="July")
    assert "use one" in two.refused(as_of="2026-08-31", check=True)


def test_columns_that_come_or_go_with_a_star(shop):
    shop.source["query"] = shop.source["query"].replace("id, age, town, gone", "*")
    shop.write()
    shop.snapshot()
    shop.execute("ALTER TABLE customers ADD COLUMN vip TEXT")
    assert "vip is only on one side" in shop.refused(as_of="2026-07-31")


def test_a_table_before_its_batch_says_what_to_do(shop, capsys, monkeypatch):
    monkeypatch.chdir(shop.root)
    assert cli.main(["snapshot"]) == 0
    shop.params["data"]["as_of"] = "2026-07-31"
    shop.write()
    assert cli.main(["ingest"]) == 1
    told = capsys.readouterr().err
    assert "has no batch as of 2026-07-31 (data.as_of); the newest are: 2026-06-30" in told
    assert "`make snapshot`" in told


def ingest_says(shop, expected):
    with pytest.raises(MainlineError, match=expected):
        shop.table()


def test_a_batch_that_is_not_the_manifests(two):
    path = two.root / two.batches()[0].path
    path.write_bytes((two.root / two.batches()[1].path).read_bytes())
    ingest_says(two, "2026-06-30.parquet: not the batch that data/snapshots.json names")
    path.unlink()
    ingest_says(two, "2026-06-30.parquet: this batch is missing.*dvc pull data/snapshots.dvc")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"rows": 21}, "not as many rows as data/snapshots.json says. Found 20, expected 21"),
        ({"sha256": "0" * 64}, "not the batch"),
        ({"sha256": "short"}, "batches.0.sha256"),
        ({"as_of": "2026-08-30"}, "the batch of 2026-07-31 is listed after that of 2026-08-30"),
        ({"since": "2020-01-01"}, "has since 2020-01-01"),
        ({"more": 1}, "is not a setting"),
    ],
)
def test_a_manifest_that_was_edited(two, change, expected):
    path = Layout(two.root).manifest
    values = json.loads(path.read_text())
    values["batches"][0] |= change
    path.write_text(json.dumps(values))
    ingest_says(two, expected)
