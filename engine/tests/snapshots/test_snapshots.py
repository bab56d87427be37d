"""Batches: asked for once, kept for ever, put together into what was known on a day."""

import hashlib
import json
import subprocess

import pandas as pd
import pyarrow.parquet
import pytest

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.data import batches


def test_the_first_batch_is_everything_and_the_next_only_what_is_new(two, monkeypatch):
    june, july = two.batches()
    assert (str(june.since), june.rows) == ("None", 20)
    assert (str(july.since), july.rows) == ("2026-06-30", 4)
    for batch in (june, july):
        content = (two.root / batch.path).read_bytes()
        assert hashlib.sha256(content).hexdigest() == batch.sha256
    assert 'as_of: "2026-07-31"' in (two.root / "params.yaml").read_text()


def test_the_table_is_what_is_known_last(two, capsys):
    table = two.table()
    assert len(table) == 23
    assert table["age"]["c03"] == 77
    about = json.loads(Layout(two.root).catalogue.read_text())
    assert about["source"] == "SQL sqlite:///shop.db, 2 batches up to 2026-07-31"
    assert about["notes"] == {"superseded": 1}


def test_an_earlier_day_is_what_was_known_then(two):
    two.table()
    two.params["data"]["as_of"] = "2026-06-30"
    two.write()
    table = two.table()
    assert (len(table), table["age"]["c03"]) == (20, 33)


def test_what_to_do_with_a_batch_follows_from_whether_anybody_can_get_it(shop, capsys):
    shop.snapshot()
    assert (
        "set up a DVC remote (docs/continuous-integration.md) and `dvc push`, commit"
        in capsys.readouterr().out
    )
    with (shop.root / ".dvc" / "config").open("a") as config:
        config.write("    remote = storage\n['remote \"storage\"']\n    url = storage\n")
    shop.add("2026-07-20", ["n1"])
    shop.snapshot(as_of="2026-07-31")
    assert "`make run`, check the result, `dvc push`, commit" in capsys.readouterr().out


def test_ingest_asks_nobody(two):
    (two.root / "shop.db").unlink()
    assert len(two.table()) == 23


def test_rows_in_another_order_are_the_same_bytes(shop):
    shop.snapshot()
    before = shop.batches()
    shop.execute("CREATE TABLE other AS SELECT * FROM customers ORDER BY id DESC")
    shop.execute("DROP TABLE customers")
    shop.execute("ALTER TABLE other RENAME TO customers")
    shop.source["query"] += " "
    shop.write()
    shop.snapshot(again="2026-06-30")
    assert shop.batches() == before


def test_git_has_the_manifest_and_dvc_the_batches(two):
    command = ["git", "-C", str(two.root), "status", "--porcelain", "--untracked-files=all"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    below = sorted(line[3:] for line in listed.splitlines() if "data/" in line)
    assert below == ["data/snapshots.dvc", "data/snapshots.json"]
    assert list((two.root / ".dvc/cache/files/md5").rglob("*.dir"))


def test_the_same_day_again_asks_nothing(two, capsys):
    (two.root / "shop.db").unlink()
    two.snapshot()
    assert "the batch of 2026-07-31 exists" in capsys.readouterr().out


def test_the_same_day_again_sets_a_day_that_was_not_set(two, capsys):
    """Killed in between, or set back to an earlier batch: `make run` would train on that one."""
    params = two.root / "params.yaml"
    params.write_text(params.read_text().replace("2026-07-31", "2026-06-30"))
    two.snapshot(as_of="2026-07-31")
    assert 'as_of: "2026-07-31"' in params.read_text()
    assert 'data.as_of in params.yaml is "2026-07-31"' in capsys.readouterr().out


def test_another_database_is_asked_for_everything(two, capsys):
    """Else the table would be one shop's history and another's news."""
    (two.root / "other.db").write_bytes((two.root / "shop.db").read_bytes())
    two.source["url"] = "sqlite:///other.db"
    two.write()
    two.snapshot(as_of="2026-08-31")
    assert [str(batch.since) for batch in two.batches()] == ["None", "2026-06-30", "None"]
    assert "from sqlite:///shop.db to sqlite:///other.db" in capsys.readouterr().out


def test_a_day_without_news_is_a_batch_without_rows(two):
    before = two.table()
    two.snapshot(as_of="2026-08-31")
    assert two.batches()[-1].rows == 0
    assert two.table().equals(before)


def test_a_key_that_a_batch_gives_twice_stays_twice(two):
    two.add("2026-08-01", ["c05", "c05"])
    two.snapshot(as_of="2026-08-31")
    assert list(two.table().index).count("c05") == 2


def test_types_are_the_databases(shop):
    shop.execute("UPDATE customers SET age = 30.5 WHERE id = 'c00'")
    shop.snapshot()
    batch = pyarrow.parquet.read_table(shop.root / shop.batches()[0].path)
    assert [str(kind) for kind in batch.schema.types] == ["string", "double", "string", "string"]


def test_blanks_and_empty_text_are_as_in_files(shop):
    shop.execute("UPDATE customers SET town = ' köln ' WHERE id = 'c00'")
    shop.execute("UPDATE customers SET town = '' WHERE id = 'c01'")
    shop.snapshot()
    city = shop.table()["city"]
    assert city["c00"] == "köln"
    assert pd.isna(city["c01"])


def test_without_since_every_batch_is_the_whole_table(shop):
    shop.source["query"] = "SELECT id, age, town AS city, gone FROM customers WHERE :as_of > ''"
    del shop.source["rename"]
    shop.write()
    shop.snapshot()
    shop.execute("DELETE FROM customers WHERE id > 'c09'")
    shop.snapshot(as_of="2026-07-31")
    assert [batch.since for batch in shop.batches()] == [None, None]
    assert len(shop.table()) == 10


def test_a_changed_query_is_asked_for_everything(two, capsys):
    two.source["query"] = two.source["query"].replace("age,", "age + 1 AS age,")
    two.write()
    with pytest.raises(
        MainlineError, match="is not the query that the batch of 2026-07-31 answers"
    ):
        two.table()
    two.snapshot(as_of="2026-08-31")
    assert "all rows are read" in capsys.readouterr().out
    assert two.batches()[-1].since is None
    # c03 stands in the database twice, and nobody says which of the two is right.
    assert len(two.table()) == 24


def test_comments_in_params_survive(shop):
    path = shop.root / "params.yaml"
    path.write_text(path.read_text().replace("as_of: '2026-06-30'", 'as_of: "2026-06-30"   # why'))
    shop.snapshot(as_of="2026-07-01")
    assert 'as_of: "2026-07-01"   # why' in path.read_text()


def test_a_lost_batch_comes_from_the_cache(two):
    for path in Layout(two.root).snapshots.iterdir():
        path.unlink()
    two.snapshot(as_of="2026-08-31")
    assert two.days() == ["2026-06-30", "2026-07-31", "2026-08-31"]
    assert len(batches.load(two.root, two.batches()[0])) == 20
