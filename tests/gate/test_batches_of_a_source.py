"""What the gate says of batches: against the manifest, against main's, against the source."""

import sqlite3

import pandas as pd
from live_source import lose_a_row, write

from customer_churn.core import paths
from customer_churn.snapshots import snapshot
from project import Project


def execute(project: Project, statement: str) -> None:
    with sqlite3.connect(project.root / "shop.db") as database:
        database.execute(statement)
    database.close()


def july(project: Project) -> None:
    """Two hundred more customers, known in July, taken as a batch; the stages run."""
    with sqlite3.connect(project.root / "shop.db") as database:
        rows = pd.read_sql("SELECT * FROM rows LIMIT 200", database)
    database.close()
    write(project, rows.assign(known="2026-07-02", customer_id="n" + rows["customer_id"]))
    snapshot.run(project.root, as_of="2026-07-31")
    project.run()


def test_batches_that_main_has_are_not_asked_for_again(live, judge, rule):
    execute(live, "DELETE FROM rows WHERE customer_id < 'C0000100'")
    verdict = judge(live)
    assert "the batches give the same table" in rule(verdict, "data").why
    assert verdict.open
    (live.root / "shop.db").unlink()
    assert judge(live).open


def test_a_new_batch_that_the_source_gives_passes(live, judge, rule):
    july(live)
    assert rule(judge(live), "data").outcome == "pass"


def test_a_new_batch_that_the_source_does_not_give_closes(live, judge, rule):
    july(live)
    execute(live, "UPDATE rows SET age = age + 1 WHERE known > '2026-07-01'")
    verdict = judge(live)
    assert not verdict.open
    why = rule(verdict, "data").why
    assert "asked again, gives another batch of 2026-07-31: 200 changed" in why


def test_a_new_batch_of_a_source_that_is_down_closes(live, judge, rule):
    july(live)
    (live.root / "shop.db").unlink()
    verdict = judge(live)
    assert not verdict.open
    assert "there is no SQLite file" in rule(verdict, "data").why


def test_without_the_source_s_secret_a_new_batch_is_told(live, judge, rule, monkeypatch):
    monkeypatch.delenv("SHOP", raising=False)
    july(live)
    live.set(**{"data.source.url": "sqlite:///${SHOP}"})
    live.dvc("commit", "--force", "--quiet")
    verdict = judge(live)
    assert rule(verdict, "data").outcome == "pass"
    (note,) = [note for note in verdict.notes if "taken on trust" in note]
    assert "2026-07-31 (200 rows)" in note
    assert "SHOP is not set" in note


def test_history_that_changes_is_told_with_its_rows(live, judge, rule):
    execute(live, "DELETE FROM rows WHERE customer_id = 'C0000001'")
    execute(live, "UPDATE rows SET age = 99 WHERE customer_id = 'C0000002'")
    snapshot.run(live.root, again="2026-06-30")
    live.run()
    verdict = judge(live)
    assert rule(verdict, "data").outcome == "pass"
    (note,) = [note for note in verdict.notes if "REWRITES HISTORY" in note]
    assert "the batch of 2026-06-30 has" in note
    assert " gone, " in note
    assert " changed" in note
    assert "C0000001" not in note


def test_a_batch_that_the_manifest_does_not_name_closes(live, judge, rule):
    path = live.root / paths.SNAPSHOTS / "2026-06-30.parquet"
    pd.read_parquet(path).iloc[1:].to_parquet(path, index=False)
    live.dvc("commit", "--force", "--quiet")
    verdict = judge(live)
    assert not verdict.open
    assert "is not the batch that data/snapshots.json names" in rule(verdict, "data").why


def test_a_table_that_the_batches_do_not_give_closes(live, judge, rule):
    lose_a_row(live)
    verdict = judge(live)
    assert not verdict.open
    assert "give other rows" in rule(verdict, "data").why


def test_batches_that_a_merge_would_lose_close(live, judge, rule):
    (live.root / paths.SNAPSHOTS_DVC).unlink()
    verdict = judge(live)
    assert not verdict.open
    assert "data/snapshots.dvc is missing" in rule(verdict, "data").why
